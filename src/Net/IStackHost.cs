namespace KernelSockets.Net;

/// <summary>What a network stack needs from the world around it besides a clock, entropy and wait queues.</summary>
/// <remarks>
/// Called with the stack's gate held, from any task that sends and from the network task: must not block and must not call the stack.
/// </remarks>
public interface IStackHost
{
    /// <summary>
    /// Work has appeared that is due before the <see cref="NetStack.NextDeadline"/> read last: the network task shall call
    /// <see cref="NetStack.Advance"/> soon. In the kernel this signals the interrupt line the task waits on.
    /// </summary>
    void Wake();

    /// <summary>
    /// Another station uses our address (RFC 5227 §2.4). At most once in <see cref="Arp.DefendInterval"/> for each interface.
    /// </summary>
    /// <param name="interfaceName">The interface whose address it is.</param>
    /// <param name="address">The address.</param>
    /// <param name="claimant">Who else claims it.</param>
    void ReportAddressConflict(string interfaceName, Ipv4Address address, MacAddress claimant);
}
