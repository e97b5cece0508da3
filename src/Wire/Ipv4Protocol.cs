namespace KernelSockets.Wire;

/// <summary>What a datagram carries (IANA protocol numbers).</summary>
public enum Ipv4Protocol : byte
{
    /// <summary>ICMP (RFC 792).</summary>
    Icmp = 1,

    /// <summary>IGMP (RFC 2236).</summary>
    Igmp = 2,

    /// <summary>TCP (RFC 9293).</summary>
    Tcp = 6,

    /// <summary>UDP (RFC 768).</summary>
    Udp = 17,
}
