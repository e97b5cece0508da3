namespace KernelSockets.Net.Tests;

/// <summary>What ifconfig, route, arp and ping see.</summary>
public sealed class NetworkControlTests
{
    private static readonly MacAddress s_mac = Addresses.Mac("52:54:00:00:00:44");

    [Fact]
    public void Interfaces_LoopbackFirstThenEth0()
    {
        Tester tester = new();
        IReadOnlyList<InterfaceInformation> all = tester.Node.Control.Interfaces();
        Assert.Equal(["lo", "eth0"], all.Select(one => one.Name));
        Assert.Equal((Ipv4Address.Loopback, 8, true), (all[0].Address, all[0].PrefixLength, all[0].IsLoopback));
        Assert.Equal((Tester.Node4, 24, 1500, true, true), (all[1].Address, all[1].PrefixLength, all[1].Mtu, all[1].IsUp, all[1].IsLinkUp));
        Assert.Equal(Tester.NodeMac, all[1].HardwareAddress);
    }

    [Fact]
    public void Interfaces_Statistics_AreACopy()
    {
        Tester tester = new();
        long before = tester.Node.Control.Interfaces()[1].Statistics.ReceivedPackets;
        InterfaceInformation snapshot = tester.Node.Control.Interfaces()[1];
        tester.AssertAlive();
        Assert.Equal(before, snapshot.Statistics.ReceivedPackets);
        Assert.Equal(before + 1, tester.Node.Control.Interfaces()[1].Statistics.ReceivedPackets);
    }

    [Theory]
    [InlineData("224.0.0.1", 24)]
    [InlineData("255.255.255.255", 24)]
    [InlineData("127.0.0.1", 8)]
    [InlineData("0.0.0.1", 24)]
    [InlineData("250.1.1.1", 24)]
    [InlineData("10.1.0.0", 24)]
    [InlineData("10.1.0.255", 24)]
    [InlineData("10.1.0.1", 33)]
    [InlineData("10.1.0.1", -1)]
    public void SetAddress_NoHostCanHaveIt_Einval(string address, int prefixLength)
    {
        Tester tester = new();
        Assert.Equal(Errno.EINVAL, tester.Node.Control.SetAddress("eth0", Addresses.Ip(address), prefixLength));
        Assert.Equal(Tester.Node4, tester.Node.Interface.Address);
        tester.AssertAlive();
    }

    [Theory]
    [InlineData("10.1.0.0", 31)]
    [InlineData("10.1.0.1", 31)]
    [InlineData("10.1.0.7", 32)]
    [InlineData("10.1.0.7", 0)]
    public void SetAddress_EdgesOfPrefixes_AreFine(string address, int prefixLength) =>
        Assert.Equal(Errno.Success, new Tester().Node.Control.SetAddress("eth0", Addresses.Ip(address), prefixLength));

    [Fact]
    public void SetAddress_UnknownInterfaceOrTaken_SaysSo()
    {
        Tester tester = new();
        Assert.Equal(Errno.ENODEV, tester.Node.Control.SetAddress("eth1", Tester.Node4, 24));
        Simulation.SimulatedDevice second = new(tester.Time, tester.Wire, tester.Node.Pool, s_mac);
        Assert.Equal(Errno.Success, tester.Node.Stack.TryAddInterface(second, out NetInterface? eth1));
        Assert.Equal("eth1", eth1!.Name);
        Assert.Equal(Errno.EADDRINUSE, tester.Node.Control.SetAddress("eth1", Tester.Node4, 24));
        Assert.Equal(Errno.Success, tester.Node.Control.SetAddress("eth0", Tester.Node4, 16));
    }

    [Fact]
    public void SetAddress_TakenAway_HostIsSilent()
    {
        Tester tester = new();
        Assert.Equal(Errno.Success, tester.Node.Control.SetGateway(Tester.Self4));
        Assert.Equal(Errno.Success, tester.Node.Control.SetAddress("eth0", Ipv4Address.Any, 0));
        Assert.Empty(tester.ExchangeDatagram(Frames.Datagram(Tester.ToNode, Frames.Echo(1, 1, []))));
        ArpFields request = new(ArpOperation.Request, Tester.SelfMac, Tester.Self4, MacAddress.Any, Tester.Node4);
        Assert.Empty(tester.ExchangeArp(request));
        using Pinger session = tester.Node.OpenEcho("192.0.2.1");
        Assert.Equal(Errno.ENETUNREACH, session.Send(1, [], 64));
    }

    [Fact]
    public void SetAddress_OnLoopback_OnlyItsOwnNetwork()
    {
        Tester tester = new();
        Assert.Equal(Errno.EINVAL, tester.Node.Control.SetAddress("lo", Addresses.Ip("10.3.0.1"), 8));
        Assert.Equal(Errno.Success, tester.Node.Control.SetAddress("lo", Addresses.Ip("127.0.0.5"), 8));
    }

    [Theory]
    [InlineData(67, Errno.EINVAL)]
    [InlineData(68, Errno.Success)]
    [InlineData(1500, Errno.Success)]
    [InlineData(1501, Errno.EINVAL)]
    public void SetMtu_Bounds(int mtu, Errno expected) => Assert.Equal(expected, new Tester().Node.Control.SetMtu("eth0", mtu));

