namespace KernelSockets.Net.Tests;

/// <summary>Probes for an address that we want to have (RFC 5227 §2.1).</summary>
public sealed class AddressProbeTests
{
    private static readonly Ipv4Address s_wanted = Addresses.Ip("10.0.0.57");
    private static readonly MacAddress s_other = Addresses.Mac("52:54:00:00:00:99");
    private static readonly TimeSpan s_longest =
        AddressProbe.InitialWait + ((AddressProbe.Count - 1) * AddressProbe.LongestInterval) + AddressProbe.FinalWait;

    private readonly Tester _tester = new();
    private readonly List<(bool IsFree, Instant At)> _verdicts = [];

    [Fact]
    public void NobodyObjects_ThreeProbesThenFree()
    {
        Instant start = _tester.Time.Now;
        List<Instant> sent = [];
        _tester.Probe.Arrived = _ => sent.Add(_tester.Time.Now);
        Start();
        _tester.Settle(s_longest);
        (bool isFree, Instant at) = Assert.Single(_verdicts);
        Assert.True(isFree);
        Assert.Equal(AddressProbe.Count, sent.Count);
        Assert.True(sent[0] - start <= AddressProbe.InitialWait + TimeSpan.FromMilliseconds(1));
        Assert.All(sent.Zip(sent.Skip(1)), pair => Assert.True(pair.Second - pair.First >= AddressProbe.LeastInterval));
        Assert.True(at - sent[^1] >= AddressProbe.FinalWait - TimeSpan.FromMilliseconds(1));
        Assert.All(_tester.Probe.Take(), AssertIsProbe);
        Assert.Equal(AddressProbe.Count, _tester.Arp.OutProbes);
        _tester.Settle(TimeSpan.FromSeconds(5));
        Assert.Empty(_tester.Probe.Take());
        _tester.AssertAlive();
    }

    [Theory]
    [InlineData(ArpOperation.Reply, "10.0.0.57", "0.0.0.0")] // the holder answers the probe
    [InlineData(ArpOperation.Request, "10.0.0.57", "10.0.0.1")] // the holder asks for another
    [InlineData(ArpOperation.Request, "10.0.0.57", "10.0.0.57")] // the holder announces
    [InlineData(ArpOperation.Request, "0.0.0.0", "10.0.0.57")] // another wants it at the same time
    public void AnotherHasOrWantsIt_Conflict(ArpOperation operation, string sender, string target)
    {
        Start();
        _tester.Settle(AddressProbe.InitialWait);
        Claim(new ArpFields(operation, s_other, Addresses.Ip(sender), MacAddress.Any, Addresses.Ip(target)));
        Assert.False(Assert.Single(_verdicts).IsFree);
        Assert.Equal(1, _tester.Arp.ProbeConflicts);
        _tester.Probe.Take();
        _tester.Settle(s_longest);
        Assert.Single(_verdicts);
        Assert.Empty(_tester.Probe.Take());
    }

    [Theory]
    [InlineData("52:54:00:00:00:02", "10.0.0.57", "10.0.0.57")] // our own frames, reflected
    [InlineData("52:54:00:00:00:02", "0.0.0.0", "10.0.0.57")]
    [InlineData("52:54:00:00:00:99", "10.0.0.1", "10.0.0.57")] // somebody looks for the holder: that proves nothing
    [InlineData("52:54:00:00:00:99", "0.0.0.0", "10.0.0.58")]
    [InlineData("52:54:00:00:00:99", "10.0.0.58", "10.0.0.58")]
    public void WhatIsNoObjection_IsIgnored(string mac, string sender, string target)
    {
        Start();
        _tester.Settle(AddressProbe.InitialWait);
        Claim(new ArpFields(ArpOperation.Request, Addresses.Mac(mac), Addresses.Ip(sender), MacAddress.Any, Addresses.Ip(target)));
        _tester.Settle(s_longest);
        Assert.True(Assert.Single(_verdicts).IsFree);
        Assert.Equal(0, _tester.Arp.ProbeConflicts);
    }

    [Fact]
    public void ObjectionAfterTheLastProbe_StillCounts()
    {
        Start();
        for (int waits = 0; _tester.Arp.OutProbes < AddressProbe.Count; waits++)
        {
            Assert.True(waits < 1000, "the probes do not end");
            _tester.Settle();
        }

        Claim(new ArpFields(ArpOperation.Reply, s_other, s_wanted, MacAddress.Any, Ipv4Address.Any));
        Assert.False(Assert.Single(_verdicts).IsFree);
    }

    [Fact]
    public void Garbage_IsNoObjection()
    {
        Start();
        byte[] packet = Frames.Arp(new ArpFields(ArpOperation.Reply, s_other, s_wanted, MacAddress.Any, Ipv4Address.Any));
        packet[4] = 255; // hardware length
        _tester.Exchange(Frames.Ethernet(MacAddress.Broadcast, s_other, EtherType.Arp, packet));
        packet = Frames.Arp(new ArpFields(ArpOperation.Reply, MacAddress.Broadcast, s_wanted, MacAddress.Any, Ipv4Address.Any));
        _tester.Exchange(Frames.Ethernet(MacAddress.Broadcast, s_other, EtherType.Arp, packet));
        _tester.Settle(s_longest);
        Assert.True(Assert.Single(_verdicts).IsFree);
        Assert.Equal(2, _tester.Arp.InErrors);
    }

    [Fact]
    public void WithoutCarrier_NothingIsAsked_SoNothingIsFree()
    {
        _tester.Node.Device.SetLink(false);
        Start();
        _tester.Settle(TimeSpan.FromSeconds(30));
        Assert.Empty(_verdicts);
        Assert.Equal(0, _tester.Arp.OutProbes);
        _tester.Node.Device.SetLink(true);
        _tester.Settle(s_longest);
        Assert.True(Assert.Single(_verdicts).IsFree);
        Assert.Equal(AddressProbe.Count, _tester.Arp.OutProbes);
    }

    [Fact]
    public void Cancelled_SaysNothing()
    {
        Start();
        _tester.Settle(AddressProbe.InitialWait);
        lock (_tester.Node.Stack.Gate)
        {
            _tester.Node.Interface.Probe.Cancel();
        }

        Claim(new ArpFields(ArpOperation.Reply, s_other, s_wanted, MacAddress.Any, Ipv4Address.Any));
        _tester.Settle(s_longest);
        Assert.Empty(_verdicts);
        Assert.Equal(0, _tester.Arp.ProbeConflicts);
    }

    private static void AssertIsProbe(byte[] frame)
    {
        PacketDotNet.ArpPacket probe = Assert.IsType<PacketDotNet.ArpPacket>(Frames.Judge(frame).PayloadPacket);
        Assert.Equal(MacAddress.Broadcast, MacAddress.Read(frame));
        Assert.Equal(PacketDotNet.ArpOperation.Request, probe.Operation);
        Assert.Equal("0.0.0.0", probe.SenderProtocolAddress.ToString());
        Assert.Equal(s_wanted.ToString(), probe.TargetProtocolAddress.ToString());
        Assert.Equal(Tester.NodeMac, MacAddress.Read(probe.SenderHardwareAddress.GetAddressBytes()));
        Assert.Equal(MacAddress.Any, MacAddress.Read(probe.TargetHardwareAddress.GetAddressBytes()));
    }

    private void Start()
    {
        lock (_tester.Node.Stack.Gate)
        {
            _tester.Node.Interface.Probe.Start(s_wanted, isFree => _verdicts.Add((isFree, _tester.Time.Now)));
        }
    }

    private void Claim(in ArpFields fields) => _tester.ExchangeArp(fields);
}
