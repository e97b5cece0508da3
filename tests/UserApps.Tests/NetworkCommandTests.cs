using KernelSockets.UserApps.Tests.Fakes;

namespace KernelSockets.UserApps.Tests;

/// <summary>ifconfig, arp and route.</summary>
public sealed class NetworkCommandTests
{
    private readonly FakeSystem _system = new();

    public NetworkCommandTests()
    {
        Assert.True(MacAddress.TryParse("52:54:00:12:34:56", out MacAddress mac));
        var counters = new NetworkDeviceStatistics
        {
            ReceivedPackets = 12,
            ReceivedBytes = 1536,
            ReceiveErrors = 1,
            ReceiveDropped = 2,
            ReceiveMissed = 3,
            ReceiveLengthErrors = 4,
            TransmittedPackets = 5,
            TransmittedBytes = 999,
            TransmitErrors = 6,
            TransmitDropped = 7,
            TransmitCarrierErrors = 8,
        };
        _system.NetworkControl.Links.Add(new InterfaceInformation("eth0", mac, Ip("10.77.0.2"), 24, 1500, true, true, false, "82540EM", counters));
        _system.NetworkControl.Links.Add(new InterfaceInformation("lo", MacAddress.Any, Ip("127.0.0.1"), 8, 65536, true, true, true, "loopback", new NetworkDeviceStatistics()));
        _system.NetworkControl.Links.Add(new InterfaceInformation("eth1", mac, Ipv4Address.Any, 0, 1500, false, false, false, "82540EM", new NetworkDeviceStatistics()));
    }

    private static Ipv4Address Ip(string text)
    {
        Assert.True(Ipv4Address.TryParse(text, out Ipv4Address address));
        return address;
    }

    [Fact]
    public void Ifconfig_Alone_ShowsWhatIsUp()
    {
        Assert.Equal("""
            eth0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500
                    inet 10.77.0.2  netmask 255.255.255.0  broadcast 10.77.0.255
                    ether 52:54:00:12:34:56  (Ethernet)
                    RX packets 12  bytes 1536 (1.5 KiB)
                    RX errors 1  dropped 2  overruns 3  frame 4
                    TX packets 5  bytes 999 (999.0 B)
                    TX errors 6  dropped 7  carrier 8

            lo: flags=73<UP,LOOPBACK,RUNNING>  mtu 65536
                    inet 127.0.0.1  netmask 255.0.0.0
                    loop  (Local Loopback)
                    RX packets 0  bytes 0 (0.0 B)
                    RX errors 0  dropped 0  overruns 0  frame 0
                    TX packets 0  bytes 0 (0.0 B)
                    TX errors 0  dropped 0  carrier 0


            """, _system.Run("ifconfig"));
    }

    [Fact]
    public void Ifconfig_OneOrAll_ShowsThem()
    {
        Assert.StartsWith("eth1: flags=4098<BROADCAST,MULTICAST>  mtu 1500\n        ether", _system.Run("ifconfig eth1"), StringComparison.Ordinal);
        Assert.Contains("eth1: ", _system.Run("ifconfig -a"), StringComparison.Ordinal);
        Assert.Equal("eth9: error fetching interface information: Device not found\n", _system.Run("ifconfig eth9"));
        Assert.Equal(1, _system.Shell.LastStatus);
    }

    [Theory]
    [InlineData("ifconfig eth0 10.0.0.2/16", "address eth0 10.0.0.2/16;up eth0")]
    [InlineData("ifconfig eth0 10.0.0.2 netmask 255.255.255.0", "address eth0 10.0.0.2/24;up eth0")]
    [InlineData("ifconfig eth0 10.0.0.2", "address eth0 10.0.0.2/8;up eth0")]
    [InlineData("ifconfig eth0 172.16.0.2", "address eth0 172.16.0.2/16;up eth0")]
    [InlineData("ifconfig eth0 192.168.0.2", "address eth0 192.168.0.2/24;up eth0")]
    [InlineData("ifconfig eth0 0.0.0.0", "address eth0 0.0.0.0/0")]
    [InlineData("ifconfig eth0 netmask 255.255.0.0", "address eth0 10.77.0.2/16")]
    [InlineData("ifconfig eth0 mtu 1400 down", "mtu eth0 1400;down eth0")]
    [InlineData("ifconfig eth0 up", "up eth0")]
    public void Ifconfig_Setting_TellsTheStack(string command, string calls)
    {
        Assert.Equal("", _system.Run(command));
        Assert.Equal(calls, string.Join(';', _system.NetworkControl.Calls));
    }

