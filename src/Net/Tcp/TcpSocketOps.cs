using KernelSockets.Sockets;

namespace KernelSockets.Net;

/// <summary>The TCP module: SOCK_STREAM of AF_INET (tcp(7)).</summary>
internal sealed class TcpSocketOps : StackSocketOps
{
    private const int MaximumBacklog = 4096; // net.core.somaxconn
    private const int Protocol = (int)Ipv4Protocol.Tcp;
    private const uint IsAtMarkRequest = 0x8905; // SIOCATMARK

    private readonly Tcp _tcp;

    /// <param name="stack">The stack.</param>
    public TcpSocketOps(NetStack stack)
        : base(stack) => _tcp = stack.Tcp;

    /// <inheritdoc/>
    public override SocketType Type => SocketType.Tcp;

    private Instant Now => Stack.Clock.Now;

    /// <inheritdoc/>
    public override IEnumerable<SocketInformation> Describe() =>
    [
        .. _tcp.Ports.Listeners.Select(static block => block.DescribeListener()),
        .. _tcp.Connections.Select(Describe),
        .. _tcp.TimeWaits.Keys.Select(static key => new SocketInformation("tcp", $"{key.Local}:{key.LocalPort}", $"{key.Remote}:{key.RemotePort}", TcpState.TimeWait.Name(), 0, 0, 0, 0, 0)),
    ];

    /// <inheritdoc/>
    public override Errno Create(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        socket.State = new TcpBlock(Stack, socket);
        return Errno.Success;
    }

    /// <inheritdoc/>
    public override void Close(Socket socket)
    {
        lock (Stack.Gate)
        {
            TcpBlock block = BlockOf(socket);
            block.StopListening();
            if (block.Connection is { } connection)
            {
                bool isAbort = block.Settings is { IsLingering: true, LingerSeconds: 0 };
                if (!isAbort)
                {
                    Linger(block, connection);
                }

                connection.Close(isAbort, Now);
                block.Connection = null;
            }

            _tcp.Ports.Unbind(block);
        }
    }

    /// <inheritdoc/>
    /// <returns><see cref="Errno.EINVAL"/> when it has a port already, <see cref="Errno.EADDRNOTAVAIL"/>, <see cref="Errno.EADDRINUSE"/>.</returns>
    public override Errno Bind(Socket socket, in SocketAddress address)
    {
        lock (Stack.Gate)
        {
            TcpBlock block = BlockOf(socket);
            if (block.LocalPort != 0 || block.Connection is not null)
            {
                return Errno.EINVAL;
            }

            if (!address.Address.IsAny && !Stack.Ipv4.Routes.IsOwnAddress(address.Address))
            {
                return Errno.EADDRNOTAVAIL;
            }

            block.LocalAddress = address.Address;
            Errno error = _tcp.Ports.Bind(block, address.Port);
            block.IsBound = error == Errno.Success;
            block.LocalAddress = block.IsBound ? block.LocalAddress : Ipv4Address.Any;
            return error;
        }
    }

    /// <inheritdoc/>
    public override Errno Listen(Socket socket, int backlog)
    {
        lock (Stack.Gate)
        {
            TcpBlock block = BlockOf(socket);
            if (block.Connection is not null)
            {
                return Errno.EINVAL;
            }

            Errno error = block.LocalPort == 0 ? _tcp.Ports.Bind(block, 0) : Errno.Success;
            error = error == Errno.Success ? _tcp.Ports.Listen(block) : error;
            if (error != Errno.Success)
            {
                return error;
            }

            block.IsBound = true;
            block.Listener ??= new TcpListener(_tcp, block, block.LocalAddress, block.LocalPort);
            block.Listener.Backlog = (int)Math.Min((uint)backlog, MaximumBacklog);
            return Errno.Success;
        }
    }

    /// <inheritdoc/>
    /// <returns><see cref="Errno.EINVAL"/> when it does not listen, <see cref="Errno.EAGAIN"/>, <see cref="Errno.EINTR"/>.</returns>
    public override Errno Accept(Socket socket, MessageFlags flags, out Socket? accepted, out SocketAddress peer)
    {
        accepted = null;
        peer = default;
        lock (Stack.Gate)
        {
            TcpBlock block = BlockOf(socket);
            Instant deadline = Deadline(flags, block.Settings.ReceiveTimeout);
            while (true)
            {
                if (block.Listener is not { } listener)
                {
                    return Errno.EINVAL;
                }

                if (listener.TryAccept(out TcpConnection? connection))
                {
                    accepted = Adopt(connection!, block);
                    peer = SocketAddress.Inet(connection!.Key.Remote, connection.Key.RemotePort);
                    return Errno.Success;
                }

                Errno error = deadline == Instant.Zero ? Errno.EAGAIN : block.Wait(deadline);
                if (error != Errno.Success)
                {
                    return error;
                }
            }
        }
    }

