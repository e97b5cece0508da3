using KernelSockets.UserApps.Tests.Fakes;

namespace KernelSockets.UserApps.Tests;

/// <summary>dhclient.</summary>
public sealed class DhclientTests
{
    private readonly FakeSystem _system = new();

    public DhclientTests()
    {
        Assert.True(MacAddress.TryParse("52:54:00:12:34:56", out MacAddress mac));
        _system.NetworkControl.Links.Add(new InterfaceInformation("lo", MacAddress.Any, Ipv4Address.Loopback, 8, 65536, true, true, true, "loopback", new NetworkDeviceStatistics()));
        _system.NetworkControl.Links.Add(new InterfaceInformation("eth0", mac, Ipv4Address.Any, 0, 1500, true, true, false, "82540EM", new NetworkDeviceStatistics()));
        _system.DhcpControl.Lease = Lease(TimeSpan.FromSeconds(43_200));
    }

    [Fact]
    public void Dhclient_Alone_AsksOnTheFirstCardAndSaysWhatItGot()
    {
        Assert.Equal("bound to 10.77.0.57 -- renewal in 43200 seconds.\n", _system.Run("dhclient"));
        Assert.Equal(0, _system.Shell.LastStatus);
        Assert.Equal(["start eth0", "wait eth0 30"], _system.DhcpControl.Calls);
    }

    [Fact]
    public void Dhclient_Verbose_SaysWhatGoesOn()
    {
        Assert.Equal("""
            Listening on LPF/eth0/52:54:00:12:34:56
            DHCPDISCOVER on eth0 to 255.255.255.255 port 67
            DHCPACK of 10.77.0.57 from 10.77.0.1
            bound to 10.77.0.57 -- for ever.

            """, Forever());

        string Forever()
        {
            _system.DhcpControl.Lease = Lease(TimeSpan.MaxValue);
            return _system.Run("dhclient -v eth0");
        }
    }

    [Fact]
    public void Dhclient_WithoutServer_Has2AndSaysSo()
    {
        _system.DhcpControl.WaitResult = Errno.ETIME;
        string output = _system.Run("dhclient eth0");
        Assert.Equal(2, _system.Shell.LastStatus);
        Assert.Contains("no lease on eth0 after 30 seconds", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Dhclient_Release_GivesBack()
    {
        Assert.Equal("", _system.Run("dhclient -r eth0"));
        Assert.Equal(["release eth0"], _system.DhcpControl.Calls);
        _system.DhcpControl.ReleaseResult = Errno.ESRCH;
        Assert.Equal("dhclient: eth0: no client is running\n", _system.Run("dhclient -r"));
        Assert.Equal(1, _system.Shell.LastStatus);
    }

    [Fact]
    public void Dhclient_OnWhatIsNoCard_Fails()
    {
        Assert.Equal("dhclient: eth7: No such device\n", _system.Run("dhclient eth7"));
        _system.DhcpControl.StartResult = Errno.ENETDOWN;
        Assert.Equal("dhclient: eth0: Network is down\n", _system.Run("dhclient eth0"));
    }

    private static DhcpLeaseInformation Lease(TimeSpan renewal)
    {
        Assert.True(Ipv4Address.TryParse("10.77.0.57", out Ipv4Address address));
        Assert.True(Ipv4Address.TryParse("10.77.0.1", out Ipv4Address server));
        return new DhcpLeaseInformation("eth0", address, 24, server, server, [server], "test", renewal, renewal, renewal, Instant.Zero);
    }
}
