namespace KernelSockets.Net.Tests;

/// <summary>Membership of multicast groups, and what comes back of our own multicasts and broadcasts.</summary>
public sealed class MulticastTests
{
    private const Ipv4Protocol Unknown = (Ipv4Protocol)253; // RFC 3692: for experiments

    private static readonly Ipv4Address s_group = Addresses.Ip("239.1.2.3");
    private static readonly MacAddress s_groupMac = Addresses.Mac("01:00:5e:01:02:03");

    [Fact]
    public void Joined_IsReceived_LeftIsNot()
    {
        Tester tester = new();
        RawRecorder raw = Record(tester);
        Ipv4Groups groups = tester.Node.Stack.Ipv4.Groups;
        SendToGroup(tester);
        Assert.Empty(raw.Datagrams);
        Assert.Equal(Errno.Success, groups.Join(tester.Node.Interface, s_group));
        Assert.Equal(Errno.Success, groups.Join(tester.Node.Interface, s_group));
        SendToGroup(tester);
        Assert.Single(raw.Datagrams);
        Assert.Equal(Errno.Success, groups.Leave(tester.Node.Interface, s_group));
        SendToGroup(tester);
        Assert.Equal(2, raw.Datagrams.Count);
        Assert.Equal(Errno.Success, groups.Leave(tester.Node.Interface, s_group));
        SendToGroup(tester);
        Assert.Equal(2, raw.Datagrams.Count);
        Assert.Equal(Errno.EADDRNOTAVAIL, groups.Leave(tester.Node.Interface, s_group));
        tester.AssertAlive();
    }

    [Fact]
    public void JoinedElsewhere_IsNotReceivedHere()
    {
        Tester tester = new();
        RawRecorder raw = Record(tester);
        Assert.Equal(Errno.Success, tester.Node.Stack.Ipv4.Groups.Join(tester.Node.Stack.Loopback, s_group));
        SendToGroup(tester);
        Assert.Empty(raw.Datagrams);
    }

    [Fact]
    public void NoGroupOrTooMany_Refused()
    {
        Tester tester = new();
        Ipv4Groups groups = tester.Node.Stack.Ipv4.Groups;
        Assert.Equal(Errno.EINVAL, groups.Join(tester.Node.Interface, Tester.Self4));
        Assert.Equal(Errno.EINVAL, groups.Leave(tester.Node.Interface, Ipv4Address.Broadcast));
        for (uint i = 0; i < Ipv4Groups.Capacity; i++)
        {
            Assert.Equal(Errno.Success, groups.Join(tester.Node.Interface, new Ipv4Address(s_group.Value + i)));
        }

        Assert.Equal(Errno.ENOBUFS, groups.Join(tester.Node.Interface, Addresses.Ip("239.9.9.9")));
        Assert.Equal(Errno.Success, groups.Join(tester.Node.Interface, s_group));
        Assert.Equal(Ipv4Groups.Capacity, groups.Memberships.Count);
    }

    [Theory]
    [InlineData("239.1.2.3", true, true, 1)]
    [InlineData("239.1.2.3", false, true, 0)]
    [InlineData("239.1.2.4", true, true, 0)]
    [InlineData("224.0.0.1", true, true, 1)]
    [InlineData("10.0.0.255", true, true, 1)]
    [InlineData("255.255.255.255", true, true, 1)]
    [InlineData("255.255.255.255", false, true, 0)]
    [InlineData("10.0.0.1", true, true, 0)]
    public void Looped_ComesBackOnItsInterface(string destination, bool isLooped, bool isOnWire, int copies)
    {
        Tester tester = new();
        RawRecorder raw = Record(tester);
        tester.Node.Stack.Ipv4.Groups.Join(tester.Node.Interface, s_group);
        Assert.Equal(Errno.Success, Send(tester, Addresses.Ip(destination), isLooped, 64, 8));
        Assert.Empty(raw.Datagrams); // never from within Send
        tester.Settle();
        Assert.Equal(isOnWire ? 1 : 0, WithoutReports(tester.Probe.Take()).Length);
        Assert.Equal(copies, raw.Datagrams.Count);
        Assert.All(raw.Interfaces, name => Assert.Equal("eth0", name));
        tester.Node.AssertNoLeak();
    }

