namespace KernelSockets.Sockets;

/// <summary>The second argument of socket(2), without its flags.</summary>
public enum SocketKind
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>SOCK_STREAM.</summary>
    Stream = 1,

    /// <summary>SOCK_DGRAM.</summary>
    Datagram = 2,

    /// <summary>SOCK_RAW.</summary>
    Raw = 3,
}
