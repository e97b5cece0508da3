namespace KernelSockets.UserApps.SelfTest;

/// <summary>Threads come and go without leaving their stacks behind.</summary>
internal sealed class ManyThreadsTest : RuntimeTest
{
    private const int AtOnce = 20;
    private const int Total = 200;

    /// <summary>Less than half a page frame for each thread of a run.</summary>
    private const long Tolerance = Total * 2048;

    /// <inheritdoc/>
    public override string Name => "threads";

    /// <inheritdoc/>
    public override string Summary => "200 threads created and joined, twice, without a leak of frames";

    /// <inheritdoc/>
    public override string Run(ISystem system) => MemoryWatch.Measure(system, RunAll, Tolerance);

    private static void RunAll()
    {
        int ran = 0;
        for (int i = 0; i < Total / AtOnce; i++)
        {
            ThreadGroup.Run(AtOnce, _ => Interlocked.Increment(ref ran));
        }

        Expect.Equal(Total, ran, "threads that ran");
    }
}
