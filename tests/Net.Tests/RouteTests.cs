namespace KernelSockets.Net.Tests;

/// <summary>The routing table, and the way datagrams take.</summary>
public sealed class RouteTests
{
    private readonly Tester _tester = new();

    private NetworkControl Control => _tester.Node.Control;

    [Fact]
    public void Table_ConnectedNetworkFollowsTheAddress()
    {
        Assert.Equal(new RouteInformation(Addresses.Ip("10.0.0.0"), 24, Ipv4Address.Any, "eth0", 0, true), Assert.Single(Control.Routes()));
        Assert.Equal(Errno.Success, Control.SetAddress("eth0", Addresses.Ip("172.16.5.4"), 12));
        Assert.Equal(("172.16.0.0", 12), Network(Assert.Single(Control.Routes())));
        Assert.Equal(Errno.Success, Control.SetAddress("eth0", Ipv4Address.Any, 0));
        Assert.Empty(Control.Routes());
    }

    [Theory]
    [InlineData(32)]
    [InlineData(0)]
    public void Table_LoneAddressOrWholeInternet_HasNoNetwork(int prefixLength)
    {
        Assert.Equal(Errno.Success, Control.SetAddress("eth0", Addresses.Ip("10.1.0.7"), prefixLength));
        Assert.Empty(Control.Routes());
    }

    [Fact]
    public void Table_DownTakesAllRoutes_UpBringsTheNetworkBack()
    {
        Assert.Equal(Errno.Success, Control.SetGateway(Tester.Self4));
        Assert.Equal(Errno.Success, Add("192.168.5.0", 24, "10.0.0.7"));
        Assert.Equal(Errno.Success, Control.SetUp("eth0", false));
        Assert.Empty(Control.Routes());
        Assert.Equal(Errno.ENETUNREACH, Control.SetGateway(Tester.Self4));
        Assert.Equal(Errno.ENETDOWN, Control.AddRoute(Addresses.Ip("192.168.5.0"), 24, Ipv4Address.Any, "eth0", 0));
        Assert.Equal(Errno.Success, Control.SetUp("eth0", true));
        Assert.Equal(("10.0.0.0", 24), Network(Assert.Single(Control.Routes())));
    }

    [Fact]
    public void Table_LinkLoss_KeepsRoutes()
    {
        Assert.Equal(Errno.Success, Control.SetGateway(Tester.Self4));
        _tester.Node.Device.SetLink(false);
        _tester.Settle();
        Assert.Equal(2, Control.Routes().Count);
    }

    [Fact]
    public void Find_LongestPrefixThenMetricThenNewest()
    {
        Assert.Equal(Errno.Success, Add("0.0.0.0", 0, "10.0.0.1"));
        Assert.Equal(Errno.Success, Add("192.168.0.0", 16, "10.0.0.16"));
        Assert.Equal(Errno.Success, Add("192.168.5.0", 24, "10.0.0.24", metric: 5));
        Assert.Equal(Errno.Success, Add("192.168.5.0", 24, "10.0.0.25", metric: 1));
        Assert.Equal(Errno.Success, Add("192.168.5.0", 24, "10.0.0.26", metric: 1));
        Assert.Equal(Errno.Success, Add("192.168.5.77", 32, "10.0.0.32"));
        AssertNextHop("10.0.0.1", "8.8.8.8");
        AssertNextHop("10.0.0.16", "192.168.6.1");
        AssertNextHop("10.0.0.26", "192.168.5.1");
        AssertNextHop("10.0.0.32", "192.168.5.77");
        AssertNextHop("10.0.0.9", "10.0.0.9");
        Assert.Equal(Errno.Success, Control.DeleteRoute(Addresses.Ip("192.168.5.0"), 24, Addresses.Ip("10.0.0.26"), null));
        AssertNextHop("10.0.0.25", "192.168.5.1");
        Assert.Equal(Errno.Success, Control.DeleteRoute(Addresses.Ip("192.168.5.0"), 24, null, "eth0"));
        AssertNextHop("10.0.0.24", "192.168.5.1");
    }

