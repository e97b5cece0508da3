using KernelSockets.Wire;

namespace KernelSockets.UserApps.Network.PacketCapture;

/// <summary>Numbers of protocols: those that the network stack speaks, and others that captures show (IANA protocol numbers, IEEE 802 numbers).</summary>
internal static class ProtocolNumbers
{
    /// <summary>ICMP, in IPv4.</summary>
    public const uint Icmp = (uint)Ipv4Protocol.Icmp;

    /// <summary>IGMP, in IPv4.</summary>
    public const uint Igmp = (uint)Ipv4Protocol.Igmp;

    /// <summary>TCP.</summary>
    public const uint Tcp = (uint)Ipv4Protocol.Tcp;

    /// <summary>UDP.</summary>
    public const uint Udp = (uint)Ipv4Protocol.Udp;

    /// <summary>ICMP for IPv6 (RFC 4443).</summary>
    public const uint Icmp6 = 58;

    /// <summary>SCTP (RFC 9260).</summary>
    public const uint Sctp = 132;

    /// <summary>EtherType of IPv6 (RFC 2464).</summary>
    public const ushort Ipv6 = 0x86DD;

    /// <summary>EtherType of RARP (RFC 903).</summary>
    public const ushort Rarp = 0x8035;

    /// <summary>The number of a protocol that has ports, by the word for it.</summary>
    /// <returns>Null for any other word.</returns>
    public static uint? WithPorts(string? word) => word is "tcp" or "udp" or "sctp" ? InIp(word) : null;

    /// <summary>The number that a word stands for in the header of IPv4 or IPv6.</summary>
    /// <returns>Null for any other word.</returns>
    public static uint? InIp(string word) => word switch
    {
        "icmp" => Icmp,
        "igmp" => Igmp,
        "tcp" => Tcp,
        "udp" => Udp,
        "icmp6" => Icmp6,
        "sctp" => Sctp,
        _ => null,
    };
}