    [Fact]
    public void UnknownInterface_Enodev()
    {
        Tester tester = new();
        Assert.Equal(Errno.ENODEV, tester.Node.Control.SetMtu("eth7", 1000));
        Assert.Equal(Errno.ENODEV, tester.Node.Control.SetUp("eth7", true));
    }

    [Fact]
    public void SetGateway_NotDirectlyReachable_Enetunreach()
    {
        Tester tester = new();
        Assert.Equal(Errno.ENETUNREACH, tester.Node.Control.SetGateway(Addresses.Ip("10.0.1.1")));
        Assert.Equal(Errno.ENETUNREACH, tester.Node.Control.SetGateway(Tester.Node4));
        Assert.Equal(Errno.ENETUNREACH, tester.Node.Control.SetGateway(Ipv4Address.Loopback));
        Assert.Equal(Errno.Success, tester.Node.Control.SetGateway(Tester.Self4));
        Assert.Equal(Errno.Success, tester.Node.Control.SetGateway(Ipv4Address.Any));
    }

    [Fact]
    public void AddNeighbour_DeleteNeighbour()
    {
        Tester tester = new(isKnown: false);
        NetworkControl control = tester.Node.Control;
        Assert.Equal(Errno.ENETUNREACH, control.AddNeighbour(Addresses.Ip("10.9.0.1"), s_mac));
        Assert.Equal(Errno.EINVAL, control.AddNeighbour(Tester.Self4, MacAddress.Broadcast));
        Assert.Equal(Errno.EINVAL, control.AddNeighbour(Tester.Node4, s_mac));
        Assert.Equal(Errno.Success, control.AddNeighbour(Tester.Self4, s_mac));
        Assert.Equal(Errno.Success, control.AddNeighbour(Tester.Self4, Tester.SelfMac));
        Assert.Equal(new NeighbourInformation(Tester.Self4, Tester.SelfMac, "PERMANENT", "eth0"), Assert.Single(control.Neighbours()));
        Assert.Equal(Errno.Success, control.DeleteNeighbour(Tester.Self4));
        Assert.Equal(Errno.ENXIO, control.DeleteNeighbour(Tester.Self4));
        Assert.Empty(control.Neighbours());
    }

    [Fact]
    public void DeleteNeighbour_WithPacketsWaiting_ReleasesThem()
    {
        Tester tester = new(isKnown: false);
        using Pinger session = tester.Node.OpenEcho("10.0.0.77");
        session.Send(1, [], 64);
        Assert.Equal(1, tester.Node.Stack.Arp.PendingPackets);
        Assert.Equal(MacAddress.Any, tester.Node.Neighbour("10.0.0.77")!.HardwareAddress);
        Assert.Equal(Errno.Success, tester.Node.Control.DeleteNeighbour(Addresses.Ip("10.0.0.77")));
        Assert.Equal(tester.Node.Pool.Total, tester.Node.Pool.Free);
        tester.Settle(TimeSpan.FromSeconds(10));
        tester.Node.AssertNoLeak();
    }

    [Fact]
    public void AddNeighbour_WhileAsked_PacketsGoOut()
    {
        Tester tester = new(isKnown: false);
        using Pinger session = tester.Node.OpenEcho(Tester.SelfIp);
        session.Send(1, [], 64);
        tester.Node.Control.AddNeighbour(Tester.Self4, Tester.SelfMac);
        tester.Settle();
        Assert.Single(tester.Probe.Take(), Frames.IsIpv4);
    }

    [Fact]
    public void TooManyInterfaces_Enobufs()
    {
        Tester tester = new();
        Errno result = Errno.Success;
        int added = 2;
        while (result == Errno.Success)
        {
            Simulation.SimulatedDevice device = new(tester.Time, tester.Wire, tester.Node.Pool, s_mac);
            result = tester.Node.Stack.TryAddInterface(device, out _);
            added += result == Errno.Success ? 1 : 0;
        }

        Assert.Equal(Errno.ENOBUFS, result);
        Assert.Equal(NetStack.MaximumInterfaces, added);
    }

    [Fact]
    public void Counters_NameEveryCounterOfTheProtocols_AndMove()
    {
        Tester tester = new();
        tester.AssertAlive();
        IReadOnlyList<ProtocolCounter> counters = tester.Node.Control.Counters();
        string[] names = [.. counters.Select(counter => counter.Name)];
        Type[] holders = [typeof(Ipv4Statistics), typeof(IcmpStatistics), typeof(UdpStatistics), typeof(ArpStatistics), typeof(IgmpStatistics)];
        foreach (string property in holders.SelectMany(type => type.GetProperties()).Select(property => property.Name))
        {
            string told = property is "OutFragOKs" or "OutFragFails" or "OutFragCreates" ? property["Out".Length..] : property;
            Assert.Contains(told, names);
        }

        Assert.Equal(names.Length, counters.Select(counter => (counter.Group, counter.Name)).Distinct().Count());
        Assert.Equal(1, counters.Single(counter => counter is { Group: "Icmp", Name: "InEchos" }).Value);
        Assert.True(counters.Single(counter => counter is { Group: "Ip", Name: "InReceives" }).Value > 0);
    }
}
