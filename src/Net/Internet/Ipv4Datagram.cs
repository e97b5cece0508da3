namespace KernelSockets.Net;

/// <summary>A received datagram on its way to a protocol; valid during the call.</summary>
internal readonly ref struct Ipv4Datagram
{
    public Ipv4Datagram(NetInterface netInterface, PacketBuffer? frame, in Ipv4Header header, bool isToGroup, Instant receivedAt)
    {
        Interface = netInterface;
        Frame = frame;
        Header = header;
        IsToGroup = isToGroup;
        ReceivedAt = receivedAt;
    }

    /// <summary>Where it came in.</summary>
    public NetInterface Interface { get; }

    /// <summary>
    /// The frame it came in. A protocol that keeps it takes a reference and parses it again later; taps may hold it too, so nobody
    /// changes it. Null
    /// for a datagram put together from fragments: it is to be copied.
    /// </summary>
    public PacketBuffer? Frame { get; }

    /// <summary>Header and payload, checked.</summary>
    public Ipv4Header Header { get; }

    /// <summary>
    /// True when it was sent to a broadcast or multicast address, of IP or of the link: no ICMP error may answer it (RFC 1122 §3.2.2).
    /// </summary>
    public bool IsToGroup { get; }

    /// <summary>When the frame came in.</summary>
    public Instant ReceivedAt { get; }
}
