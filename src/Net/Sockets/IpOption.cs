namespace KernelSockets.Net;

/// <summary>Options of <see cref="SocketLevel.Ip"/>, with Linux's values (include/uapi/linux/in.h); ip(7) describes them.</summary>
internal enum IpOption
{
    /// <summary>IP_TOS; as control data the TOS of a message, one byte.</summary>
    TypeOfService = 1,

    /// <summary>IP_TTL; as control data the TTL of a message.</summary>
    TimeToLive = 2,

    /// <summary>IP_HDRINCL, of raw sockets.</summary>
    HeaderIncluded = 3,

    /// <summary>IP_PKTINFO; as control data a struct in_pktinfo.</summary>
    PacketInformation = 8,

    /// <summary>IP_MTU_DISCOVER.</summary>
    MtuDiscovery = 10,

    /// <summary>IP_RECVTTL.</summary>
    ReceiveTimeToLive = 12,

    /// <summary>IP_RECVTOS.</summary>
    ReceiveTypeOfService = 13,

    /// <summary>IP_MTU: of the way to the peer; read only.</summary>
    Mtu = 14,

    /// <summary>IP_MULTICAST_IF.</summary>
    MulticastInterface = 32,

    /// <summary>IP_MULTICAST_TTL.</summary>
    MulticastTimeToLive = 33,

    /// <summary>IP_MULTICAST_LOOP.</summary>
    MulticastLoop = 34,

    /// <summary>IP_ADD_MEMBERSHIP.</summary>
    AddMembership = 35,

    /// <summary>IP_DROP_MEMBERSHIP.</summary>
    DropMembership = 36,

    /// <summary>IP_MULTICAST_ALL.</summary>
    MulticastAll = 49,
}
