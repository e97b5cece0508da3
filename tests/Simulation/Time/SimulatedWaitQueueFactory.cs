namespace KernelSockets.Simulation;

/// <summary>Makes wait queues that run a simulation, and remembers them for the test.</summary>
public sealed class SimulatedWaitQueueFactory(SimulatedTime time) : IWaitQueueFactory
{
    private readonly List<SimulatedWaitQueue> _queues = [];

    /// <summary>All queues made, oldest first.</summary>
    public IReadOnlyList<SimulatedWaitQueue> Queues => _queues;

    /// <inheritdoc/>
    public WaitQueue Create(string name)
    {
        SimulatedWaitQueue queue = new(time, name);
        _queues.Add(queue);
        return queue;
    }
}
