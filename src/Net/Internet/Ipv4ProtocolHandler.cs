namespace KernelSockets.Net;

/// <summary>A protocol above IPv4, registered by its number in <see cref="Ipv4.Register"/>.</summary>
/// <remarks>Called with the stack's gate held; must not block.</remarks>
internal abstract class Ipv4ProtocolHandler
{
    /// <summary>A datagram for this host came in. Its frame belongs to the caller.</summary>
    public abstract void Receive(in Ipv4Datagram datagram);

    /// <summary>A datagram of ours was not delivered (RFC 1122 §3.2.2.1). A protocol without use for that ignores it.</summary>
    public virtual void ReceiveError(in Ipv4ErrorReport report)
    {
    }
}
