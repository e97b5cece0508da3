using KernelSockets.Filters;

namespace KernelSockets.UserApps.Network.PacketCapture;

/// <summary>What the words of a filter test in an Ethernet frame, as pcap-filter(7) has it. Those about ports and transports look into IPv6 as well.</summary>
internal static class FilterPrimitives
{
    /// <summary>Protocol numbers that have ports where TCP and UDP have them.</summary>
    private static readonly uint[] s_withPorts = [ProtocolNumbers.Sctp, ProtocolNumbers.Tcp, ProtocolNumbers.Udp];

    private const uint EtherSource = 6;
    private const uint EtherTypeOffset = 12;
    private const uint FragmentOffset = 20;
    private const uint FragmentMask = 0x1FFF;
    private const uint ProtocolOffset = 23;
    private const uint IpSource = 26;
    private const uint IpDestination = 30;
    private const uint ArpSender = 28;
    private const uint ArpTarget = 38;
    private const uint Transport = 14; // behind the IPv4 header's own bytes
    private const uint DestinationPort = 2;
    private const uint Ipv6Next = 20;
    private const uint Ipv6Payload = 54;
    private const uint Ipv6Fragment = 44;
    private const uint FirstGroup = 224;

    /// <summary>Frames of an EtherType.</summary>
    public static FilterNode EtherType(uint type) => FilterTest.Equal(BpfOpcode.LoadHalf, EtherTypeOffset, type);

    /// <summary>Frames that a word such as <c>ip</c> or <c>udp</c> stands for.</summary>
    /// <returns>Null for a word that is no protocol.</returns>
    public static FilterNode? Protocol(string word) => word switch
    {
        "ip" => EtherType((uint)KernelSockets.Wire.EtherType.Ipv4),
        "arp" => EtherType((uint)KernelSockets.Wire.EtherType.Arp),
        "ip6" => EtherType(ProtocolNumbers.Ipv6),
        "rarp" => EtherType(ProtocolNumbers.Rarp),
        "icmp" => IpProtocol(ProtocolNumbers.Icmp),
        "igmp" => IpProtocol(ProtocolNumbers.Igmp),
        "icmp6" => Ip6Protocol(ProtocolNumbers.Icmp6),
        "tcp" => IpProtocol(ProtocolNumbers.Tcp) | Ip6Protocol(ProtocolNumbers.Tcp),
        "udp" => IpProtocol(ProtocolNumbers.Udp) | Ip6Protocol(ProtocolNumbers.Udp),
        "sctp" => IpProtocol(ProtocolNumbers.Sctp) | Ip6Protocol(ProtocolNumbers.Sctp),
        _ => null,
    };

    /// <summary>IPv4 datagrams of a protocol.</summary>
    public static FilterNode IpProtocol(uint protocol) => Protocol("ip")! & FilterTest.Equal(BpfOpcode.LoadByte, ProtocolOffset, protocol);

    /// <summary>IPv6 datagrams of a protocol, behind a fragment header, too.</summary>
    public static FilterNode Ip6Protocol(uint protocol) => Protocol("ip6")!
        & (FilterTest.Equal(BpfOpcode.LoadByte, Ipv6Next, protocol)
            | (FilterTest.Equal(BpfOpcode.LoadByte, Ipv6Next, Ipv6Fragment) & FilterTest.Equal(BpfOpcode.LoadByte, Ipv6Payload, protocol)));

    /// <summary>Frames from or to the addresses of a network, by IPv4, ARP or RARP.</summary>
    /// <param name="protocol">Only those of this one: <c>ip</c>, <c>arp</c> or <c>rarp</c>; null for all.</param>
    /// <param name="direction">Which of the two addresses.</param>
    /// <param name="address">The network's address.</param>
    /// <param name="mask">The bits of an address that count.</param>
    public static FilterNode Network(string? protocol, FilterDirection direction, Ipv4Address address, uint mask)
    {
        FilterNode ip = Protocol("ip")! & Either(direction, Address(IpSource, address, mask), Address(IpDestination, address, mask));
        FilterNode arp = Either(direction, Address(ArpSender, address, mask), Address(ArpTarget, address, mask));
        return protocol switch
        {
            null => ip | (Protocol("arp")! & arp) | (Protocol("rarp")! & arp),
            "ip" => ip,
            _ => Protocol(protocol)! & arp,
        };
    }