    /// <inheritdoc/>
    /// <returns><see cref="Errno.EINPROGRESS"/>, <see cref="Errno.EALREADY"/>, <see cref="Errno.EISCONN"/>, and why the peer was not reached.</returns>
    public override Errno Connect(Socket socket, in SocketAddress address, MessageFlags flags)
    {
        lock (Stack.Gate)
        {
            TcpBlock block = BlockOf(socket);
            if (address.Family == AddressFamily.Unspecified)
            {
                Disconnect(block);
                return Errno.Success;
            }

            if (block.IsListening || (block.Connection is not null && !block.IsConnecting))
            {
                return Errno.EISCONN;
            }

            bool isPatient = (flags & MessageFlags.DoNotWait) == 0;
            bool isNew = !block.IsConnecting;
            Errno error = isNew ? StartConnecting(block, address) : Errno.Success;
            if (error != Errno.Success)
            {
                return error;
            }

            Instant deadline = isPatient ? Now + block.Settings.SendTimeout : Instant.Zero;
            while (block.Connection!.State is TcpState.SynSent or TcpState.SynReceived)
            {
                error = isPatient ? block.Wait(deadline) : Errno.EAGAIN;
                if (error != Errno.Success)
                {
                    return error != Errno.EAGAIN ? error : isNew ? Errno.EINPROGRESS : Errno.EALREADY;
                }
            }

            return FinishConnecting(block);
        }
    }

    /// <inheritdoc/>
    /// <returns><see cref="Errno.ENOTCONN"/>.</returns>
    public override Errno Shutdown(Socket socket, ShutdownHow how)
    {
        lock (Stack.Gate)
        {
            TcpBlock block = BlockOf(socket);
            if (block.IsListening)
            {
                if (how != ShutdownHow.Write)
                {
                    block.StopListening();
                }

                return Errno.Success;
            }

            if (block.Connection is not { State: not TcpState.Closed } connection)
            {
                return Errno.ENOTCONN;
            }

            if (connection.State == TcpState.SynSent)
            {
                Disconnect(block);
                return Errno.Success;
            }

            block.Shut(how);
            if (how != ShutdownHow.Write)
            {
                connection.CloseReceiving();
            }

            if (how != ShutdownHow.Read)
            {
                connection.CloseSending(Now);
            }

            return Errno.Success;
        }
    }

    /// <inheritdoc/>
    public override Errno GetSocketName(Socket socket, out SocketAddress address)
    {
        lock (Stack.Gate)
        {
            TcpBlock block = BlockOf(socket);
            address = SocketAddress.Inet(block.LocalAddress, block.LocalPort);
            return Errno.Success;
        }
    }

    /// <inheritdoc/>
    public override Errno GetPeerName(Socket socket, out SocketAddress address)
    {
        lock (Stack.Gate)
        {
            TcpBlock block = BlockOf(socket);
            address = default;
            if (block.Connection is not { State: not (TcpState.Closed or TcpState.SynSent) } connection)
            {
                return Errno.ENOTCONN;
            }

            address = SocketAddress.Inet(connection.Key.Remote, connection.Key.RemotePort);
            return Errno.Success;
        }
    }

    /// <inheritdoc/>
    /// <remarks>As Linux's tcp_recvmsg: what is there comes before an error, and an error before the end.</remarks>
    public override IoResult ReceiveMessage(Socket socket, ref SocketMessage message, MessageFlags flags)
    {
        if ((flags & MessageFlags.ErrorQueue) != 0)
        {
            return Errno.EAGAIN;
        }

        lock (Stack.Gate)
        {
            TcpBlock block = BlockOf(socket);
            if (block.Connection is not { } connection)
            {
                return block.TakeError() is Errno pending and not Errno.Success ? pending : Errno.ENOTCONN;
            }

            return (flags & MessageFlags.OutOfBand) != 0
                ? ReceiveUrgent(connection, ref message, flags)
                : Receive(block, connection, message, flags);
        }
    }

    /// <inheritdoc/>
    public override IoResult SendMessage(Socket socket, in SocketMessage message, MessageFlags flags)
    {
        lock (Stack.Gate)
        {
            TcpBlock block = BlockOf(socket);
            if (block.TakeError() is Errno pending and not Errno.Success)
            {
                return pending;
            }

            Instant deadline = Deadline(flags, block.Settings.SendTimeout);
            while (block.Connection is { State: TcpState.SynSent or TcpState.SynReceived })
            {
                Errno error = deadline == Instant.Zero ? Errno.EAGAIN : block.Wait(deadline);
                if (error != Errno.Success)
                {
                    return error;
                }
            }

            return Send(block, message, flags, deadline);
        }
    }