    [Fact]
    public void Send_GoesToTheGatewayOfTheRoute()
    {
        Assert.Equal(Errno.Success, Add("192.168.5.0", 24, Tester.SelfIp));
        using Pinger session = _tester.Node.OpenEcho("192.168.5.9");
        Assert.Equal(Errno.Success, session.Send(1, [], 64));
        _tester.Settle();
        byte[] frame = Assert.Single(_tester.Probe.Take());
        Assert.Equal("525400000001", Frames.Judge(frame).DestinationHardwareAddress.ToString());
        Assert.Equal("192.168.5.9", Frames.JudgeIpv4(frame).DestinationAddress.ToString());
    }

    [Fact]
    public void Send_RouteThroughAnInterface_AsksForTheDestinationItself()
    {
        Assert.Equal(Errno.Success, Control.AddRoute(Addresses.Ip("192.168.5.0"), 24, Ipv4Address.Any, "eth0", 0));
        using Pinger session = _tester.Node.OpenEcho("192.168.5.9");
        Assert.Equal(Errno.Success, session.Send(1, [], 64));
        _tester.Settle();
        PacketDotNet.ArpPacket request = Assert.IsType<PacketDotNet.ArpPacket>(Frames.Judge(Assert.Single(_tester.Probe.Take())).PayloadPacket);
        Assert.Equal("192.168.5.9", request.TargetProtocolAddress.ToString());
    }

    [Fact]
    public void Send_MulticastRoute_ChoosesTheInterface()
    {
        NetInterface eth1 = BoundTransmissionTests.AddSecond(_tester);
        Assert.Equal(Errno.Success, Control.SetAddress("eth1", Addresses.Ip("10.1.0.2"), 24));
        Ipv4Address group = Addresses.Ip("239.1.2.3");
        Assert.True(_tester.Node.Stack.Ipv4.Routes.TryFind(group, null, out Ipv4Route route));
        Assert.Same(_tester.Node.Interface, route.Interface);
        Assert.Equal(Errno.Success, Control.AddRoute(Addresses.Ip("224.0.0.0"), 4, Ipv4Address.Any, "eth1", 0));
        Assert.True(_tester.Node.Stack.Ipv4.Routes.TryFind(group, null, out route));
        Assert.Equal(new Ipv4Route(eth1, group, Addresses.Ip("10.1.0.2")), route);
    }

    [Fact]
    public void AddRoute_Refused()
    {
        Ipv4Address network = Addresses.Ip("192.168.5.0");
        Assert.Equal(Errno.EINVAL, Add("192.168.5.1", 24, Tester.SelfIp));
        Assert.Equal(Errno.EINVAL, Add("192.168.5.0", 33, Tester.SelfIp));
        Assert.Equal(Errno.EINVAL, Add("192.168.5.0", -1, Tester.SelfIp));
        Assert.Equal(Errno.EINVAL, Add("192.168.5.0", 24, Tester.SelfIp, metric: -1));
        Assert.Equal(Errno.EINVAL, Add("192.168.5.0", 24, "224.0.0.5"));
        Assert.Equal(Errno.ENETUNREACH, Add("192.168.5.0", 24, "172.16.0.1"));
        Assert.Equal(Errno.ENETUNREACH, Add("192.168.5.0", 24, Tester.NodeIp));
        Assert.Equal(Errno.ENODEV, Control.AddRoute(network, 24, Ipv4Address.Any, null, 0));
        Assert.Equal(Errno.ENODEV, Control.AddRoute(network, 24, Tester.Self4, "eth9", 0));
        Assert.Equal(Errno.ENETUNREACH, Control.AddRoute(network, 24, Tester.Self4, "lo", 0));
        Assert.Equal(Errno.Success, Add("192.168.5.0", 24, Tester.SelfIp));
        Assert.Equal(Errno.EEXIST, Add("192.168.5.0", 24, Tester.SelfIp));

        // A gateway behind a gateway is none.
        Assert.Equal(Errno.ENETUNREACH, Add("192.168.6.0", 24, "192.168.5.1"));
        Assert.Equal(Errno.ESRCH, Control.DeleteRoute(network, 25, null, null));
        Assert.Equal(Errno.ESRCH, Control.DeleteRoute(network, 24, Addresses.Ip("10.0.0.9"), null));
        Assert.Equal(Errno.ESRCH, Control.DeleteRoute(network, 24, null, "lo"));
        Assert.Equal(Errno.ENODEV, Control.DeleteRoute(network, 24, null, "eth9"));
        Assert.Equal(2, Control.Routes().Count);
    }

