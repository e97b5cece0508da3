using System.Buffers.Binary;
using KernelSockets.Sockets;

namespace KernelSockets.Net;

/// <summary>The raw module: SOCK_RAW of AF_INET (raw(7)).</summary>
internal sealed class RawSocketOps : InetSocketOps
{
    private const int IcmpFilterOption = 1;

    private readonly RawReceiver _receiver;

    /// <param name="stack">The stack.</param>
    public RawSocketOps(NetStack stack)
        : base(stack) => _receiver = stack.Raw;

    /// <inheritdoc/>
    public override SocketType Type => SocketType.Raw;

    /// <inheritdoc/>
    public override IEnumerable<DatagramBlock> Blocks => _receiver.Sockets;

    /// <inheritdoc/>
    public override Errno Create(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        lock (Stack.Gate)
        {
            RawBlock block = new(Stack, socket);
            socket.State = block;
            _receiver.Sockets.Add(block);
            return Errno.Success;
        }
    }

    /// <inheritdoc/>
    public override void Close(Socket socket)
    {
        lock (Stack.Gate)
        {
            RawBlock block = RawBlockOf(socket);
            _receiver.Sockets.Remove(block);
            block.Free();
        }
    }

    /// <inheritdoc/>
    /// <remarks>Ports count for nothing.</remarks>
    public override Errno Bind(Socket socket, in SocketAddress address)
    {
        lock (Stack.Gate)
        {
            RawBlock block = RawBlockOf(socket);
            return block.IsConnected ? Errno.EINVAL : BindAddress(block, address.Address);
        }
    }

    /// <inheritdoc/>
    public override Errno Connect(Socket socket, in SocketAddress address, MessageFlags flags)
    {
        lock (Stack.Gate)
        {
            RawBlock block = RawBlockOf(socket);
            if (address.Family == AddressFamily.Unspecified)
            {
                block.Disconnect();
                return Errno.Success;
            }

            return ConnectAddress(block, address.Address, address.Port);
        }
    }

    /// <inheritdoc/>
    /// <remarks>The port is the protocol's number, as in Linux.</remarks>
    public override Errno GetSocketName(Socket socket, out SocketAddress address)
    {
        lock (Stack.Gate)
        {
            RawBlock block = RawBlockOf(socket);
            address = SocketAddress.Inet(block.LocalAddress, (ushort)socket.Protocol);
            return Errno.Success;
        }
    }

    /// <inheritdoc/>
    protected override Errno Send(InetBlock inet, in SocketMessage message, MessageFlags flags)
    {
        RawBlock block = (RawBlock)inet;
        if (!message.HasName && !block.IsConnected)
        {
            return Errno.EDESTADDRREQ;
        }

        Ipv4Address destination = message.HasName ? message.Name.Address : block.RemoteAddress;
        Ipv4Protocol protocol = (Ipv4Protocol)block.Socket.Protocol;
        Errno error = PlanTransmission(block, message, flags, destination, protocol, out Ipv4Transmission transmission);
        if (error == Errno.Success)
        {
            error = block.IsWriteShut ? Errno.EPIPE : block.TakeError();
        }

        if (error != Errno.Success)
        {
            return error;
        }

        ReadOnlySpan<byte> data = Gather(message);
        if (block.IsHeaderIncluded)
        {
            return Stack.Ipv4.Output.SendWithHeader(transmission.Interface, data, destination);
        }

        error = Stack.Ipv4.Output.Send(transmission, default, data);
        if (transmission.Protocol == Ipv4Protocol.Icmp)
        {
            Stack.Icmp.CountSent(data, error);
        }

        return error;
    }

    /// <inheritdoc/>
    protected override IoResult GetProtocolOption(SocketBlock block, int level, int name, Span<byte> value)
    {
        RawBlock raw = (RawBlock)block;
        if (level == SocketLevel.Ip && name == (int)IpOption.HeaderIncluded)
        {
            return OptionValue.WriteShort(value, raw.IsHeaderIncluded ? 1 : 0);
        }

        if (level != SocketLevel.Raw)
        {
            return base.GetProtocolOption(block, level, name, value);
        }

        bool isFilter = name == IcmpFilterOption && raw.Socket.Protocol == (int)Ipv4Protocol.Icmp;
        return isFilter ? OptionValue.Write(value, (int)raw.IcmpFilter) : NoSuchRawOption(raw, name);
    }

    /// <inheritdoc/>
    protected override Errno SetProtocolOption(SocketBlock block, int level, int name, ReadOnlySpan<byte> value)
    {
        RawBlock raw = (RawBlock)block;
        if (level == SocketLevel.Ip && name == (int)IpOption.HeaderIncluded)
        {
            _ = OptionValue.TryReadShort(value, out int isOn);
            raw.IsHeaderIncluded = isOn != 0;
            return Errno.Success;
        }

        if (level != SocketLevel.Raw)
        {
            return base.SetProtocolOption(block, level, name, value);
        }

        if (name != IcmpFilterOption || raw.Socket.Protocol != (int)Ipv4Protocol.Icmp)
        {
            return NoSuchRawOption(raw, name);
        }

        // Linux takes a shorter filter, too: the rest stays.
        Span<byte> filter = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(filter, raw.IcmpFilter);
        value[..Math.Min(value.Length, filter.Length)].CopyTo(filter);
        raw.IcmpFilter = BinaryPrimitives.ReadUInt32LittleEndian(filter);
        return Errno.Success;
    }

    private static RawBlock RawBlockOf(Socket socket) => (RawBlock)socket.State!;

    private static Errno NoSuchRawOption(RawBlock block, int name) =>
        name == IcmpFilterOption && block.Socket.Protocol != (int)Ipv4Protocol.Icmp ? Errno.EOPNOTSUPP : Errno.ENOPROTOOPT;
}
