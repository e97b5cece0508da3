using System.Buffers.Binary;
using KernelSockets.Sockets;

namespace KernelSockets.Net;

/// <summary>The packet module: frames of a link (packet(7)). bind and connect can also name a local and a remote hardware address.</summary>
internal sealed class PacketSocketOps : DatagramSocketOps
{
    private const int StatisticsSize = 8;

    // struct tpacket_auxdata: 0 status | 4 length | 8 length kept | 12 offset of the link header | 14 of the network header | 16 VLAN, 4 bytes
    private const int AuxiliarySize = 20;
    private const int AuxiliaryLengthOffset = 4;
    private const int AuxiliaryKeptOffset = 8;
    private const int AuxiliaryNetworkOffset = 14;
    private const uint StatusUser = 1; // TP_STATUS_USER

    private readonly List<PacketBlock> _sockets = [];

    /// <param name="stack">The stack.</param>
    public PacketSocketOps(NetStack stack)
        : base(stack)
    {
    }

    /// <inheritdoc/>
    public override SocketType Type => SocketType.Packet;

    /// <inheritdoc/>
    public override IEnumerable<DatagramBlock> Blocks => _sockets;

    /// <inheritdoc/>
    public override Errno Create(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        lock (Stack.Gate)
        {
            PacketBlock block = new(Stack, socket);
            socket.State = block;
            _sockets.Add(block);
            foreach (NetInterface netInterface in Stack.InterfaceList)
            {
                netInterface.AddTap(block);
            }

            return Errno.Success;
        }
    }

    /// <inheritdoc/>
    public override void Close(Socket socket)
    {
        lock (Stack.Gate)
        {
            PacketBlock block = PacketBlockOf(socket);
            foreach (NetInterface netInterface in Stack.InterfaceList)
            {
                netInterface.RemoveTap(block);
            }

            _sockets.Remove(block);
            block.Free();
        }
    }

    /// <inheritdoc/>
    /// <returns><see cref="Errno.ENODEV"/>.</returns>
    public override Errno Bind(Socket socket, in SocketAddress address)
    {
        lock (Stack.Gate)
        {
            PacketBlock block = PacketBlockOf(socket);
            NetInterface? found = address.InterfaceIndex == 0 ? null : Stack.FindInterface(address.InterfaceIndex);
            if (found is null && address.InterfaceIndex != 0)
            {
                return Errno.ENODEV;
            }

            block.Interface = found;
            block.Protocol = address.Protocol != 0 ? address.Protocol : block.Protocol;
            block.LocalAddress = AddressOf(address);
            return Errno.Success;
        }
    }

    /// <inheritdoc/>
    public override Errno Connect(Socket socket, in SocketAddress address, MessageFlags flags)
    {
        lock (Stack.Gate)
        {
            PacketBlockOf(socket).RemoteAddress = AddressOf(address);
            return Errno.Success;
        }
    }

    /// <inheritdoc/>
    public override Errno GetPeerName(Socket socket, out SocketAddress address)
    {
        lock (Stack.Gate)
        {
            PacketBlock block = PacketBlockOf(socket);
            address = Describe(block, block.RemoteAddress);
            return block.RemoteAddress is null ? Errno.EOPNOTSUPP : Errno.Success;
        }
    }

    /// <inheritdoc/>
    public override Errno GetSocketName(Socket socket, out SocketAddress address)
    {
        lock (Stack.Gate)
        {
            PacketBlock block = PacketBlockOf(socket);
            address = Describe(block, block.LocalAddress ?? block.Interface?.Device.Address);
            return Errno.Success;
        }
    }

    /// <inheritdoc/>
    /// <returns>
    /// Bytes sent; <see cref="Errno.ENXIO"/> without an interface, <see cref="Errno.ENETDOWN"/>, <see cref="Errno.EINVAL"/> for a frame without a header
    /// or no destination, <see cref="Errno.EMSGSIZE"/>, <see cref="Errno.ENOBUFS"/>.
    /// </returns>
    public override IoResult SendMessage(Socket socket, in SocketMessage message, MessageFlags flags)
    {
        lock (Stack.Gate)
        {
            PacketBlock block = PacketBlockOf(socket);
            NetInterface? through = message.HasName && message.Name.InterfaceIndex != 0
                ? Stack.FindInterface(message.Name.InterfaceIndex)
                : block.Interface ?? block.BoundInterface;
            if (through is null)
            {
                return Errno.ENXIO;
            }

            block.IsSending = true;
            Errno error = socket.Kind == SocketKind.Raw ? SendFrame(through, message) : SendPayload(block, through, message);
            block.IsSending = false;
            return error == Errno.Success ? IoResult.Ok(message.Data.Length) : error;
        }
    }

    /// <inheritdoc/>
    protected override IoResult GetProtocolOption(SocketBlock block, int level, int name, Span<byte> value)
    {
        PacketBlock packets = (PacketBlock)block;
        return level != SocketLevel.Packet ? Errno.ENOPROTOOPT : (PacketOption)name switch
        {
            PacketOption.Statistics => GetStatistics(packets, value),
            PacketOption.AuxiliaryData => OptionValue.Write(value, packets.TellsAuxiliaryData ? 1 : 0),
            PacketOption.IgnoreOutgoing => OptionValue.Write(value, packets.IgnoresOutgoing ? 1 : 0),
            _ => Errno.ENOPROTOOPT,
        };
    }

