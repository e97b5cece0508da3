namespace KernelSockets;

/// <summary>Makes wait queues of the kind that fits the surroundings: kernel or simulation.</summary>
public interface IWaitQueueFactory
{
    /// <summary>A new, empty queue.</summary>
    /// <param name="name">What its tasks wait for, as <c>ps</c> shows it (for example <c>arp</c>).</param>
    WaitQueue Create(string name);
}