    [Theory]
    [InlineData("ifconfig eth0 10.0.0.300")]
    [InlineData("ifconfig eth0 10.0.0.2/33")]
    [InlineData("ifconfig eth0 10.0.0.2/x")]
    [InlineData("ifconfig eth0 netmask 255.0.255.0")]
    [InlineData("ifconfig eth0 netmask")]
    [InlineData("ifconfig eth0 mtu big")]
    [InlineData("ifconfig eth0 sideways")]
    public void Ifconfig_Malformed_ChangesNothing(string command)
    {
        Assert.StartsWith("ifconfig: ", _system.Run(command), StringComparison.Ordinal);
        Assert.Equal(2, _system.Shell.LastStatus);
        Assert.Empty(_system.NetworkControl.Calls);
    }

    [Theory]
    [InlineData("ifconfig eth0 10.0.0.2/16", "SIOCSIFADDR: Invalid argument\n")]
    [InlineData("ifconfig eth0 mtu 20 up", "SIOCSIFMTU: Invalid argument\n")]
    public void Ifconfig_Refused_SaysWhyAndStops(string command, string output)
    {
        _system.NetworkControl.SetResult = Errno.EINVAL;
        Assert.Equal(output, _system.Run(command));
        Assert.Equal(1, _system.Shell.LastStatus);
        Assert.Single(_system.NetworkControl.Calls);
    }

    [Fact]
    public void Arp_Table_IsListed()
    {
        Assert.Equal("", _system.Run("arp -n"));
        Assert.True(MacAddress.TryParse("02:00:00:00:00:01", out MacAddress mac));
        _system.NetworkControl.Table.Add(new NeighbourInformation(Ip("10.77.0.1"), mac, "REACHABLE", "eth0"));
        _system.NetworkControl.Table.Add(new NeighbourInformation(Ip("10.77.0.7"), mac, "PERMANENT", "eth0"));
        _system.NetworkControl.Table.Add(new NeighbourInformation(Ip("10.77.0.9"), MacAddress.Any, "INCOMPLETE", "eth0"));
        Assert.Equal("""
            Address                  HWtype  HWaddress           Flags Mask            Iface
            10.77.0.1                ether   02:00:00:00:00:01   C                     eth0
            10.77.0.7                ether   02:00:00:00:00:01   CM                    eth0
            10.77.0.9                        (incomplete)                              eth0

            """, _system.Run("arp -n"));
        Assert.Equal("? (10.77.0.7) at 02:00:00:00:00:01 [ether] PERM on eth0\n", _system.Run("arp -a 10.77.0.7"));
        Assert.Equal("10.77.0.8 (10.77.0.8) -- no entry\n", _system.Run("arp 10.77.0.8"));
        Assert.Equal(1, _system.Shell.LastStatus);
    }

    [Fact]
    public void Arp_Changes_TellTheStack()
    {
        Assert.Equal("", _system.Run("arp -s 10.77.0.9 02:00:00:00:00:09; arp -d 10.77.0.9"));
        Assert.Equal(["add 10.77.0.9 02:00:00:00:00:09", "delete 10.77.0.9"], _system.NetworkControl.Calls);
        _system.NetworkControl.SetResult = Errno.ENXIO;
        Assert.Equal("No ARP entry for 10.77.0.9\n", _system.Run("arp -d 10.77.0.9"));
        _system.NetworkControl.SetResult = Errno.ENETUNREACH;
        Assert.Equal("SIOCSARP: Network is unreachable\n", _system.Run("arp -s 10.77.0.9 02:00:00:00:00:09"));
        Assert.Equal("arp: invalid hardware address\n", _system.Run("arp -s 10.77.0.9 junk"));
        Assert.Equal("arp: junk: Unknown host\n", _system.Run("arp -d junk"));
        Assert.Equal(1, _system.Shell.LastStatus);
    }