    /// <inheritdoc/>
    protected override Errno SetProtocolOption(SocketBlock block, int level, int name, ReadOnlySpan<byte> value)
    {
        PacketBlock packets = (PacketBlock)block;
        if (level != SocketLevel.Packet)
        {
            return Errno.ENOPROTOOPT;
        }

        switch ((PacketOption)name)
        {
            case PacketOption.AddMembership or PacketOption.DropMembership:
                Errno error = PacketMembership.TryRead(Stack, value, out PacketMembership membership);
                return error != Errno.Success ? error
                    : (PacketOption)name == PacketOption.AddMembership ? packets.Memberships.Add(membership)
                    : packets.Memberships.Drop(membership);
            case PacketOption.AuxiliaryData when OptionValue.TryRead(value, out int isOn):
                packets.TellsAuxiliaryData = isOn != 0;
                return Errno.Success;
            case PacketOption.IgnoreOutgoing when OptionValue.TryRead(value, out int isOn):
                packets.IgnoresOutgoing = isOn != 0;
                return isOn is 0 or 1 ? Errno.Success : Errno.EINVAL;
            default:
                return (PacketOption)name is PacketOption.AuxiliaryData or PacketOption.IgnoreOutgoing ? Errno.EINVAL : Errno.ENOPROTOOPT;
        }
    }

    /// <inheritdoc/>
    protected override void WriteControl(DatagramBlock block, in ReceivedPacket packet, ref ControlMessageWriter writer)
    {
        if (!((PacketBlock)block).TellsAuxiliaryData)
        {
            return;
        }

        Span<byte> data = stackalloc byte[AuxiliarySize];
        data.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(data, StatusUser);
        BinaryPrimitives.WriteInt32LittleEndian(data[AuxiliaryLengthOffset..], packet.WholeLength);
        BinaryPrimitives.WriteInt32LittleEndian(data[AuxiliaryKeptOffset..], packet.Length);
        ushort networkOffset = (ushort)(block.Socket.Kind == SocketKind.Raw ? EthernetHeader.Size : 0);
        BinaryPrimitives.WriteUInt16LittleEndian(data[AuxiliaryNetworkOffset..], networkOffset);
        writer.Add(SocketLevel.Packet, (int)PacketOption.AuxiliaryData, data);
    }

    private static IoResult GetStatistics(PacketBlock block, Span<byte> value)
    {
        (long seen, long dropped) = block.TakeStatistics();
        Span<byte> statistics = stackalloc byte[StatisticsSize];
        BinaryPrimitives.WriteUInt32LittleEndian(statistics, (uint)seen);
        BinaryPrimitives.WriteUInt32LittleEndian(statistics[sizeof(uint)..], (uint)dropped);
        return OptionValue.Write(value, statistics);
    }

    private static PacketBlock PacketBlockOf(Socket socket) => (PacketBlock)socket.State!;

    private static MacAddress? AddressOf(in SocketAddress address) =>
        address.HasHardwareAddress && address.HardwareAddress != MacAddress.Any ? address.HardwareAddress : null;

    private static SocketAddress Describe(PacketBlock block, MacAddress? address) => new(AddressFamily.Packet)
    {
        InterfaceIndex = block.Interface?.Number ?? 0,
        Protocol = block.Protocol,
        HardwareType = block.Interface is null ? (ushort)0 : PacketBlock.HardwareTypeOf(block.Interface),
        HardwareAddress = address ?? MacAddress.Any,
        HasHardwareAddress = address is not null,
    };

    private Errno SendFrame(NetInterface through, in SocketMessage message)
    {
        if (message.Data.Length < EthernetHeader.Size)
        {
            return Errno.EINVAL;
        }

        Errno error = TryMake(through, message, EthernetHeader.Size, NetStack.LinkHeadroom - EthernetHeader.Size, out PacketBuffer? frame);
        return error == Errno.Success ? through.TransmitFrame(frame!) : error;
    }

    private Errno SendPayload(PacketBlock block, NetInterface through, in SocketMessage message)
    {
        MacAddress? destination = message.HasName ? AddressOf(message.Name) : block.RemoteAddress;
        if (destination is not { } to)
        {
            return Errno.EINVAL;
        }

        ushort protocol = message.HasName && message.Name.Protocol != 0 ? message.Name.Protocol : block.Protocol;
        Errno error = TryMake(through, message, 0, NetStack.LinkHeadroom, out PacketBuffer? packet);
        return error == Errno.Success ? through.Transmit(packet!, to, (EtherType)protocol) : error;
    }

    private Errno TryMake(NetInterface through, in SocketMessage message, int headerSize, int headroom, out PacketBuffer? packet)
    {
        packet = null;
        if (!through.IsUp)
        {
            return Errno.ENETDOWN;
        }

        if (message.Data.Length > through.Mtu + headerSize)
        {
            return Errno.EMSGSIZE;
        }

        packet = Stack.Pool.TryTake();
        if (packet is null)
        {
            return Errno.ENOBUFS;
        }

        packet.Reserve(headroom);
        message.Data.CopyTo(0, packet.Append(message.Data.Length));
        return Errno.Success;
    }
}
