namespace KernelSockets.UserApps.Network.Iperf;

/// <summary>A number of bytes that all streams of a test move together.</summary>
/// <param name="bytes">How many; 0 for no such goal.</param>
internal sealed class IperfGoal(long bytes)
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _moved;

    /// <summary>Completes when it is reached.</summary>
    public Task Reached => _reached.Task;

    /// <summary>True when it is reached.</summary>
    public bool IsReached => bytes > 0 && Interlocked.Read(ref _moved) >= bytes;

    /// <summary>Some bytes were moved.</summary>
    public void Add(int count)
    {
        if (bytes > 0 && Interlocked.Add(ref _moved, count) >= bytes)
        {
            _ = _reached.TrySetResult();
        }
    }
}