    /// <summary>Frames from or to a hardware address.</summary>
    public static FilterNode Hardware(FilterDirection direction, MacAddress address) =>
        Either(direction, HardwareAt(EtherSource, address), HardwareAt(0, address));

    /// <summary>Frames to all stations.</summary>
    public static FilterNode Broadcast => HardwareAt(0, MacAddress.Broadcast);

    /// <summary>Frames to a group of stations, be it all.</summary>
    public static FilterNode Multicast => new FilterTest(BpfOpcode.LoadByte, 0, uint.MaxValue, BpfOpcode.JumpIfSet, 1);

    /// <summary>IPv4 datagrams to a group, or to all.</summary>
    public static FilterNode IpMulticast => Protocol("ip")! & new FilterTest(BpfOpcode.LoadByte, IpDestination, uint.MaxValue, BpfOpcode.JumpIfGreaterOrEqual, FirstGroup);

    /// <summary>Segments and datagrams from or to ports of a range.</summary>
    /// <param name="transport">Only of this protocol; null for all that have ports.</param>
    /// <param name="direction">Which of the two ports.</param>
    /// <param name="first">The first port.</param>
    /// <param name="last">The last port.</param>
    public static FilterNode Ports(uint? transport, FilterDirection direction, uint first, uint last)
    {
        uint[] transports = transport is { } one ? [one] : s_withPorts;
        FilterNode isFirstFragment = !new FilterTest(BpfOpcode.LoadHalf, FragmentOffset, uint.MaxValue, BpfOpcode.JumpIfSet, FragmentMask);
        FilterNode ip = Protocol("ip")! & AnyOf(ProtocolOffset, transports) & isFirstFragment
            & Either(direction, Port(BpfOpcode.LoadHalfIndexed, Transport, first, last), Port(BpfOpcode.LoadHalfIndexed, Transport + DestinationPort, first, last));
        FilterNode ip6 = Protocol("ip6")! & AnyOf(Ipv6Next, transports)
            & Either(direction, Port(BpfOpcode.LoadHalf, Ipv6Payload, first, last), Port(BpfOpcode.LoadHalf, Ipv6Payload + DestinationPort, first, last));
        return ip | ip6;
    }

    /// <summary>Frames of at least, or at most, so many bytes.</summary>
    public static FilterNode Length(uint bytes, bool isAtLeast)
    {
        FilterTest test = new(BpfOpcode.LoadLength, 0, uint.MaxValue, isAtLeast ? BpfOpcode.JumpIfGreaterOrEqual : BpfOpcode.JumpIfGreater, bytes);
        return isAtLeast ? test : !test;
    }

    private static FilterNode Either(FilterDirection direction, FilterNode source, FilterNode destination) => direction switch
    {
        FilterDirection.Source => source,
        FilterDirection.Destination => destination,
        FilterDirection.Both => source & destination,
        _ => source | destination,
    };

    private static FilterTest Address(uint offset, Ipv4Address address, uint mask) => FilterTest.Equal(BpfOpcode.LoadWord, offset, address.Value, mask);

    private static FilterNode HardwareAt(uint offset, MacAddress address)
    {
        Span<byte> bytes = stackalloc byte[MacAddress.Size];
        address.Write(bytes);
        uint high = (uint)(bytes[0] << 8 | bytes[1]);
        uint low = (uint)(bytes[2] << 24 | bytes[3] << 16 | bytes[4] << 8 | bytes[5]);
        return FilterTest.Equal(BpfOpcode.LoadWord, offset + sizeof(ushort), low) & FilterTest.Equal(BpfOpcode.LoadHalf, offset, high);
    }

    private static FilterNode AnyOf(uint offset, uint[] values) =>
        values.Select(value => (FilterNode)FilterTest.Equal(BpfOpcode.LoadByte, offset, value)).Aggregate((left, right) => left | right);

    private static FilterNode Port(ushort load, uint offset, uint first, uint last) =>
        new FilterTest(load, offset, uint.MaxValue, BpfOpcode.JumpIfGreaterOrEqual, first) & !new FilterTest(load, offset, uint.MaxValue, BpfOpcode.JumpIfGreater, last);
}

/// <summary>Which of a frame's two ends a primitive is about.</summary>
internal enum FilterDirection
{
    /// <summary>Either of them.</summary>
    Any,

    /// <summary>The sender.</summary>
    Source,

    /// <summary>The receiver.</summary>
    Destination,

    /// <summary>Both.</summary>
    Both,
}
