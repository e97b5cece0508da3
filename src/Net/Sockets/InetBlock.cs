using KernelSockets.Filters;
using KernelSockets.Sockets;

namespace KernelSockets.Net;

/// <summary>The control block of a socket with IPv4 addresses: UDP and raw.</summary>
/// <remarks>Under the stack's gate.</remarks>
internal abstract class InetBlock : DatagramBlock
{
    /// <param name="stack">The stack.</param>
    /// <param name="socket">Whose block it is.</param>
    protected InetBlock(NetStack stack, Socket socket)
        : base(stack, socket)
    {
    }

    /// <summary>Options of IPPROTO_IP.</summary>
    public IpSettings Ip { get; } = new();

    /// <summary>Multicast groups; null before the first.</summary>
    public GroupMemberships? Groups { get; set; }

    /// <summary>Local address: 0.0.0.0 for any.</summary>
    public Ipv4Address LocalAddress { get; set; }

    /// <summary>Peer; 0.0.0.0 for none.</summary>
    public Ipv4Address RemoteAddress { get; set; }

    /// <summary>Port of the peer.</summary>
    public ushort RemotePort { get; set; }

    /// <summary>True when connect was called.</summary>
    public bool IsConnected { get; set; }

    /// <summary>The local address was given to bind, so that disconnecting keeps it.</summary>
    public bool IsAddressBound { get; set; }

    /// <summary>True when the socket takes a datagram for a group or broadcast address.</summary>
    public bool AcceptsGroup(NetInterface netInterface, Ipv4Address group) => (LocalAddress.IsAny || LocalAddress == group)
        && Accepts(netInterface)
        && (!group.IsMulticast || Ip.IsOn(IpOption.MulticastAll) || Groups?.Contains(netInterface, group) == true);

    /// <summary>Asks the socket's filter, if it has one.</summary>
    /// <param name="datagram">The datagram.</param>
    /// <param name="seen">What the filter sees of it, from offset 0; cut to what it keeps.</param>
    /// <param name="headerLength">Bytes that stay in any case.</param>
    /// <returns>False when it rejects the datagram.</returns>
    public bool TryFilter(in Ipv4Datagram datagram, ref ReadOnlySpan<byte> seen, int headerLength)
    {
        if (!Filter.IsAttached)
        {
            return true;
        }

        BpfPacketInformation information = new()
        {
            Protocol = (ushort)EtherType.Ipv4,
            InterfaceIndex = datagram.Interface.Number,
            HardwareType = PacketBlock.HardwareTypeOf(datagram.Interface),
        };
        int kept = Filter.Run(seen, information);
        seen = seen[..Math.Max(kept, headerLength)];
        return kept > 0;
    }

    /// <summary>Queues what a datagram brought and wakes a reader.</summary>
    /// <param name="datagram">The datagram.</param>
    /// <param name="data">What of it the reader gets.</param>
    /// <param name="sourcePort">Its source port; 0 for raw sockets.</param>
    /// <returns>False when it was dropped; the queue counts that.</returns>
    public bool TryEnqueue(in Ipv4Datagram datagram, ReadOnlySpan<byte> data, ushort sourcePort)
    {
        ReceivedPacket described = new()
        {
            Source = SocketAddress.Inet(datagram.Header.Source, sourcePort),
            Destination = datagram.Header.Destination,
            Interface = datagram.Interface,
            TimeToLive = datagram.Header.TimeToLive,
            TypeOfService = datagram.Header.TypeOfService,
            ReceivedAt = datagram.ReceivedAt,
        };
        return TryEnqueue(datagram.Frame, data, described);
    }

    /// <inheritdoc/>
    public override void Free()
    {
        Groups?.LeaveAll(Stack.Ipv4);
        base.Free();
    }

    /// <summary>Forgets the peer, and the address that connect chose.</summary>
    public void Disconnect()
    {
        IsConnected = false;
        RemoteAddress = Ipv4Address.Any;
        RemotePort = 0;
        LocalAddress = IsAddressBound ? LocalAddress : Ipv4Address.Any;
    }
}
