namespace KernelSockets.UserApps.SelfTest;

/// <summary>The collector must stop a thread that never calls anything: only a signal that edits its context can do that.</summary>
internal sealed class CollectWhileSpinningTest : RuntimeTest
{
    private const int Collections = 100;

    private long _turns;
    private bool _isStopping;

    /// <inheritdoc/>
    public override string Name => "gc-spin";

    /// <inheritdoc/>
    public override string Summary => "100 collections while another thread spins in a tight loop";

    /// <inheritdoc/>
    public override string Run(ISystem system)
    {
        _isStopping = false;
        _turns = 0;
        int before = GC.CollectionCount(2);
        var spinner = new Thread(Spin) { IsBackground = true, Name = "spinner" };
        spinner.Start();
        while (Volatile.Read(ref _turns) == 0)
        {
            Thread.Sleep(1);
        }

        for (int i = 0; i < Collections; i++)
        {
            GC.Collect();
        }

        Volatile.Write(ref _isStopping, true);
        Expect.True(spinner.Join(ThreadGroup.Limit), "the spinning thread does not end");
        Expect.True(GC.CollectionCount(2) - before >= Collections, "collections are missing");
        return "";
    }

    /// <summary>No call, no allocation: nowhere the collector could wait for the thread.</summary>
    private void Spin()
    {
        while (!Volatile.Read(ref _isStopping))
        {
            _turns++;
        }
    }
}
