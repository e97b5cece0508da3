namespace KernelSockets.UserApps.SelfTest;

/// <summary>Timers fire again and again, once, and no more after they were disposed of.</summary>
internal sealed class TimerTest : RuntimeTest
{
    private const int Wanted = 5;
    private const int PeriodMs = 10;

    /// <inheritdoc/>
    public override string Name => "timer";

    /// <inheritdoc/>
    public override string Summary => "periodic and single timers, cancelled ones";

    /// <inheritdoc/>
    public override string Run(ISystem system)
    {
        Repeat();
        Once();
        CancelByTime();
        return "";
    }

    private static void Repeat()
    {
        using var fired = new CountdownEvent(Wanted);
        using (new Timer(_ => SignalSafely(fired), null, PeriodMs, PeriodMs))
        {
            Expect.True(fired.Wait(ThreadGroup.Limit), $"a periodic timer fired {Wanted - fired.CurrentCount} times");
        }
    }

    private static void SignalSafely(CountdownEvent fired)
    {
        if (!fired.IsSet)
        {
            fired.Signal();
        }
    }

    private static void Once()
    {
        int count = 0;
        using var fired = new ManualResetEventSlim();
        var timer = new Timer(_ =>
        {
            Interlocked.Increment(ref count);
            fired.Set();
        });
        timer.Change(PeriodMs, Timeout.Infinite);
        Expect.True(fired.Wait(ThreadGroup.Limit), "a single timer did not fire");
        using var gone = new ManualResetEvent(false);
        timer.Dispose(gone);
        Expect.True(gone.WaitOne(ThreadGroup.Limit), "a timer cannot be disposed of");
        Expect.Equal(1, count, "times a single timer fired");
    }

    private static void CancelByTime()
    {
        using var source = new CancellationTokenSource(PeriodMs);
        Expect.True(source.Token.WaitHandle.WaitOne(ThreadGroup.Limit), "a token was not cancelled in time");
    }
}
