using KernelSockets.Sockets;

namespace KernelSockets.Net;

/// <summary>The UDP module: SOCK_DGRAM of AF_INET (udp(7)).</summary>
internal sealed class UdpSocketOps : InetSocketOps
{
    private readonly Udp _udp;

    /// <param name="stack">The stack.</param>
    public UdpSocketOps(NetStack stack)
        : base(stack) => _udp = stack.Udp;

    /// <inheritdoc/>
    public override SocketType Type => SocketType.Udp;

    /// <inheritdoc/>
    public override IEnumerable<DatagramBlock> Blocks => _udp.Ports.All;

    /// <inheritdoc/>
    /// <remarks>MSG_MORE, Linux's corking of datagrams, is not supported.</remarks>
    protected override MessageFlags UnsupportedFlags => MessageFlags.OutOfBand | MessageFlags.More;

    /// <inheritdoc/>
    public override Errno Create(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        socket.State = new UdpBlock(Stack, socket);
        return Errno.Success;
    }

    /// <inheritdoc/>
    public override void Close(Socket socket)
    {
        lock (Stack.Gate)
        {
            UdpBlock block = UdpBlockOf(socket);
            _udp.Ports.Unbind(block);
            block.Free();
        }
    }

    /// <inheritdoc/>
    /// <returns><see cref="Errno.EINVAL"/> when it has a port already, <see cref="Errno.EADDRNOTAVAIL"/>, <see cref="Errno.EADDRINUSE"/>.</returns>
    public override Errno Bind(Socket socket, in SocketAddress address)
    {
        lock (Stack.Gate)
        {
            UdpBlock block = UdpBlockOf(socket);
            if (block.LocalPort != 0)
            {
                return Errno.EINVAL;
            }

            Errno error = BindAddress(block, address.Address);
            error = error == Errno.Success ? _udp.Ports.Bind(block, address.Port) : error;
            block.IsPortBound = error == Errno.Success && address.Port != 0;
            if (error != Errno.Success)
            {
                block.LocalAddress = Ipv4Address.Any;
                block.IsAddressBound = false;
            }

            return error;
        }
    }

    /// <inheritdoc/>
    public override Errno Connect(Socket socket, in SocketAddress address, MessageFlags flags)
    {
        lock (Stack.Gate)
        {
            UdpBlock block = UdpBlockOf(socket);
            if (address.Family == AddressFamily.Unspecified)
            {
                Disconnect(block);
                return Errno.Success;
            }

            Errno error = BindToAny(block);
            SocketAddress peer = address;
            return error == Errno.Success
                ? _udp.Ports.Change(block, () => ConnectAddress(block, peer.Address, peer.Port))
                : error;
        }
    }

    /// <inheritdoc/>
    public override Errno GetSocketName(Socket socket, out SocketAddress address)
    {
        lock (Stack.Gate)
        {
            UdpBlock block = UdpBlockOf(socket);
            address = SocketAddress.Inet(block.LocalAddress, block.LocalPort);
            return Errno.Success;
        }
    }

    /// <inheritdoc/>
    protected override Errno Send(InetBlock inet, in SocketMessage message, MessageFlags flags)
    {
        UdpBlock block = (UdpBlock)inet;
        Errno error = FindDestination(block, message, out Ipv4Address destination, out ushort port);
        error = error == Errno.Success ? BindToAny(block) : error;
        if (error != Errno.Success)
        {
            return error;
        }

        error = PlanTransmission(block, message, flags, destination, Ipv4Protocol.Udp, out Ipv4Transmission transmission);
        if (error == Errno.Success && message.Data.Length > UdpHeader.MaximumData)
        {
            error = Errno.EMSGSIZE;
        }

        if (error == Errno.Success)
        {
            error = block.IsWriteShut ? Errno.EPIPE : block.TakeError();
        }

        return error == Errno.Success ? _udp.Send(transmission, block.LocalPort, port, Gather(message)) : error;
    }

    private static UdpBlock UdpBlockOf(Socket socket) => (UdpBlock)socket.State!;

    private static Errno FindDestination(UdpBlock block, in SocketMessage message, out Ipv4Address address, out ushort port)
    {
        if (message.HasName)
        {
            address = message.Name.Address;
            port = message.Name.Port;
            return port == 0 ? Errno.EINVAL : Errno.Success;
        }

        address = block.RemoteAddress;
        port = block.RemotePort;
        return block.IsConnected ? Errno.Success : Errno.EDESTADDRREQ;
    }

    /// <summary>Gives a socket without a port a random one.</summary>
    private Errno BindToAny(UdpBlock block) =>
        block.LocalPort != 0 || _udp.Ports.Bind(block, 0) == Errno.Success ? Errno.Success : Errno.EAGAIN;

    private void Disconnect(UdpBlock block)
    {
        if (block.LocalPort == 0)
        {
            return;
        }

        _udp.Ports.Change(block, () =>
        {
            block.Disconnect();
            return Errno.Success;
        });
        if (!block.IsPortBound)
        {
            _udp.Ports.Unbind(block);
        }
    }
}