    [Fact]
    public void Route_Table_IsListed()
    {
        const string Header = """
            Kernel IP routing table
            Destination     Gateway         Genmask         Flags Metric Ref    Use Iface

            """;
        Assert.Equal(Header, _system.Run("route -n"));
        _system.NetworkControl.RouteTable.Add(new RouteInformation(Ip("192.168.5.77"), 32, Ip("10.77.0.9"), "eth0", 0, true));
        _system.NetworkControl.RouteTable.Add(new RouteInformation(Ip("192.168.5.0"), 24, Ip("10.77.0.9"), "eth0", 100, false));
        _system.NetworkControl.RouteTable.Add(new RouteInformation(Ip("10.77.0.0"), 24, Ipv4Address.Any, "eth0", 0, true));
        _system.NetworkControl.RouteTable.Add(new RouteInformation(Ipv4Address.Any, 0, Ip("10.77.0.1"), "eth0", 0, true));
        Assert.Equal(Header + """
            0.0.0.0         10.77.0.1       0.0.0.0         UG    0      0        0 eth0
            10.77.0.0       0.0.0.0         255.255.255.0   U     0      0        0 eth0
            192.168.5.0     10.77.0.9       255.255.255.0   G     100    0        0 eth0
            192.168.5.77    10.77.0.9       255.255.255.255 UGH   0      0        0 eth0

            """, _system.Run("route -n"));
        Assert.Contains("default         10.77.0.1       0.0.0.0         UG ", _system.Run("route"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("add default gw 10.77.0.1", "add route 0.0.0.0/0 10.77.0.1 - 0")]
    [InlineData("add default gw 10.77.0.1 metric 5 dev eth0", "add route 0.0.0.0/0 10.77.0.1 eth0 5")]
    [InlineData("add -net default gw 10.77.0.1", "add route 0.0.0.0/0 10.77.0.1 - 0")]
    [InlineData("add -net 192.168.5.0 netmask 255.255.255.128 gw 10.77.0.9", "add route 192.168.5.0/25 10.77.0.9 - 0")]
    [InlineData("add -net 192.168.5.0/25 gw 10.77.0.9 eth0", "add route 192.168.5.0/25 10.77.0.9 eth0 0")]
    [InlineData("add 192.168.5.0/24 eth0", "add route 192.168.5.0/24 0.0.0.0 eth0 0")]
    [InlineData("add -net 192.168.5.0 dev eth0", "add route 192.168.5.0/24 0.0.0.0 eth0 0")]
    [InlineData("add -net 172.16.0.0 eth0", "add route 172.16.0.0/16 0.0.0.0 eth0 0")]
    [InlineData("add -host 192.168.5.7 gw 10.77.0.9", "add route 192.168.5.7/32 10.77.0.9 - 0")]
    [InlineData("add 192.168.5.7 gw 10.77.0.9", "add route 192.168.5.7/32 10.77.0.9 - 0")]
    [InlineData("add -net 224.0.0.0 netmask 240.0.0.0 eth0", "add route 224.0.0.0/4 0.0.0.0 eth0 0")]
    [InlineData("del default", "delete route 0.0.0.0/0 - -")]
    [InlineData("del default gw 10.77.0.1", "delete route 0.0.0.0/0 10.77.0.1 -")]
    [InlineData("del -net 192.168.5.0/25 eth0", "delete route 192.168.5.0/25 - eth0")]
    [InlineData("del -host 192.168.5.7", "delete route 192.168.5.7/32 - -")]
    public void Route_Changes_TellTheStack(string arguments, string call)
    {
        Assert.Equal("", _system.Run($"route {arguments}"));
        Assert.Equal(0, _system.Shell.LastStatus);
        Assert.Equal(call, Assert.Single(_system.NetworkControl.Calls));
    }

    [Theory]
    [InlineData("add")]
    [InlineData("add -net")]
    [InlineData("add junk gw 10.77.0.1")]
    [InlineData("add default gw junk")]
    [InlineData("add default gw")]
    [InlineData("add default gw 10.77.0.1 metric x")]
    [InlineData("add default gw 10.77.0.1 metric -1")]
    [InlineData("add -host default gw 10.77.0.1")]
    [InlineData("add -host 1.2.3.4 netmask 255.0.0.0 gw 10.77.0.1")]
    [InlineData("add -net 1.2.3.0/24 netmask 255.0.0.0 gw 10.77.0.1")]
    [InlineData("add -net 1.2.3.0/33 gw 10.77.0.1")]
    [InlineData("add -net 1.2.3.0 netmask 255.0.255.0 gw 10.77.0.1")]
    [InlineData("add -net 192.168.5.7/24 gw 10.77.0.1")]
    [InlineData("add default eth0 eth1")]
    [InlineData("flush")]
    [InlineData("-x")]
    public void Route_Malformed_ChangesNothing(string arguments)
    {
        Assert.StartsWith("route: ", _system.Run($"route {arguments}"), StringComparison.Ordinal);
        Assert.Equal(2, _system.Shell.LastStatus);
        Assert.Empty(_system.NetworkControl.Calls);
    }

    [Fact]
    public void Route_Refused_SaysWhy()
    {
        _system.NetworkControl.SetResult = Errno.ENETUNREACH;
        Assert.Equal("SIOCADDRT: Network is unreachable\n", _system.Run("route add default gw 1.2.3.4"));
        _system.NetworkControl.SetResult = Errno.ESRCH;
        Assert.Equal("SIOCDELRT: No such process\n", _system.Run("route del default"));
        Assert.Equal(1, _system.Shell.LastStatus);
    }
}
