namespace KernelSockets.UserApps.SelfTest;

/// <summary>What belongs to a thread stays with it; what flows with the work flows.</summary>
internal sealed class ThreadLocalTest : RuntimeTest
{
    private const int Threads = 8;
    private const int Rounds = 1000;

    /// <inheritdoc/>
    public override string Name => "thread-local";

    /// <inheritdoc/>
    public override string Summary => "ThreadLocal and AsyncLocal across 8 threads";

    /// <inheritdoc/>
    public override string Run(ISystem system)
    {
        using var mine = new ThreadLocal<int>(static () => -1, trackAllValues: true);
        var flowing = new AsyncLocal<int> { Value = 42 };
        ThreadGroup.Run(Threads, number =>
        {
            Expect.Equal(-1, mine.Value, "first value on a thread");
            Expect.Equal(42, flowing.Value, "value that flowed to a thread");
            for (int i = 0; i < Rounds; i++)
            {
                mine.Value = (number * Rounds) + i;
                flowing.Value = number;
                Thread.Yield();
                Expect.Equal((number * Rounds) + i, mine.Value, "value of this thread");
                Expect.Equal(number, flowing.Value, "flowing value of this thread");
            }
        });
        Expect.Equal(42, flowing.Value, "value that was changed elsewhere");
        Expect.Equal(Threads, mine.Values.Count, "threads that had a value");
        return "";
    }
}
