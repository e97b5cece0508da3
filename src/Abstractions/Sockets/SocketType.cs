namespace KernelSockets.Sockets;

/// <summary>The modules that sockets belong to: places in <see cref="SocketOpsTable"/>.</summary>
public enum SocketType
{
    /// <summary>No module.</summary>
    None,

    /// <summary>Frames of a link (AF_PACKET).</summary>
    Packet,

    /// <summary>IPv4 datagrams of any protocol (SOCK_RAW).</summary>
    Raw,

    /// <summary>TCP.</summary>
    Tcp,

    /// <summary>UDP.</summary>
    Udp,
}
