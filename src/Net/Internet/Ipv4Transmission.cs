namespace KernelSockets.Net;

/// <summary>What a protocol says about a datagram it sends.</summary>
internal readonly record struct Ipv4Transmission
{
    /// <summary>TTL of datagrams whose sender does not care (RFC 1340, now the IANA registry's recommendation).</summary>
    internal const byte DefaultTimeToLive = 64;

    public Ipv4Transmission()
    {
    }

    /// <summary>One of our addresses; 0.0.0.0 lets the route choose.</summary>
    public Ipv4Address Source { get; init; }

    public required Ipv4Address Destination { get; init; }

    public required Ipv4Protocol Protocol { get; init; }

    /// <summary>The way, when the sender has found it already; it must be what the routes say for the members above.</summary>
    public Ipv4Route? Route { get; init; }

    public byte TimeToLive { get; init; } = DefaultTimeToLive;

    public byte TypeOfService { get; init; }

    public bool DontFragment { get; init; }

    /// <summary>
    /// Out of this interface whatever the routes say (SO_BINDTODEVICE, IP_PKTINFO, IP_MULTICAST_IF); null lets the route choose. A source of
    /// 0.0.0.0 then stays so when the interface has no address, and 255.255.255.255 needs none.
    /// </summary>
    public NetInterface? Interface { get; init; }

    /// <summary>
    /// A multicast to a group this host is in, or a broadcast, comes back to this host's protocols as well (IP_MULTICAST_LOOP).
    /// </summary>
    public bool Loop { get; init; }
}
