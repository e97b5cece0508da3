namespace KernelSockets;

/// <summary>Configuration and state of the network, for ifconfig, arp and ping.</summary>
public interface INetworkControl
{
    /// <summary>All interfaces, in the order they were found.</summary>
    IReadOnlyList<InterfaceInformation> Interfaces();

    /// <summary>Gives an interface its address.</summary>
    /// <param name="name">For example <c>eth0</c>.</param>
    /// <param name="address">Unicast, or 0.0.0.0 to take the address away.</param>
    /// <param name="prefixLength">0 to 32.</param>
    /// <returns><see cref="Errno.ENODEV"/> for no such interface, <see cref="Errno.EINVAL"/> for an address no host can have.</returns>
    Errno SetAddress(string name, Ipv4Address address, int prefixLength);

    /// <summary>Sets the largest IP packet in bytes.</summary>
    /// <returns><see cref="Errno.ENODEV"/>, or <see cref="Errno.EINVAL"/> under 68 (RFC 791) or above the device's.</returns>
    Errno SetMtu(string name, int mtu);

    /// <summary>Brings an interface up or down.</summary>
    Errno SetUp(string name, bool isUp);

    /// <summary>Sets the default gateway; 0.0.0.0 takes it away.</summary>
    /// <returns><see cref="Errno.ENETUNREACH"/> when no interface reaches it directly.</returns>
    Errno SetGateway(Ipv4Address gateway);

    /// <summary>The routing table, networks of the interfaces included, most specific first.</summary>
    IReadOnlyList<RouteInformation> Routes();

    /// <summary>Adds a route.</summary>
    /// <param name="destination">Network, without host bits.</param>
    /// <param name="prefixLength">Its prefix, 0 for the default route.</param>
    /// <param name="gateway">Next hop; 0.0.0.0 for none.</param>
    /// <param name="interfaceName">Through which interface; null for the one that reaches the gateway.</param>
    /// <param name="metric">The lower of two equal routes counts.</param>
    /// <returns><see cref="Errno.EEXIST"/>, <see cref="Errno.ENETUNREACH"/> when the gateway is not reached directly, <see cref="Errno.ENODEV"/>,
    /// <see cref="Errno.EINVAL"/> for host bits, <see cref="Errno.ENOBUFS"/> when the table is full.</returns>
    Errno AddRoute(Ipv4Address destination, int prefixLength, Ipv4Address gateway, string? interfaceName, int metric);

    /// <summary>Deletes a route.</summary>
    /// <param name="destination">Network.</param>
    /// <param name="prefixLength">Its prefix.</param>
    /// <param name="gateway">Next hop; null for whichever.</param>
    /// <param name="interfaceName">Interface; null for whichever.</param>
    /// <returns><see cref="Errno.ESRCH"/> when there is none.</returns>
    Errno DeleteRoute(Ipv4Address destination, int prefixLength, Ipv4Address? gateway, string? interfaceName);

    /// <summary>Lets an interface take frames that are meant for others, or no longer; it still does while a packet socket wants it.</summary>
    /// <returns><see cref="Errno.ENODEV"/>.</returns>
    Errno SetPromiscuous(string name, bool isPromiscuous);

    /// <summary>Lets an interface take the frames of all multicast groups, or no longer; it still does while a packet socket wants it.</summary>
    /// <returns><see cref="Errno.ENODEV"/>.</returns>
    Errno SetAllMulticast(string name, bool isAllMulticast);

    /// <summary>Counters of all protocols.</summary>
    IReadOnlyList<ProtocolCounter> Counters();

    /// <summary>All sockets, by protocol and local address.</summary>
    IReadOnlyList<SocketInformation> Sockets();

    /// <summary>The ARP cache.</summary>
    IReadOnlyList<NeighbourInformation> Neighbours();

    /// <summary>Forgets a neighbour.</summary>
    /// <returns><see cref="Errno.ENXIO"/> when it is not known.</returns>
    Errno DeleteNeighbour(Ipv4Address address);

    /// <summary>Enters a permanent neighbour.</summary>
    /// <returns><see cref="Errno.ENETUNREACH"/> when no interface reaches it directly, <see cref="Errno.ENOBUFS"/> when the table is full.</returns>
    Errno AddNeighbour(Ipv4Address address, MacAddress hardwareAddress);
}

/// <summary>One interface as ifconfig shows it.</summary>
/// <param name="Name">For example <c>eth0</c>.</param>
/// <param name="HardwareAddress">MAC address.</param>
/// <param name="Address">IPv4 address; 0.0.0.0 for none.</param>
/// <param name="PrefixLength">Prefix of its network.</param>
/// <param name="Mtu">Largest IP packet in bytes.</param>
/// <param name="IsUp">True when it is configured up.</param>
/// <param name="IsLinkUp">True when there is carrier.</param>
/// <param name="IsLoopback">True for the loopback interface.</param>
/// <param name="Model">Device name.</param>
/// <param name="Statistics">The device's counters; a copy.</param>
public sealed record InterfaceInformation(
    string Name, MacAddress HardwareAddress, Ipv4Address Address, int PrefixLength, int Mtu, bool IsUp, bool IsLinkUp, bool IsLoopback,
    string Model, NetworkDeviceStatistics Statistics)
{
    /// <summary>True while it takes frames that are meant for others.</summary>
    public bool IsPromiscuous { get; init; }

    /// <summary>True while it takes the frames of all multicast groups.</summary>
    public bool IsAllMulticast { get; init; }

    /// <summary>Its state as ifconfig and SIOCGIFFLAGS tell it.</summary>
    public InterfaceFlags Flags =>
        (IsUp ? InterfaceFlags.Up : InterfaceFlags.None)
        | (IsUp && IsLinkUp ? InterfaceFlags.Running : InterfaceFlags.None)
        | (IsPromiscuous ? InterfaceFlags.Promiscuous : InterfaceFlags.None)
        | (IsAllMulticast ? InterfaceFlags.AllMulticast : InterfaceFlags.None)
        | (IsLoopback ? InterfaceFlags.Loopback : InterfaceFlags.Broadcast | InterfaceFlags.Multicast);
}

/// <summary>One line of <c>arp</c>.</summary>
/// <param name="Address">The neighbour.</param>
/// <param name="HardwareAddress">Its MAC address; all zero while it is being asked for.</param>
/// <param name="State">REACHABLE, STALE, INCOMPLETE, FAILED or PERMANENT.</param>
/// <param name="Interface">Through which interface.</param>
public sealed record NeighbourInformation(Ipv4Address Address, MacAddress HardwareAddress, string State, string Interface);
