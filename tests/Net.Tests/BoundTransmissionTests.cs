using PacketDotNet;

namespace KernelSockets.Net.Tests;

/// <summary>Datagrams that must go out of one interface, and what the routes say for a bound sender.</summary>
public sealed class BoundTransmissionTests
{
    private static readonly MacAddress s_secondMac = Addresses.Mac("52:54:00:00:00:33");

    [Fact]
    public void Numbers_CountFromOne_AndFindTheirInterface()
    {
        Tester tester = new();
        NetStack stack = tester.Node.Stack;
        Assert.Equal((1, 2), (stack.Loopback.Number, tester.Node.Interface.Number));
        Assert.Same(stack.Loopback, stack.FindInterface(1));
        Assert.Same(tester.Node.Interface, stack.FindInterface(2));
        Assert.All([int.MinValue, -1, 0, 3, int.MaxValue], number => Assert.Null(stack.FindInterface(number)));
    }

    [Fact]
    public void WithoutAddress_LimitedBroadcast_LeavesFromAny()
    {
        Tester tester = new();
        Assert.Equal(Errno.Success, tester.Node.Control.SetAddress("eth0", Ipv4Address.Any, 0));
        Ipv4Transmission transmission = new() { Destination = Ipv4Address.Broadcast, Protocol = Ipv4Protocol.Udp };
        Assert.Equal(Errno.ENETUNREACH, Send(tester, transmission));
        Assert.Equal(Errno.Success, Send(tester, transmission with { Interface = tester.Node.Interface }));
        IPv4Packet packet = Frames.JudgeIpv4(Assert.Single(tester.Probe.Take()));
        Assert.Equal(("0.0.0.0", "255.255.255.255"), (packet.SourceAddress.ToString(), packet.DestinationAddress.ToString()));
    }

    [Fact]
    public void LinkBroadcastAndMulticast_GoToTheirMacAddresses()
    {
        Tester tester = new();
        foreach ((string ip, string mac) in new[] { ("255.255.255.255", "FFFFFFFFFFFF"), ("10.0.0.255", "FFFFFFFFFFFF"), ("239.129.2.3", "01005E010203") })
        {
            Ipv4Transmission transmission = new()
            {
                Destination = Addresses.Ip(ip),
                Protocol = Ipv4Protocol.Udp,
                Interface = tester.Node.Interface,
            };
            Assert.Equal(Errno.Success, Send(tester, transmission));
            byte[] frame = Assert.Single(tester.Probe.Take());
            Assert.Equal(mac, Frames.Judge(frame).DestinationHardwareAddress.ToString());
            Assert.Equal(Tester.NodeIp, Frames.JudgeIpv4(frame).SourceAddress.ToString());
        }
    }

    [Fact]
    public void Routes_BoundSender()
    {
        Tester tester = new();
        Ipv4Routes routes = tester.Node.Stack.Ipv4.Routes;
        NetInterface eth0 = tester.Node.Interface;
        Assert.Equal(Errno.Success, tester.Node.Control.SetGateway(Tester.Self4));
        AssertRoute(new Ipv4Route(eth0, Tester.Self4, Tester.Node4), routes, "192.0.2.1", eth0);
        AssertRoute(new Ipv4Route(eth0, Addresses.Ip("10.0.0.9"), Tester.Node4), routes, "10.0.0.9", eth0);
        AssertRoute(new Ipv4Route(tester.Node.Stack.Loopback, Tester.Node4, Tester.Node4), routes, Tester.NodeIp, eth0);
        Assert.False(routes.TryFind(Ipv4Address.Loopback, eth0, out _));
        Assert.False(routes.TryFind(Ipv4Address.Any, eth0, out _));
        Assert.False(routes.TryFind(Tester.Self4, tester.Node.Stack.Loopback, out _));
        Assert.Equal(Errno.Success, tester.Node.Control.SetUp("eth0", false));
        Assert.False(routes.TryFind(Tester.Self4, eth0, out _));
    }

    [Fact]
    public void Routes_BoundToTheOtherInterface_UnknownDestinationIsTakenToBeOnTheLink()
    {
        Tester tester = new();
        NetInterface eth1 = AddSecond(tester);
        Assert.Equal(Errno.Success, tester.Node.Control.SetAddress("eth1", Addresses.Ip("10.1.0.2"), 24));
        Assert.Equal(Errno.Success, tester.Node.Control.SetGateway(Tester.Self4));
        Ipv4Routes routes = tester.Node.Stack.Ipv4.Routes;
        AssertRoute(new Ipv4Route(eth1, Addresses.Ip("192.0.2.1"), Addresses.Ip("10.1.0.2")), routes, "192.0.2.1", eth1);
    }

    [Fact]
    public void LoopbackSource_NeverLeavesTheHost()
    {
        Tester tester = new();
        Ipv4Transmission transmission = new() { Destination = Tester.Self4, Source = Ipv4Address.Loopback, Protocol = Ipv4Protocol.Udp };
        Assert.Equal(Errno.EINVAL, Send(tester, transmission));
        Assert.Empty(tester.Probe.Take());
        tester.Node.AssertNoLeak();
    }

    [Fact]
    public void WholeLoopbackNetworkIsOurs()
    {
        Ipv4Routes routes = new Tester().Node.Stack.Ipv4.Routes;
        Assert.True(routes.IsOwnAddress(Addresses.Ip("127.1.2.3")));
        Assert.True(routes.IsOwnAddress(Tester.Node4));
        Assert.False(routes.IsOwnAddress(Tester.Self4));
        Assert.False(routes.IsOwnAddress(Ipv4Address.Any));
    }

    internal static NetInterface AddSecond(Tester tester)
    {
        Simulation.SimulatedDevice second = new(tester.Time, tester.Wire, tester.Node.Pool, s_secondMac);
        Assert.Equal(Errno.Success, tester.Node.Stack.TryAddInterface(second, out NetInterface? eth1));
        return eth1!;
    }

    private static Errno Send(Tester tester, in Ipv4Transmission transmission)
    {
        Errno result;
        lock (tester.Node.Stack.Gate)
        {
            result = tester.Node.Stack.Ipv4.Output.Send(transmission, [1, 2, 3, 4], [5, 6]);
        }

        tester.Settle();
        return result;
    }

    private static void AssertRoute(Ipv4Route expected, Ipv4Routes routes, string destination, NetInterface? bound)
    {
        Assert.True(routes.TryFind(Addresses.Ip(destination), bound, out Ipv4Route route), destination);
        Assert.Equal(expected, route);
    }
}
