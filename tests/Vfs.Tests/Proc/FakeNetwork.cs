namespace KernelSockets.Vfs.Tests.Proc;

/// <summary>A network whose figures the test sets.</summary>
internal sealed class FakeNetwork : INetworkControl
{
    public List<InterfaceInformation> InterfaceList { get; } = [];

    public List<RouteInformation> RouteList { get; } = [];

    public List<NeighbourInformation> NeighbourList { get; } = [];

    public List<SocketInformation> SocketList { get; } = [];

    public List<ProtocolCounter> CounterList { get; } = [];

    public IReadOnlyList<InterfaceInformation> Interfaces() => InterfaceList;

    public IReadOnlyList<RouteInformation> Routes() => RouteList;

    public IReadOnlyList<NeighbourInformation> Neighbours() => NeighbourList;

    public IReadOnlyList<SocketInformation> Sockets() => SocketList;

    public IReadOnlyList<ProtocolCounter> Counters() => CounterList;

    public Errno SetAddress(string name, Ipv4Address address, int prefixLength) => throw new NotSupportedException();

    public Errno SetMtu(string name, int mtu) => throw new NotSupportedException();

    public Errno SetUp(string name, bool isUp) => throw new NotSupportedException();

    public Errno SetGateway(Ipv4Address gateway) => throw new NotSupportedException();

    public Errno AddRoute(Ipv4Address destination, int prefixLength, Ipv4Address gateway, string? interfaceName, int metric) => throw new NotSupportedException();

    public Errno DeleteRoute(Ipv4Address destination, int prefixLength, Ipv4Address? gateway, string? interfaceName) => throw new NotSupportedException();

    public Errno SetPromiscuous(string name, bool isPromiscuous) => throw new NotSupportedException();

    public Errno SetAllMulticast(string name, bool isAllMulticast) => throw new NotSupportedException();

    public Errno DeleteNeighbour(Ipv4Address address) => throw new NotSupportedException();

    public Errno AddNeighbour(Ipv4Address address, MacAddress hardwareAddress) => throw new NotSupportedException();
}
