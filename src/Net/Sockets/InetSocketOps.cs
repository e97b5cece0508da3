using System.Buffers.Binary;
using KernelSockets.Sockets;

namespace KernelSockets.Net;

/// <summary>What UDP and raw sockets have in common: IPv4 addresses, IPPROTO_IP options, and where a datagram goes.</summary>
internal abstract class InetSocketOps : DatagramSocketOps
{
    private const int PacketInformationSize = 12;
    private const int PacketInformationLocalOffset = 4;
    private const int PacketInformationDestinationOffset = 8;

    private byte[]? _gathered;

    /// <param name="stack">The stack.</param>
    protected InetSocketOps(NetStack stack)
        : base(stack)
    {
    }

    /// <inheritdoc/>
    /// <remarks>As in Linux an unconnected socket is shut and its waiters woken, though the call says <see cref="Errno.ENOTCONN"/> (inet_shutdown).</remarks>
    public override Errno Shutdown(Socket socket, ShutdownHow how)
    {
        lock (Stack.Gate)
        {
            InetBlock block = InetBlockOf(socket);
            block.Shut(how);
            return block.IsConnected ? Errno.Success : Errno.ENOTCONN;
        }
    }

    /// <inheritdoc/>
    public override Errno GetPeerName(Socket socket, out SocketAddress address)
    {
        lock (Stack.Gate)
        {
            InetBlock block = InetBlockOf(socket);
            address = SocketAddress.Inet(block.RemoteAddress, block.RemotePort);
            return block.IsConnected && block.RemotePort != 0 ? Errno.Success : Errno.ENOTCONN;
        }
    }

    /// <inheritdoc/>
    /// <returns>Bytes sent; <see cref="Errno.EDESTADDRREQ"/>, <see cref="Errno.EMSGSIZE"/>, <see cref="Errno.EPIPE"/>, the pending error, and what the way says.</returns>
    public override IoResult SendMessage(Socket socket, in SocketMessage message, MessageFlags flags)
    {
        if (message.Data.Length > Ipv4Header.MaximumDatagram)
        {
            return Errno.EMSGSIZE;
        }

        if ((flags & UnsupportedFlags) != 0)
        {
            return Errno.EOPNOTSUPP;
        }

        lock (Stack.Gate)
        {
            Errno error = Send(InetBlockOf(socket), message, flags);
            return error == Errno.Success ? IoResult.Ok(message.Data.Length) : error;
        }
    }

    /// <summary>Flags that sendmsg refuses.</summary>
    protected virtual MessageFlags UnsupportedFlags => MessageFlags.OutOfBand;

    /// <summary>Sends a message; under the gate.</summary>
    protected abstract Errno Send(InetBlock block, in SocketMessage message, MessageFlags flags);

    /// <summary>The control block of a socket of this module.</summary>
    protected static InetBlock InetBlockOf(Socket socket) => (InetBlock)socket.State!;

    /// <summary>bind: checks the address and takes it.</summary>
    /// <returns><see cref="Errno.EADDRNOTAVAIL"/> for an address that is not ours.</returns>
    protected Errno BindAddress(InetBlock block, Ipv4Address address)
    {
        bool isBindable = address.IsAny || address.IsMulticast || Stack.Ipv4.Routes.IsOwnAddress(address)
            || IsBroadcast(address);
        if (!isBindable)
        {
            return Errno.EADDRNOTAVAIL;
        }

        block.LocalAddress = address;
        block.IsAddressBound = !address.IsAny;
        return Errno.Success;
    }

    /// <summary>connect: finds the way and takes the peer; the local address becomes the way's when bind has given none.</summary>
    /// <returns><see cref="Errno.ENETUNREACH"/>, <see cref="Errno.EACCES"/> for a broadcast without SO_BROADCAST.</returns>
    protected Errno ConnectAddress(InetBlock block, Ipv4Address address, ushort port)
    {
        address = address.IsAny ? Ipv4Address.Loopback : address; // as Linux reads INADDR_ANY
        NetInterface? through = address.IsMulticast ? block.BoundInterface ?? block.Ip.MulticastInterface : block.BoundInterface;
        if (!Stack.Ipv4.Routes.TryFind(address, through, out Ipv4Route route))
        {
            return Errno.ENETUNREACH;
        }

        if (IsBroadcast(address) && !block.Settings.IsOn(SocketOption.Broadcast))
        {
            return Errno.EACCES;
        }

        block.Disconnect();
        block.LocalAddress = block.LocalAddress.IsAny ? route.Source : block.LocalAddress;
        block.RemoteAddress = address;
        block.RemotePort = port;
        block.IsConnected = true;
        return Errno.Success;
    }