    [Fact]
    public void AddRoute_TableFull_Enobufs()
    {
        uint network = Addresses.Ip("192.168.0.0").Value;
        int added = 0;
        while (Control.AddRoute(new Ipv4Address(network + (uint)added), 32, Tester.Self4, null, 0) == Errno.Success)
        {
            added++;
        }

        Assert.Equal(Ipv4RouteTable.Capacity - 1, added);
        Assert.Equal(Errno.ENOBUFS, Add("192.168.0.0", 16, Tester.SelfIp));
        Assert.Equal(2, _tester.Node.Stack.Ipv4.Routes.Table.Refused);
        _tester.AssertAlive();
    }

    [Fact]
    public void SetGateway_ReplacesEveryDefaultRoute()
    {
        Assert.Equal(Errno.Success, Add("0.0.0.0", 0, "10.0.0.7", metric: 3));
        Assert.Equal(Errno.Success, Control.SetGateway(Tester.Self4));
        Assert.Equal(Errno.ENETUNREACH, Control.SetGateway(Addresses.Ip("172.16.0.1")));
        RouteInformation route = Assert.Single(Control.Routes(), route => route.PrefixLength == 0);
        Assert.Equal((Tester.Self4, 0), (route.Gateway, route.Metric));
        Assert.Equal(Errno.Success, Control.SetGateway(Ipv4Address.Any));
        Assert.Single(Control.Routes());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Find_RandomTables_AsASlowSearchHasIt(int seed)
    {
        Random random = new(seed);
        for (int i = 0; i < 120; i++)
        {
            int prefixLength = random.Next(0, 33);
            uint network = (uint)random.NextInt64(1L << 32) & 0xC0A8_F0FF & Ipv4Address.Mask(prefixLength).Value;
            Control.AddRoute(new Ipv4Address(network), prefixLength, new Ipv4Address(Tester.Self4.Value + 2 + (uint)i), null, random.Next(3));
        }

        IReadOnlyList<RouteInformation> routes = Control.Routes();
        for (int i = 0; i < 2000; i++)
        {
            Ipv4Address destination = new((uint)random.NextInt64(1L << 32) & 0xC0A8_F0FF);
            RouteInformation? expected = routes.Where(route => route.Destination.IsInSameNetwork(destination, route.PrefixLength))
                .OrderByDescending(route => route.PrefixLength).ThenBy(route => route.Metric).FirstOrDefault();
            Ipv4RouteEntry? found = _tester.Node.Stack.Ipv4.Routes.Table.Find(destination);
            Assert.True((expected?.PrefixLength, expected?.Metric) == (found?.PrefixLength, found?.Metric), $"{destination}, seed {seed}");
        }
    }

    private static (string Destination, int PrefixLength) Network(RouteInformation route) => (route.Destination.ToString(), route.PrefixLength);

    private Errno Add(string destination, int prefixLength, string gateway, int metric = 0) =>
        Control.AddRoute(Addresses.Ip(destination), prefixLength, Addresses.Ip(gateway), null, metric);

    private void AssertNextHop(string expected, string destination)
    {
        Assert.True(_tester.Node.Stack.Ipv4.Routes.TryFind(Addresses.Ip(destination), null, out Ipv4Route route), destination);
        Assert.Equal(new Ipv4Route(_tester.Node.Interface, Addresses.Ip(expected), Tester.Node4), route);
    }
}
