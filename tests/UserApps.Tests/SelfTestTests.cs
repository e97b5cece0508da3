using KernelSockets.UserApps.SelfTest;
using KernelSockets.UserApps.Tests.Fakes;

namespace KernelSockets.UserApps.Tests;

/// <summary>The self-tests on this machine's runtime, where they must pass too, and the command's report.</summary>
public sealed class SelfTestTests
{
    private readonly FakeSystem _system = new();

    public static TheoryData<string> Names => [.. SelfTestCommand.All().Select(test => test.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Test_Hosted_PassesOrSaysWhyItCannotRun(string name)
    {
        string output = _system.Run($"selftest {name}");
        string[] lines = output.TrimEnd('\n').Split('\n');
        string verdict = lines[^2];
        if (verdict.StartsWith("SKIP", StringComparison.Ordinal))
        {
            Assert.Equal("SKIP out-of-memory: the heap is not limited here", verdict);
            Assert.Equal("selftest: 0 passed, 0 failed, 1 skipped", lines[^1]);
        }
        else
        {
            Assert.Matches($@"^PASS {name} \(\d+ ms\)(: .+)?$", verdict);
            Assert.Equal("selftest: 1 passed, 0 failed", lines[^1]);
        }

        Assert.Equal(0, _system.Shell.LastStatus);
    }

    [Fact]
    public void List_ShowsEveryTest()
    {
        string[] lines = _system.Run("selftest -l").TrimEnd('\n').Split('\n');
        Assert.Equal(Names.Count, lines.Length);
        Assert.StartsWith("gc-spin          100 collections", lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void SeveralTests_Named_RunInTheTablesOrder()
    {
        string[] lines = _system.Run("selftest recursion faults").TrimEnd('\n').Split('\n');
        Assert.StartsWith("PASS faults (", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("PASS recursion (", lines[1], StringComparison.Ordinal);
        Assert.Equal("selftest: 2 passed, 0 failed", lines[2]);
    }

    [Fact]
    public void FrameLeak_Found_FailsTheRun()
    {
        int reads = 0;
        _system.MemoryReads = memory => memory with { Free = memory.Free - (++reads * (1L << 20)) };
        string output = _system.Run("selftest threads");
        Assert.Equal("FAIL threads: 1048576 bytes are gone; 409600 are tolerated\nselftest: 0 passed, 1 failed\n", output);
        Assert.Equal(1, _system.Shell.LastStatus);
    }

    [Fact]
    public void JobStatus_Wrong_FailsTheRun()
    {
        _system.JobControl.StartErrorAfterFirst = Errno.EAGAIN;
        string output = _system.Run("selftest job-crash");
        Assert.Equal("FAIL job-crash: a job cannot be started: Resource temporarily unavailable\nselftest: 0 passed, 1 failed\n", output);
    }

    [Fact]
    public void InterruptStorm_Run_RaisesInterrupts()
    {
        _system.Run("selftest interrupt-storm");
        Assert.True(_system.InterruptsRaised > 0);
    }
}