    [Fact]
    public void Looped_TimeToLiveZero_StaysWithinTheHost()
    {
        Tester tester = new();
        RawRecorder raw = Record(tester);
        tester.Node.Stack.Ipv4.Groups.Join(tester.Node.Interface, s_group);
        Assert.Equal(Errno.Success, Send(tester, s_group, isLooped: true, 0, 8));
        tester.Settle();
        Assert.Single(raw.Datagrams);
        Assert.Empty(WithoutReports(tester.Probe.Take()));
        tester.Node.AssertNoLeak();
    }

    [Fact]
    public void Looped_AboveTheMtu_PutTogetherAgain()
    {
        Tester tester = new();
        RawRecorder raw = Record(tester);
        tester.Node.Stack.Ipv4.Groups.Join(tester.Node.Interface, s_group);
        Assert.Equal(Errno.Success, Send(tester, s_group, isLooped: true, 1, 4000));
        tester.Settle();
        Assert.Equal(4020, Assert.Single(raw.Datagrams).Length);
        Assert.Equal(3, WithoutReports(tester.Probe.Take()).Length);
        tester.Node.AssertNoLeak();
    }

    [Fact]
    public void Looped_TooMany_DroppedAndCounted()
    {
        Tester tester = new();
        RawRecorder raw = Record(tester);
        tester.Node.Stack.Ipv4.Groups.Join(tester.Node.Interface, s_group);
        for (int i = 0; i < LoopedCopies.Capacity + 3; i++)
        {
            Assert.Equal(Errno.Success, Send(tester, s_group, isLooped: true, 0, 8));
        }

        Assert.Equal(3, tester.Ipv4.InDiscards);
        tester.Settle();
        Assert.Equal(LoopedCopies.Capacity, raw.Datagrams.Count);
        tester.Node.AssertNoLeak();
    }

    [Fact]
    public void OwnMulticastOnLoopbackInterface_ComesOnce()
    {
        Tester tester = new();
        RawRecorder raw = Record(tester);
        NetInterface lo = tester.Node.Stack.Loopback;
        tester.Node.Stack.Ipv4.Groups.Join(lo, s_group);
        Assert.Equal(Errno.Success, Send(tester, s_group, isLooped: true, 1, 8, lo));
        tester.Settle();
        Assert.Equal("lo", Assert.Single(raw.Interfaces));
    }

    private static RawRecorder Record(Tester tester)
    {
        RawRecorder raw = new() { Takes = true };
        tester.Node.Stack.Ipv4.RawReceiver = raw;
        return raw;
    }

    private static void SendToGroup(Tester tester) => Assert.Empty(WithoutReports(
        tester.ExchangeDatagram(Frames.Datagram(Tester.ToNode with { Protocol = Unknown, Destination = s_group }, [1, 2]), s_groupMac)));

    private static Errno Send(
        Tester tester, Ipv4Address destination, bool isLooped, byte timeToLive, int length, NetInterface? netInterface = null)
    {
        Ipv4Transmission transmission = new()
        {
            Destination = destination,
            Protocol = Unknown,
            TimeToLive = timeToLive,
            Loop = isLooped,
            Interface = netInterface ?? tester.Node.Interface,
        };
        lock (tester.Node.Stack.Gate)
        {
            return tester.Node.Stack.Ipv4.Output.Send(transmission, default, Frames.Pattern(length));
        }
    }

    /// <summary>The datagrams among frames, without the reports of the memberships.</summary>
    private static byte[][] WithoutReports(byte[][] frames) =>
        [.. frames.Where(frame => Frames.IsIpv4(frame) && frame[EthernetHeader.Size + 9] != (byte)Ipv4Protocol.Igmp)];
}
