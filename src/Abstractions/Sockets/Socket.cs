namespace KernelSockets.Sockets;

/// <summary>A socket: what the inode of the socket file system holds, and what a module hangs its own state on (the seed's socket_t).</summary>
public sealed class Socket
{
    /// <summary>A socket of a module.</summary>
    /// <param name="operations">The module's operations.</param>
    /// <param name="family">Its address family.</param>
    /// <param name="kind">SOCK_STREAM, SOCK_DGRAM or SOCK_RAW.</param>
    /// <param name="protocol">IP protocol, or EtherType for packet sockets; as SO_PROTOCOL tells it.</param>
    public Socket(SocketOps operations, AddressFamily family, SocketKind kind, int protocol)
    {
        Operations = operations;
        Family = family;
        Kind = kind;
        Protocol = protocol;
    }

    /// <summary>The module's operations.</summary>
    public SocketOps Operations { get; }

    /// <summary>Address family (SO_DOMAIN).</summary>
    public AddressFamily Family { get; }

    /// <summary>SOCK_STREAM and so on (SO_TYPE).</summary>
    public SocketKind Kind { get; }

    /// <summary>Protocol (SO_PROTOCOL).</summary>
    public int Protocol { get; }

    /// <summary>The module's state: its protocol control block.</summary>
    public object? State { get; set; }

    /// <summary>Job that made it, for netstat; 0 for the kernel.</summary>
    public int OwnerJob { get; set; }

    /// <summary>Number of its inode, as /proc and netstat tell it.</summary>
    public ulong InodeNumber { get; set; }
}
