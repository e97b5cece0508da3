using KernelSockets.Filters;
using KernelSockets.Sockets;

namespace KernelSockets.Net;

/// <summary>The control block of a packet socket: sees every frame of its interfaces and keeps those that it wants.</summary>
/// <remarks>Under the stack's gate. Each socket holds its own reference to a frame; nothing is copied, and the stack gets the frame all the same.</remarks>
internal sealed class PacketBlock : DatagramBlock, IFrameTap
{
    /// <summary>ETH_P_ALL: every EtherType, and outgoing frames, too.</summary>
    internal const ushort AllProtocols = 3;

    private const ushort EthernetHardware = 1;
    private const ushort LoopbackHardware = 772;

    private long _dropsTold;

    /// <param name="stack">The stack.</param>
    /// <param name="socket">Whose block it is.</param>
    public PacketBlock(NetStack stack, Socket socket)
        : base(stack, socket) => Protocol = (ushort)socket.Protocol;

    /// <summary>EtherType wanted; <see cref="AllProtocols"/>, or 0 for nothing.</summary>
    public ushort Protocol { get; set; }

    /// <summary>Interface that bind has named; null for all.</summary>
    public NetInterface? Interface { get; set; }

    /// <summary>Only frames to this address (bind); null for any.</summary>
    public MacAddress? LocalAddress { get; set; }

    /// <summary>Only frames from this address (connect); null for any.</summary>
    public MacAddress? RemoteAddress { get; set; }

    /// <summary>PACKET_AUXDATA.</summary>
    public bool TellsAuxiliaryData { get; set; }

    /// <summary>PACKET_IGNORE_OUTGOING.</summary>
    public bool IgnoresOutgoing { get; set; }

    /// <summary>What it asks of interfaces.</summary>
    public PacketMemberships Memberships { get; } = new();

    /// <summary>True while the socket itself sends: it does not see its own frames.</summary>
    public bool IsSending { get; set; }

    /// <summary>Frames that passed the filters since <see cref="TakeStatistics"/>, those dropped included.</summary>
    public long Seen { get; private set; }

    private bool HasLinkHeader => Socket.Kind == SocketKind.Raw;

    /// <summary>Hardware type of an interface (ARPHRD_*).</summary>
    public static ushort HardwareTypeOf(NetInterface netInterface) => netInterface.IsLoopback ? LoopbackHardware : EthernetHardware;

    /// <inheritdoc/>
    public void OnFrame(NetInterface netInterface, PacketBuffer frame, FrameDirection direction)
    {
        bool isSent = direction == FrameDirection.Sent;
        bool isWanted = Protocol != 0 && !IsSending && !(isSent && IgnoresOutgoing) && (Interface is null || ReferenceEquals(Interface, netInterface))
            && Accepts(netInterface);
        if (!isWanted || !EthernetHeader.TryParse(frame.Data, out EthernetHeader header))
        {
            return;
        }

        bool isProtocol = Protocol == AllProtocols || (!isSent && (ushort)header.Type == Protocol);
        bool isLocal = LocalAddress is not { } local || header.Destination == local;
        bool isRemote = RemoteAddress is not { } remote || header.Source == remote;
        if (isProtocol && isLocal && isRemote)
        {
            Keep(netInterface, frame, header, isSent);
        }
    }

    /// <summary>PACKET_STATISTICS: reading starts the counting over.</summary>
    /// <returns>Frames seen, drops included, and drops.</returns>
    public (long Seen, long Dropped) TakeStatistics()
    {
        (long Seen, long Dropped) result = (Seen, Queue.Dropped - _dropsTold);
        Seen = 0;
        _dropsTold = Queue.Dropped;
        return result;
    }

    /// <inheritdoc/>
    public override void Free()
    {
        Memberships.DropAll();
        base.Free();
    }

    /// <inheritdoc/>
    public override SocketInformation Describe() => new(
        "packet",
        $"{Interface?.Name ?? "*"}:{Protocol:x4}",
        RemoteAddress?.ToString() ?? "*",
        string.Empty,
        Queue.Bytes,
        0,
        Queue.Dropped,
        Socket.OwnerJob,
        Socket.InodeNumber);

    private static PacketType TypeOf(NetInterface netInterface, in EthernetHeader header, bool isSent) =>
        isSent ? PacketType.Outgoing
        : header.Destination == MacAddress.Broadcast ? PacketType.Broadcast
        : header.Destination.IsMulticast ? PacketType.Multicast
        : header.Destination == netInterface.Device.Address ? PacketType.Host
        : PacketType.OtherHost;

    private void Keep(NetInterface netInterface, PacketBuffer frame, in EthernetHeader header, bool isSent)
    {
        ReadOnlySpan<byte> data = HasLinkHeader ? frame.Data : header.Payload;
        int kept = data.Length;
        if (Filter.IsAttached)
        {
            kept = Filter.Run(data, Inform(netInterface, header, isSent));
            if (kept == 0)
            {
                return;
            }
        }

        ReceivedPacket described = new()
        {
            WholeLength = data.Length,
            Source = new SocketAddress(AddressFamily.Packet)
            {
                InterfaceIndex = netInterface.Number,
                Protocol = (ushort)header.Type,
                HardwareType = HardwareTypeOf(netInterface),
                PacketType = TypeOf(netInterface, header, isSent),
                HardwareAddress = header.Source,
                HasHardwareAddress = true,
            },
            Interface = netInterface,
            ReceivedAt = frame.ReceivedAt == Instant.Zero ? Stack.Clock.Now : frame.ReceivedAt,
        };
        Seen++;
        TryEnqueue(frame, data[..kept], described);
    }

    private static BpfPacketInformation Inform(NetInterface netInterface, in EthernetHeader header, bool isSent) => new()
    {
        Protocol = (ushort)header.Type,
        PacketType = (byte)TypeOf(netInterface, header, isSent),
        InterfaceIndex = netInterface.Number,
        HardwareType = HardwareTypeOf(netInterface),
    };
}
