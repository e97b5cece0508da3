namespace KernelSockets.Net;

/// <summary>Options of <see cref="SocketLevel.Packet"/>, with Linux's values (include/uapi/linux/if_packet.h); packet(7) describes them.</summary>
internal enum PacketOption
{
    /// <summary>PACKET_ADD_MEMBERSHIP.</summary>
    AddMembership = 1,

    /// <summary>PACKET_DROP_MEMBERSHIP.</summary>
    DropMembership = 2,

    /// <summary>PACKET_STATISTICS: frames seen and dropped; read only, and reading starts over.</summary>
    Statistics = 6,

    /// <summary>PACKET_AUXDATA: a struct tpacket_auxdata with each frame.</summary>
    AuxiliaryData = 8,

    /// <summary>PACKET_IGNORE_OUTGOING.</summary>
    IgnoreOutgoing = 23,
}
