namespace KernelSockets.UserApps.SelfTest;

/// <summary>SemaphoreSlim bounds who is inside; events and time-outs.</summary>
internal sealed class SemaphoreTest : RuntimeTest
{
    private const int Places = 3;
    private const int Threads = 8;
    private const int Rounds = 200;

    /// <inheritdoc/>
    public override string Name => "semaphore";

    /// <inheritdoc/>
    public override string Summary => "SemaphoreSlim and events, blocking and asynchronous";

    /// <inheritdoc/>
    public override string Run(ISystem system)
    {
        Bound();
        TimeOut();
        Signal();
        return "";
    }

    private static void Bound()
    {
        using var semaphore = new SemaphoreSlim(Places);
        int inside = 0;
        int most = 0;
        ThreadGroup.Run(Threads, _ =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                Expect.True(semaphore.Wait(ThreadGroup.Limit), "a place was never free");
                int now = Interlocked.Increment(ref inside);
                InterlockedMax(ref most, now);
                Thread.Yield();
                Interlocked.Decrement(ref inside);
                semaphore.Release();
            }
        });
        Expect.True(most <= Places, $"{most} threads were inside at once");
        Expect.Equal(Places, semaphore.CurrentCount, "places left");
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen = Volatile.Read(ref target);
        while (value > seen)
        {
            seen = Interlocked.CompareExchange(ref target, value, seen);
        }
    }

    private static void TimeOut()
    {
        using var semaphore = new SemaphoreSlim(0);
        Expect.True(!semaphore.Wait(20), "an empty semaphore let someone in");
        Task<bool> waiting = semaphore.WaitAsync(ThreadGroup.Limit);
        Expect.True(!waiting.IsCompleted, "an empty semaphore let someone in asynchronously");
        semaphore.Release();
        Expect.True(waiting.Wait(ThreadGroup.Limit) && waiting.Result, "a released semaphore let nobody in");
    }

    private static void Signal()
    {
        using var ready = new ManualResetEventSlim();
        using var next = new AutoResetEvent(false);
        int passed = 0;
        ThreadGroup.Run(2, number =>
        {
            if (number == 0)
            {
                Expect.True(ready.Wait(ThreadGroup.Limit) && next.WaitOne(ThreadGroup.Limit), "an event was never set");
                Interlocked.Increment(ref passed);
            }
            else
            {
                ready.Set();
                next.Set();
            }
        });
        Expect.Equal(1, passed, "threads past the events");
    }
}
