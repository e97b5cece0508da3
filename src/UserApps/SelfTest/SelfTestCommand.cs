using System.Diagnostics;

namespace KernelSockets.UserApps.SelfTest;

/// <summary>selftest: runs the tests of the runtime on this kernel and reports each.</summary>
internal sealed class SelfTestCommand(ISystem system) : Command
{
    /// <summary>Longest a test may take; one that takes longer hangs.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(180);

    /// <inheritdoc/>
    public override string Name => "selftest";

    /// <inheritdoc/>
    public override AppGroup Group => AppGroup.Diagnostics;

    /// <inheritdoc/>
    public override string Summary => "test the runtime on this kernel";

    /// <inheritdoc/>
    public override string Help => """
        Usage: selftest [-l] [NAME...]
        Runs all tests of the runtime, or those named, one after the other. Each prints a line:
          PASS name (milliseconds): what was measured
          FAIL name: why
          SKIP name: why
        The last line is 'selftest: N passed, N failed'. Exit status 1 when one failed.
          -l   lists the tests

        """;

    /// <inheritdoc/>
    public override int Run(string[] arguments)
    {
        var options = new OptionReader("l", arguments, ("list", 'l'));
        bool isListing = false;
        while (options.TryNext(out _))
        {
            isListing = true;
        }

        if (options.Error is { } error)
        {
            return Misused(error);
        }

        List<RuntimeTest> tests = All();
        if (isListing)
        {
            List(tests);
            return 0;
        }

        foreach (string name in options.Operands)
        {
            if (!tests.Exists(test => test.Name == name))
            {
                return Misused($"no test '{name}'");
            }
        }

        return RunTests(tests.FindAll(test => options.Operands.Count == 0 || options.Operands.Contains(test.Name)));
    }

    /// <summary>The tests, quick and basic ones first; new ones for each run, so that nothing is left from another.</summary>
    internal static List<RuntimeTest> All() =>
    [
        new CollectWhileSpinningTest(),
        new NestedExceptionsTest(),
        new HardwareFaultsTest(),
        new DeepRecursionTest(),
        new VectorStateTest(),
        new MemoryTest(),
        new MonitorTest(),
        new SemaphoreTest(),
        new TimerTest(),
        new SleepTest(),
        new TasksTest(),
        new RandomTest(),
        new SocketsTest(),
        new FilesTest(),
        new PipesTest(),
        new ProcTest(),
        new ThreadLocalTest(),
        new FinalizersTest(),
        new ManyThreadsTest(),
        new InterruptStormTest(),
        new JobCrashTest(),
        new AllocateGibibyteTest(),
        new OutOfMemoryTest(),
    ];

    private static void List(List<RuntimeTest> tests)
    {
        foreach (RuntimeTest test in tests)
        {
            Console.Out.WriteLine($"{test.Name,-16} {test.Summary}");
        }
    }

    private int RunTests(List<RuntimeTest> tests)
    {
        int passed = 0;
        int failed = 0;
        foreach (RuntimeTest test in tests)
        {
            if (system.Jobs.Sleep(TimeSpan.Zero) != Errno.Success)
            {
                return App.InterruptedStatus;
            }

            if (test.ReasonToSkip(system) is { } reason)
            {
                Console.Out.WriteLine($"SKIP {test.Name}: {reason}");
                continue;
            }

            bool isPassed = RunTest(test);
            passed += isPassed ? 1 : 0;
            failed += isPassed ? 0 : 1;
        }

        int skipped = tests.Count - passed - failed;
        Console.Out.WriteLine($"selftest: {passed} passed, {failed} failed{(skipped == 0 ? "" : $", {skipped} skipped")}");
        return failed == 0 ? 0 : 1;
    }

    /// <summary>Runs a test on a thread of its own, so that one that hangs is reported and the next one runs.</summary>
    private bool RunTest(RuntimeTest test)
    {
        string measured = "";
        string? failure = null;
        var thread = new Thread(() => failure = Capture(test, out measured)) { IsBackground = true, Name = $"selftest {test.Name}" };
        long start = Stopwatch.GetTimestamp();
        thread.Start();
        if (!thread.Join(s_limit))
        {
            failure = $"no end after {s_limit.TotalSeconds} s";
        }

        long milliseconds = (long)Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        Console.Out.WriteLine(failure is null
            ? $"PASS {test.Name} ({milliseconds} ms){(measured.Length == 0 ? "" : $": {measured}")}"
            : $"FAIL {test.Name}: {failure}");
        return failure is null;
    }

    private string? Capture(RuntimeTest test, out string measured)
    {
        measured = "";
        try
        {
            measured = test.Run(system);
            return null;
        }
        catch (SelfTestFailedException exception)
        {
            return exception.Message;
        }
        catch (Exception exception)
        {
            return $"{exception.GetType().Name}: {exception.Message}";
        }
    }
}