    /// <inheritdoc/>
    public override PollEvents Poll(Socket socket, PollListener? listener)
    {
        TcpBlock block = BlockOf(socket);
        block.PollSource.Attach(listener);
        lock (Stack.Gate)
        {
            return block.Poll();
        }
    }

    /// <inheritdoc/>
    public override IoResult Ioctl(Socket socket, uint request, Span<byte> data)
    {
        lock (Stack.Gate)
        {
            TcpBlock block = BlockOf(socket);
            if (block.IsListening)
            {
                return Errno.EINVAL;
            }

            TcpConnection? connection = block.Connection;
            switch (request)
            {
                case IoctlRequest.BytesAvailable:
                    OptionValue.Write(data, connection?.ReadableToMark ?? 0);
                    return IoResult.Ok(0);
                case IoctlRequest.OutputQueueLength:
                    OptionValue.Write(data, connection?.Unacknowledged ?? 0);
                    return IoResult.Ok(0);
                case IsAtMarkRequest:
                    OptionValue.Write(data, connection is { IsAtMark: true } ? 1 : 0);
                    return IoResult.Ok(0);
                default:
                    return Errno.ENOTTY;
            }
        }
    }

    /// <inheritdoc/>
    public override Errno SetOption(Socket socket, int level, int name, ReadOnlySpan<byte> value)
    {
        Errno error = base.SetOption(socket, level, name, value);
        if (error == Errno.Success && level == SocketLevel.Socket)
        {
            lock (Stack.Gate)
            {
                TcpSocketOptions.Follow(BlockOf(socket), (SocketOption)name, Now);
            }
        }

        return error;
    }

    /// <inheritdoc/>
    protected override IoResult GetProtocolOption(SocketBlock block, int level, int name, Span<byte> value) =>
        TcpSocketOptions.Get((TcpBlock)block, level, name, value, Now);

    /// <inheritdoc/>
    protected override Errno SetProtocolOption(SocketBlock block, int level, int name, ReadOnlySpan<byte> value) =>
        TcpSocketOptions.Set((TcpBlock)block, level, name, value, Now);

    /// <inheritdoc/>
    protected override bool IsListening(SocketBlock block) => ((TcpBlock)block).IsListening;

    private static TcpBlock BlockOf(Socket socket) => (TcpBlock)socket.State!;

    private Instant Deadline(MessageFlags flags, TimeSpan timeout) =>
        (flags & MessageFlags.DoNotWait) != 0 ? Instant.Zero : Now + timeout;

    private SocketInformation Describe(TcpConnection connection)
    {
        TcpKey key = connection.Key;
        Socket? socket = (connection.User as TcpBlock)?.Socket;
        return new SocketInformation(
            "tcp", $"{key.Local}:{key.LocalPort}", $"{key.Remote}:{key.RemotePort}", connection.State.Name(), connection.Readable, connection.Unacknowledged, 0,
            socket?.OwnerJob ?? 0, socket?.InodeNumber ?? 0)
        {
            Stream = TcpInformation.Describe(connection, Now),
        };
    }

    /// <summary>SO_LINGER: waits until the peer has everything, or the time is over.</summary>
    private void Linger(TcpBlock block, TcpConnection connection)
    {
        if (!block.Settings.IsLingering || connection.Readable > 0)
        {
            return;
        }

        connection.CloseSending(Now);
        Instant deadline = Now + TimeSpan.FromSeconds(Math.Max(0, block.Settings.LingerSeconds));
        while (connection.State is TcpState.FinWait1 or TcpState.LastAck or TcpState.Closing && block.Wait(deadline) == Errno.Success)
        {
        }
    }

    private Socket Adopt(TcpConnection connection, TcpBlock listener)
    {
        Socket socket = new(this, AddressFamily.Inet, SocketKind.Stream, Protocol);
        TcpBlock block = new(Stack, socket, listener, connection);
        socket.State = block;
        connection.User = block;
        if (connection.State == TcpState.Closed && connection.Error != Errno.Success)
        {
            block.Fail(connection.Error);
        }

        return socket;
    }

    private Errno StartConnecting(TcpBlock block, in SocketAddress address)
    {
        Ipv4Address remote = address.Address.IsAny ? Ipv4Address.Loopback : address.Address; // as Linux reads INADDR_ANY
        if (remote.IsMulticast || remote.IsBroadcast || !Stack.Ipv4.Routes.TryFind(remote, block.BoundInterface, out Ipv4Route route))
        {
            return Errno.ENETUNREACH;
        }

        Ipv4Address local = block.LocalAddress.IsAny ? route.Source : block.LocalAddress;
        TcpKey key = new(local, block.LocalPort, remote, address.Port);
        if (block.LocalPort == 0)
        {
            if (!_tcp.Ports.TryPickFor(_tcp, key, out ushort port))
            {
                return Errno.EADDRNOTAVAIL;
            }

            key = key with { LocalPort = port };
        }

        // What is left of an old connection keeps its addresses and ports (RFC 9293 §3.6.1), as in Linux without tcp_tw_reuse.
        if (!_tcp.IsFree(key) || !_tcp.TryCreate(key, block, null, _tcp.MakeInitialSequence(key, Now), out TcpConnection? connection))
        {
            return Errno.EADDRNOTAVAIL;
        }

        (block.LocalAddress, block.LocalPort) = (key.Local, key.LocalPort);
        block.Connection = connection;
        block.IsConnecting = true;
        connection!.User = block;
        connection.Open(Now);
        return Errno.Success;
    }

