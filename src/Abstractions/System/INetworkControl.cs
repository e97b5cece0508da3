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

    /// <summary>Lets an interface take frames that are meant for others, or not; counted, as several may want it.</summary>
    /// <returns><see cref="Errno.ENODEV"/>.</returns>
    Errno SetPromiscuous(string name, bool isPromiscuous);

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

    /// <summary>Opens an ICMP echo session with an identifier of its own.</summary>
    /// <returns><see cref="Errno.ENOBUFS"/> when too many are open.</returns>
    Errno TryOpenEcho(Ipv4Address destination, out IEchoSession? session);
}

/// <summary>A pinger: sends echo requests to one host and receives what answers them.</summary>
public interface IEchoSession : IDisposable
{
    /// <summary>Sends one echo request.</summary>
    /// <param name="sequence">Sequence number.</param>
    /// <param name="payload">Data to be echoed.</param>
    /// <param name="timeToLive">TTL, 1 to 255.</param>
    /// <returns><see cref="Errno.ENETUNREACH"/>, <see cref="Errno.EMSGSIZE"/>, <see cref="Errno.ENOBUFS"/>, <see cref="Errno.ENETDOWN"/>.</returns>
    Errno Send(ushort sequence, ReadOnlySpan<byte> payload, byte timeToLive);

    /// <summary>Waits for the next answer.</summary>
    /// <param name="deadline">When to give up.</param>
    /// <param name="reply">The answer.</param>
    /// <returns><see cref="Errno.ETIME"/> at the deadline; <see cref="Errno.EINTR"/> on Ctrl-C.</returns>
    Errno Receive(Instant deadline, out EchoReply reply);
}

/// <summary>What came back for an echo request.</summary>
public enum EchoReplyKind
{
    /// <summary>An echo reply.</summary>
    Reply,

    /// <summary>An ICMP destination unreachable about our request; its code is in <see cref="EchoReply.Code"/>.</summary>
    Unreachable,

    /// <summary>An ICMP time exceeded about our request.</summary>
    TimeExceeded,

    /// <summary>The neighbour did not answer ARP: the host is unreachable, says this machine itself.</summary>
    NoNeighbour,
}

/// <summary>An answer to an echo request.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Code">ICMP code, for errors.</param>
/// <param name="Source">Who sent it.</param>
/// <param name="Sequence">Sequence number of the request it answers.</param>
/// <param name="TimeToLive">TTL it arrived with.</param>
/// <param name="Length">ICMP bytes, header included, as ping counts.</param>
/// <param name="ReceivedAt">When it arrived.</param>
/// <param name="IsIntact">False when the echoed data differ from what was sent.</param>
public readonly record struct EchoReply(
    EchoReplyKind Kind, byte Code, Ipv4Address Source, ushort Sequence, byte TimeToLive, int Length, Instant ReceivedAt, bool IsIntact);

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
    string Model, NetworkDeviceStatistics Statistics);

/// <summary>One line of <c>arp</c>.</summary>
/// <param name="Address">The neighbour.</param>
/// <param name="HardwareAddress">Its MAC address; all zero while it is being asked for.</param>
/// <param name="State">REACHABLE, STALE, INCOMPLETE, FAILED or PERMANENT.</param>
/// <param name="Interface">Through which interface.</param>
public sealed record NeighbourInformation(Ipv4Address Address, MacAddress HardwareAddress, string State, string Interface);
