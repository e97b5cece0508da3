namespace KernelSockets.Sockets;

/// <summary>An address of a socket: what a sockaddr says, without a layout. The system call boundary reads and writes Linux's structures.</summary>
/// <param name="Family">Tells which of the other members count.</param>
public readonly record struct SocketAddress(AddressFamily Family)
{
    /// <summary>sin_addr of <see cref="AddressFamily.Inet"/>.</summary>
    public Ipv4Address Address { get; init; }

    /// <summary>sin_port of <see cref="AddressFamily.Inet"/>, 0 for none.</summary>
    public ushort Port { get; init; }

    /// <summary>sll_ifindex of <see cref="AddressFamily.Packet"/>: from 1, 0 for any.</summary>
    public int InterfaceIndex { get; init; }

    /// <summary>sll_protocol of <see cref="AddressFamily.Packet"/>: an EtherType, ETH_P_ALL (3), or 0.</summary>
    public ushort Protocol { get; init; }

    /// <summary>sll_hatype of <see cref="AddressFamily.Packet"/>: ARPHRD_ETHER (1) or ARPHRD_LOOPBACK (772).</summary>
    public ushort HardwareType { get; init; }

    /// <summary>sll_pkttype of <see cref="AddressFamily.Packet"/>.</summary>
    public PacketType PacketType { get; init; }

    /// <summary>sll_addr of <see cref="AddressFamily.Packet"/>; counts when <see cref="HasHardwareAddress"/>.</summary>
    public MacAddress HardwareAddress { get; init; }

    /// <summary>True when sll_halen is 6.</summary>
    public bool HasHardwareAddress { get; init; }

    /// <summary>An IPv4 address and port.</summary>
    public static SocketAddress Inet(Ipv4Address address, ushort port) => new(AddressFamily.Inet) { Address = address, Port = port };
}

/// <summary>Whose a frame is (sll_pkttype, packet(7)).</summary>
public enum PacketType : byte
{
    /// <summary>PACKET_HOST: for us.</summary>
    Host,

    /// <summary>PACKET_BROADCAST.</summary>
    Broadcast,

    /// <summary>PACKET_MULTICAST.</summary>
    Multicast,

    /// <summary>PACKET_OTHERHOST: for somebody else; seen since the interface is promiscuous.</summary>
    OtherHost,

    /// <summary>PACKET_OUTGOING: sent by us.</summary>
    Outgoing,
}
