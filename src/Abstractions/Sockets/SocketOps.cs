namespace KernelSockets.Sockets;

/// <summary>
/// The operations of a socket module: the dispatch table. Every default returns what Linux returns for an operation that a protocol lacks, so
/// "find overrides" of a method is the list of who supports it.
/// </summary>
/// <remarks>
/// Callers are the socket file system and the system call layer, from tasks; operations may block, unless told not to by a flag. Arguments are
/// checked for what needs no knowledge of the module: memory, lengths, families that exist. Addresses may still be of the wrong family. Locks are
/// taken inside. No exceptions: errors are an <see cref="Errno"/>.
/// </remarks>
public abstract class SocketOps
{
    /// <summary>The place in <see cref="SocketOpsTable"/>.</summary>
    public abstract SocketType Type { get; }

    /// <summary>socket: gives a new socket its state.</summary>
    /// <returns><see cref="Errno.ENOBUFS"/> when the table is full, <see cref="Errno.EPROTONOSUPPORT"/>, <see cref="Errno.ESOCKTNOSUPPORT"/>.</returns>
    public abstract Errno Create(Socket socket);

    /// <summary>close: the last reference is gone. Whoever waits has been woken by then or never will be: nobody holds the socket.</summary>
    public abstract void Close(Socket socket);

    /// <summary>bind. Default: <see cref="Errno.EOPNOTSUPP"/>.</summary>
    public virtual Errno Bind(Socket socket, in SocketAddress address) => Errno.EOPNOTSUPP;

    /// <summary>connect; <see cref="AddressFamily.Unspecified"/> dissolves the association of a datagram socket.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="address">The peer.</param>
    /// <param name="flags"><see cref="MessageFlags.DoNotWait"/> or none.</param>
    /// <returns>Default: <see cref="Errno.EOPNOTSUPP"/>.</returns>
    public virtual Errno Connect(Socket socket, in SocketAddress address, MessageFlags flags) => Errno.EOPNOTSUPP;

    /// <summary>listen. Default: <see cref="Errno.EOPNOTSUPP"/>.</summary>
    public virtual Errno Listen(Socket socket, int backlog) => Errno.EOPNOTSUPP;

    /// <summary>accept.</summary>
    /// <param name="socket">The listening socket.</param>
    /// <param name="flags"><see cref="MessageFlags.DoNotWait"/> or none.</param>
    /// <param name="accepted">The new socket, the caller's; null on failure.</param>
    /// <param name="peer">Its peer.</param>
    /// <returns>Default: <see cref="Errno.EOPNOTSUPP"/>.</returns>
    public virtual Errno Accept(Socket socket, MessageFlags flags, out Socket? accepted, out SocketAddress peer)
    {
        accepted = null;
        peer = default;
        return Errno.EOPNOTSUPP;
    }

    /// <summary>shutdown. Default: <see cref="Errno.EOPNOTSUPP"/>.</summary>
    public virtual Errno Shutdown(Socket socket, ShutdownHow how) => Errno.EOPNOTSUPP;

    /// <summary>getpeername. Default: <see cref="Errno.EOPNOTSUPP"/>.</summary>
    /// <returns><see cref="Errno.ENOTCONN"/> without a peer.</returns>
    public virtual Errno GetPeerName(Socket socket, out SocketAddress address)
    {
        address = default;
        return Errno.EOPNOTSUPP;
    }

    /// <summary>getsockname. Default: <see cref="Errno.EOPNOTSUPP"/>.</summary>
    public virtual Errno GetSocketName(Socket socket, out SocketAddress address)
    {
        address = default;
        return Errno.EOPNOTSUPP;
    }

    /// <summary>getsockopt: levels, names and value layouts are Linux's.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="level">For example SOL_SOCKET.</param>
    /// <param name="name">For example SO_TYPE.</param>
    /// <param name="value">Where to; cut off when it is too short, as Linux does, unless the option says otherwise.</param>
    /// <returns>Bytes written; <see cref="Errno.ENOPROTOOPT"/> for unknown ones.</returns>
    public virtual IoResult GetOption(Socket socket, int level, int name, Span<byte> value) => Errno.ENOPROTOOPT;

    /// <summary>setsockopt: levels, names and value layouts are Linux's.</summary>
    /// <returns><see cref="Errno.ENOPROTOOPT"/> for unknown ones, <see cref="Errno.EINVAL"/> for values too short or out of range.</returns>
    public virtual Errno SetOption(Socket socket, int level, int name, ReadOnlySpan<byte> value) => Errno.ENOPROTOOPT;

    /// <summary>recvmsg; read, recv and recvfrom are special cases.</summary>
    /// <returns>Bytes received: for a datagram that was cut off those that fit, or its real length with <see cref="MessageFlags.Truncated"/>.</returns>
    public virtual IoResult ReceiveMessage(Socket socket, ref SocketMessage message, MessageFlags flags) => Errno.EOPNOTSUPP;

    /// <summary>sendmsg; write, send and sendto are special cases. <see cref="Errno.EPIPE"/> raises no signal here.</summary>
    /// <returns>Bytes sent.</returns>
    public virtual IoResult SendMessage(Socket socket, in SocketMessage message, MessageFlags flags) => Errno.EOPNOTSUPP;

    /// <summary>poll: attaches the listener to the socket's <see cref="PollSource"/>, then tells its state.</summary>
    public virtual PollEvents Poll(Socket socket, PollListener? listener) => PollEvents.AlwaysReady;

    /// <summary>ioctl on what only this module knows, for example FIONREAD; the interface and route requests are the boundary's.</summary>
    /// <returns>The value that ioctl returns; default <see cref="Errno.ENOTTY"/>.</returns>
    public virtual IoResult Ioctl(Socket socket, uint request, Span<byte> data) => Errno.ENOTTY;
}
