namespace KernelSockets.Net;

/// <summary>News that a datagram of ours was not delivered; valid during the call.</summary>
internal readonly ref struct Ipv4ErrorReport
{
    /// <summary>Who says so: a router or the destination, or ourselves when a neighbour did not answer ARP.</summary>
    public required Ipv4Address Reporter { get; init; }

    /// <summary>True when this machine itself found the neighbour missing.</summary>
    public bool IsLocal { get; init; }

    /// <summary>ICMP type.</summary>
    public required IcmpType Type { get; init; }

    /// <summary>ICMP code.</summary>
    public required byte Code { get; init; }

    /// <summary>
    /// The four bytes in the ICMP header whose meaning depends on type and code, for example the next-hop MTU (RFC 1191).
    /// </summary>
    public uint Rest { get; init; }

    /// <summary>When it came in.</summary>
    public required Instant ReceivedAt { get; init; }

    /// <summary>Our datagram as far as the report quotes it: at least its header; the payload is to be checked before use.</summary>
    public required Ipv4Header Quotation { get; init; }
}