    /// <summary>Settles addresses and header fields of a datagram.</summary>
    /// <param name="block">Who sends.</param>
    /// <param name="message">The message, with its control data.</param>
    /// <param name="flags">MSG_DONTROUTE.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="protocol">The protocol.</param>
    /// <param name="transmission">What IPv4 is to be told; its source is known.</param>
    /// <returns><see cref="Errno.EINVAL"/>, <see cref="Errno.ENODEV"/>, <see cref="Errno.ENETUNREACH"/>, <see cref="Errno.EACCES"/>.</returns>
    protected Errno PlanTransmission(
        InetBlock block, in SocketMessage message, MessageFlags flags, Ipv4Address destination, Ipv4Protocol protocol,
        out Ipv4Transmission transmission)
    {
        transmission = default;
        SendControl control = default;
        Errno error = message.Control.IsEmpty ? Errno.Success : SendControl.TryRead(message.Control, out control);
        if (error != Errno.Success)
        {
            return error;
        }

        destination = destination.IsAny ? Ipv4Address.Loopback : destination; // as Linux reads INADDR_ANY
        NetInterface? through = block.BoundInterface ?? (destination.IsMulticast ? block.Ip.MulticastInterface : null);
        if (control.InterfaceNumber != 0)
        {
            through = Stack.FindInterface(control.InterfaceNumber);
            if (through is null)
            {
                return Errno.ENODEV;
            }
        }

        if (!control.Source.IsAny && !Stack.Ipv4.Routes.IsOwnAddress(control.Source))
        {
            return Errno.EINVAL;
        }

        bool hasWay = Stack.Ipv4.Routes.TryFind(destination, through, out Ipv4Route route);
        bool mustBeNear = (flags & MessageFlags.DoNotRoute) != 0 || block.Settings.IsOn(SocketOption.DoNotRoute);
        if (!hasWay || (mustBeNear && route.NextHop != destination))
        {
            Stack.Ipv4.Statistics.OutNoRoutes++;
            return Errno.ENETUNREACH;
        }

        bool isBroadcast = IsBroadcast(destination);
        if (isBroadcast && !block.Settings.IsOn(SocketOption.Broadcast))
        {
            return Errno.EACCES;
        }

        Ipv4Address local = block.LocalAddress.IsMulticast || IsBroadcast(block.LocalAddress) ? Ipv4Address.Any : block.LocalAddress;
        Ipv4Address source = !control.Source.IsAny ? control.Source : local.IsAny ? route.Source : local;
        byte timeToLive = destination.IsMulticast ? block.Ip.MulticastTimeToLive : block.Ip.TimeToLive;
        transmission = new Ipv4Transmission
        {
            Source = source,
            Destination = destination,
            Protocol = protocol,
            Interface = through,
            Route = route,
            TimeToLive = control.TimeToLive != 0 ? control.TimeToLive : timeToLive,
            TypeOfService = control.TypeOfService ?? block.Ip.TypeOfService,
            DontFragment = block.Ip.MtuDiscovery is MtuDiscovery.Always or MtuDiscovery.Probe,
            Loop = isBroadcast || (destination.IsMulticast && block.Ip.IsOn(IpOption.MulticastLoop)),
        };
        return Errno.Success;
    }

    /// <summary>The data of a message in one piece; valid until the next call, under the gate.</summary>
    protected ReadOnlySpan<byte> Gather(in SocketMessage message)
    {
        if (message.Data.TryGetSingle(out Span<byte> data))
        {
            return data;
        }

        _gathered ??= new byte[Ipv4Header.MaximumDatagram];
        return _gathered.AsSpan(0, message.Data.CopyTo(0, _gathered));
    }

