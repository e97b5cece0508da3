namespace KernelSockets.Wire;

/// <summary>What a frame carries (IEEE 802 numbers, RFC 9542).</summary>
public enum EtherType : ushort
{
    /// <summary>IPv4 (RFC 894).</summary>
    Ipv4 = 0x0800,

    /// <summary>ARP (RFC 826).</summary>
    Arp = 0x0806,
}