    /// <summary>Tells connect's caller the outcome, once.</summary>
    private static Errno FinishConnecting(TcpBlock block)
    {
        block.IsConnecting = false;
        if (block.Connection!.State != TcpState.Closed || block.Connection.Error == Errno.Success)
        {
            return Errno.Success;
        }

        Errno error = block.TakeError();
        Forget(block);
        return error == Errno.Success ? Errno.ECONNABORTED : error;
    }

    /// <summary>connect with AF_UNSPEC: the association is dissolved (Linux's tcp_disconnect).</summary>
    private void Disconnect(TcpBlock block)
    {
        block.StopListening();
        block.Connection?.Close(isAbort: true, Now);
        block.IsConnecting = false;
        block.TakeError();
        Forget(block);
    }

    private static void Forget(TcpBlock block)
    {
        block.Connection?.Release();
        block.Connection = null;
        if (!block.IsBound)
        {
            (block.LocalAddress, block.LocalPort) = (Ipv4Address.Any, 0);
        }
    }

    private static IoResult ReceiveUrgent(TcpConnection connection, ref SocketMessage message, MessageFlags flags)
    {
        if (connection.Settings.IsUrgentInline)
        {
            return Errno.EINVAL;
        }

        if (!connection.TryReadUrgent((flags & MessageFlags.Peek) != 0, out byte value))
        {
            return !connection.IsUrgentAnnounced ? Errno.EINVAL : connection.IsPeerFinished ? IoResult.Ok(0) : Errno.EAGAIN;
        }

        message.Flags |= MessageFlags.OutOfBand;
        return IoResult.Ok(message.Data.CopyFrom(0, [value]));
    }

    private IoResult Receive(TcpBlock block, TcpConnection connection, in SocketMessage message, MessageFlags flags)
    {
        bool isPeek = (flags & MessageFlags.Peek) != 0;
        int target = Math.Min(message.Data.Length, (flags & MessageFlags.WaitAll) != 0 ? int.MaxValue : block.Settings.ReceiveLowWater);
        Instant deadline = Deadline(flags, block.Settings.ReceiveTimeout);
        int done = 0;
        while (true)
        {
            int most = message.Data.Length - done;
            done += (flags & MessageFlags.Truncated) != 0 && !isPeek
                ? connection.Skip(most, Now)
                : connection.Read(message.Data, done, most + (isPeek ? done : 0), isPeek, Now);
            bool isAtMark = done > 0 && connection.StopsAfter(isPeek ? done : 0);
            if (done >= Math.Max(1, target) || message.Data.Length == 0 || isAtMark)
            {
                return IoResult.Ok(done);
            }

            bool isOver = connection.IsAtEnd || block.PendingError != Errno.Success || block.IsReadShut;
            if (done > 0 && (isOver || deadline == Instant.Zero))
            {
                return IoResult.Ok(done);
            }

            Errno error = isOver ? block.TakeError() : deadline == Instant.Zero ? Errno.EAGAIN : block.Wait(deadline);
            if (isOver || error != Errno.Success)
            {
                return done > 0 ? IoResult.Ok(done) : error == Errno.Success ? IoResult.Ok(0) : error;
            }
        }
    }

    private IoResult Send(TcpBlock block, in SocketMessage message, MessageFlags flags, Instant deadline)
    {
        int done = 0;
        while (true)
        {
            if (block.PendingError != Errno.Success || block.Connection is not { MayWrite: true } connection)
            {
                Errno pending = done > 0 ? Errno.Success : block.TakeError();
                return done > 0 ? IoResult.Ok(done) : pending == Errno.Success ? Errno.EPIPE : pending;
            }

            done += connection.Write(message.Data, done, (flags & MessageFlags.More) != 0, (flags & MessageFlags.OutOfBand) != 0, Now);
            if (done == message.Data.Length)
            {
                return IoResult.Ok(done);
            }

            Errno error = deadline == Instant.Zero ? Errno.EAGAIN : block.Wait(deadline);
            if (error != Errno.Success)
            {
                return done > 0 ? IoResult.Ok(done) : error;
            }
        }
    }
}
