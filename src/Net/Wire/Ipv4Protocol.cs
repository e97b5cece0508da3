namespace KernelSockets.Net;

/// <summary>What a datagram carries (IANA protocol numbers).</summary>
public enum Ipv4Protocol : byte
{
    /// <summary>ICMP (RFC 792).</summary>
    Icmp = 1,

    /// <summary>TCP (RFC 9293).</summary>
    Tcp = 6,

    /// <summary>UDP (RFC 768).</summary>
    Udp = 17,
}
