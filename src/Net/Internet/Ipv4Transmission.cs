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

    public byte TimeToLive { get; init; } = DefaultTimeToLive;

    public byte TypeOfService { get; init; }

    public bool DontFragment { get; init; }
}