    /// <inheritdoc/>
    protected override void WriteControl(DatagramBlock block, in ReceivedPacket packet, ref ControlMessageWriter writer)
    {
        IpSettings ip = ((InetBlock)block).Ip;
        if (ip.IsOn(IpOption.PacketInformation))
        {
            Span<byte> information = stackalloc byte[PacketInformationSize];
            bool isUnicast = Stack.Ipv4.Routes.IsOwnAddress(packet.Destination);
            BinaryPrimitives.WriteInt32LittleEndian(information, packet.Interface!.Number);
            (isUnicast ? packet.Destination : packet.Interface.Address).Write(information[PacketInformationLocalOffset..]);
            packet.Destination.Write(information[PacketInformationDestinationOffset..]);
            writer.Add(SocketLevel.Ip, (int)IpOption.PacketInformation, information);
        }

        if (ip.IsOn(IpOption.ReceiveTimeToLive))
        {
            writer.Add(SocketLevel.Ip, (int)IpOption.TimeToLive, packet.TimeToLive);
        }

        if (ip.IsOn(IpOption.ReceiveTypeOfService))
        {
            writer.Add(SocketLevel.Ip, (int)IpOption.TypeOfService, [packet.TypeOfService]);
        }
    }

    /// <inheritdoc/>
    protected override IoResult GetProtocolOption(SocketBlock block, int level, int name, Span<byte> value)
    {
        if (level != SocketLevel.Ip)
        {
            return Errno.EOPNOTSUPP;
        }

        InetBlock inet = (InetBlock)block;
        switch ((IpOption)name)
        {
            case IpOption.Mtu:
                return inet.IsConnected && Stack.Ipv4.Routes.TryFind(inet.RemoteAddress, inet.BoundInterface, out Ipv4Route route)
                    ? OptionValue.WriteShort(value, route.Interface.Mtu)
                    : Errno.ENOTCONN;
            case IpOption.MulticastInterface:
                Span<byte> address = stackalloc byte[Ipv4Address.Size];
                (inet.Ip.MulticastInterface?.Address ?? Ipv4Address.Any).Write(address);
                return OptionValue.Write(value, address);
            default:
                return inet.Ip.Get((IpOption)name, value);
        }
    }

    /// <inheritdoc/>
    protected override Errno SetProtocolOption(SocketBlock block, int level, int name, ReadOnlySpan<byte> value)
    {
        if (level != SocketLevel.Ip)
        {
            return Errno.ENOPROTOOPT;
        }

        InetBlock inet = (InetBlock)block;
        return (IpOption)name switch
        {
            IpOption.MulticastInterface => SetMulticastInterface(inet, value),
            IpOption.AddMembership or IpOption.DropMembership => ChangeMembership(inet, (IpOption)name, value),
            _ => inet.Ip.Set((IpOption)name, value),
        };
    }

    /// <summary>True for the limited broadcast address, and that of any network of ours.</summary>
    protected bool IsBroadcast(Ipv4Address address)
    {
        if (address.IsBroadcast)
        {
            return true;
        }

        foreach (NetInterface candidate in Stack.InterfaceList)
        {
            if (!candidate.IsLoopback && candidate.HasAddress && candidate.DirectedBroadcast == address)
            {
                return true;
            }
        }

        return false;
    }

    private Errno SetMulticastInterface(InetBlock block, ReadOnlySpan<byte> value)
    {
        if (value.Length < Ipv4Address.Size)
        {
            return Errno.EINVAL;
        }

        bool isRequest = value.Length >= MembershipRequest.Size;
        MembershipRequest request = isRequest ? MembershipRequest.Read(value) : new MembershipRequest(Ipv4Address.Any, Ipv4Address.Read(value), 0);
        if (request.InterfaceNumber == 0 && request.InterfaceAddress.IsAny)
        {
            block.Ip.MulticastInterface = null;
            return Errno.Success;
        }

        NetInterface? found = request.FindInterface(Stack);
        block.Ip.MulticastInterface = found ?? block.Ip.MulticastInterface;
        return found is null ? Errno.EADDRNOTAVAIL : Errno.Success;
    }

    private Errno ChangeMembership(InetBlock block, IpOption change, ReadOnlySpan<byte> value)
    {
        if (value.Length < MembershipRequest.Size)
        {
            return Errno.EINVAL;
        }

        MembershipRequest request = MembershipRequest.Read(value);
        if (!request.Group.IsMulticast)
        {
            return change == IpOption.AddMembership ? Errno.EINVAL : Errno.EADDRNOTAVAIL;
        }

        if (request.FindInterface(Stack) is not { } netInterface)
        {
            return Errno.ENODEV;
        }

        block.Groups ??= new GroupMemberships();
        return change == IpOption.AddMembership
            ? block.Groups.Join(Stack.Ipv4, netInterface, request.Group)
            : block.Groups.Leave(Stack.Ipv4, netInterface, request.Group);
    }
}
