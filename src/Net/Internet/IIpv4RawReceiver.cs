namespace KernelSockets.Net;

/// <summary>Sees every whole datagram for this host before the protocol it is for: raw sockets (Linux raw(7)).</summary>
/// <remarks>Set in <see cref="Ipv4.RawReceiver"/>. Called with the stack's gate held; must not block.</remarks>
internal interface IIpv4RawReceiver
{
    /// <summary>A datagram for this host came in. Its frame belongs to the caller.</summary>
    /// <returns>True when somebody took a copy: then no ICMP protocol unreachable answers it.</returns>
    bool Receive(in Ipv4Datagram datagram);

    /// <summary>A datagram of ours was not delivered. Called before the protocol's own handler.</summary>
    void ReceiveError(in Ipv4ErrorReport report);
}
