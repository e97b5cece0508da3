using System.Buffers.Binary;

namespace KernelSockets.Net.Tests;

/// <summary>IGMP version 2 of a host on the wire (RFC 2236), and its manners with routers of versions 1 and 3.</summary>
public sealed class IgmpTests
{
    private const int TypeOffset = EthernetHeader.Size + 24; // behind an IP header with router alert

    private static readonly Ipv4Address s_group = Addresses.Ip("239.1.2.3");
    private static readonly Ipv4Address s_other = Addresses.Ip("239.1.2.4");
    private static readonly Ipv4Address s_router = Addresses.Ip("10.0.0.254");

    private readonly Tester _tester = new();

    private IgmpStatistics Statistics => _tester.Node.Stack.Igmp.Statistics;

    [Fact]
    public void Join_TwoReportsToTheGroup()
    {
        Join(s_group);
        byte[] report = Assert.Single(TakeIgmp());
        AssertMessage(report, IgmpType.ReportVersion2, s_group, s_group);
        _tester.Settle(Igmp.UnsolicitedReportInterval);
        AssertMessage(Assert.Single(TakeIgmp()), IgmpType.ReportVersion2, s_group, s_group);
        _tester.Settle(TimeSpan.FromMinutes(10));
        Assert.Empty(TakeIgmp());
        Assert.Equal(2, Statistics.OutReports);
        _tester.AssertAlive();
    }

    [Fact]
    public void JoinedTwice_ReportedForTheFirst_LeftForTheLast()
    {
        Join(s_group);
        _tester.Settle(Igmp.UnsolicitedReportInterval);
        Assert.Equal(2, TakeIgmp().Length);
        Join(s_group);
        Leave(s_group);
        _tester.Settle(Igmp.UnsolicitedReportInterval);
        Assert.Empty(TakeIgmp());
        Leave(s_group);
        AssertMessage(Assert.Single(TakeIgmp()), IgmpType.LeaveGroup, s_group, Addresses.Ip("224.0.0.2"));
        _tester.Settle(Igmp.UnsolicitedReportInterval);
        Assert.Empty(TakeIgmp());
        Assert.Equal(1, Statistics.OutLeaves);
    }

    [Fact]
    public void LeaveBeforeTheSecondReport_CancelsIt()
    {
        Join(s_group);
        Leave(s_group);
        Assert.Equal([IgmpType.ReportVersion2, IgmpType.LeaveGroup], TakeIgmp().Select(TypeOf));
        _tester.Settle(Igmp.UnsolicitedReportInterval);
        Assert.Empty(TakeIgmp());
    }

    [Fact]
    public void AllHostsAndLoopback_AreNeverReported()
    {
        Join(Ipv4Groups.AllHosts);
        Join(s_group, _tester.Node.Stack.Loopback);
        Query(Ipv4Address.Any, 1);
        _tester.Settle(Igmp.UnsolicitedReportInterval);
        Leave(Ipv4Groups.AllHosts);
        Leave(s_group, _tester.Node.Stack.Loopback);
        Assert.Empty(TakeIgmp());
        Assert.Equal(0, _tester.Node.Stack.Loopback.Device.Statistics.TransmittedPackets);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(255)]
    public void GeneralQuery_EveryGroupIsReportedOnceInTime(int tenths)
    {
        for (uint i = 0; i < 20; i++)
        {
            Join(new Ipv4Address(s_group.Value + i));
        }

        _tester.Settle(Igmp.UnsolicitedReportInterval);
        TakeIgmp();
        Query(Ipv4Address.Any, (byte)tenths);
        _tester.Settle(TimeSpan.FromSeconds(tenths / 10.0) + TimeSpan.FromMilliseconds(20));
        byte[][] reports = TakeIgmp();
        Assert.Equal(20, reports.Select(GroupOf).Distinct().Count());
        Assert.Equal(20, reports.Length);
        Assert.All(reports, report => AssertMessage(report, IgmpType.ReportVersion2, GroupOf(report), GroupOf(report)));
        _tester.Settle(TimeSpan.FromSeconds(30));
        Assert.Empty(TakeIgmp());
    }

    [Fact]
    public void GeneralQuery_AnswersAreSpread()
    {
        List<Instant> at = [];
        for (uint i = 0; i < 50; i++)
        {
            Join(new Ipv4Address(s_group.Value + i));
        }

        _tester.Settle(Igmp.UnsolicitedReportInterval);
        Instant start = _tester.Time.Now;
        _tester.Probe.Arrived = _ => at.Add(_tester.Time.Now);
        Query(Ipv4Address.Any, 100);
        at.Clear(); // the query itself
        _tester.Settle(TimeSpan.FromSeconds(10.1));
        Assert.Equal(50, at.Count);
        Assert.Contains(at, moment => moment < start + TimeSpan.FromSeconds(3));
        Assert.Contains(at, moment => moment > start + TimeSpan.FromSeconds(7));
    }

    [Fact]
    public void GroupSpecificQuery_OnlyThatGroup()
    {
        JoinQuietly(s_group, s_other);
        Query(s_other, 10);
        _tester.Settle(TimeSpan.FromSeconds(2));
        AssertMessage(Assert.Single(TakeIgmp()), IgmpType.ReportVersion2, s_other, s_other);
        Query(Addresses.Ip("239.9.9.9"), 10, toGroup: Ipv4Groups.AllHosts);
        _tester.Settle(TimeSpan.FromSeconds(2));
        Assert.Empty(TakeIgmp());
        Assert.Equal(2, Statistics.InQueries);
    }

    [Fact]
    public void SecondQuery_WithLessTime_MovesTheAnswerForward_WithMoreTimeDoesNot()
    {
        JoinQuietly(s_group);
        Query(s_group, 255);
        Instant first = DeadlineOf(s_group);
        Query(s_group, 255);
        Assert.Equal(first, DeadlineOf(s_group));
        Query(s_group, 1);
        Assert.True(DeadlineOf(s_group) <= Instant.Min(first, _tester.Time.Now + TimeSpan.FromMilliseconds(100)));
        _tester.Settle(TimeSpan.FromSeconds(30));
        Assert.Single(TakeIgmp());
    }

    [Theory]
    [InlineData(IgmpType.ReportVersion1)]
    [InlineData(IgmpType.ReportVersion2)]
    public void ReportOfAnother_SuppressesOurs_AndTheLeave(IgmpType type)
    {
        JoinQuietly(s_group);
        Query(s_group, 100);
        Report(type, s_group);
        _tester.Settle(TimeSpan.FromSeconds(11));
        Leave(s_group);
        Assert.Empty(TakeIgmp());
        Assert.Equal((1, 1, 0), (Statistics.InReports, Statistics.ReportsSuppressed, Statistics.OutLeaves));
    }

    [Fact]
    public void ReportOfAnother_WhileNothingIsDue_LeavesTheLeaveToUs()
    {
        JoinQuietly(s_group);
        Report(IgmpType.ReportVersion2, s_group);
        Leave(s_group);
        Assert.Equal(IgmpType.LeaveGroup, TypeOf(Assert.Single(TakeIgmp())));
    }

    [Fact]
    public void ReportAboutAnotherGroup_SuppressesNothing()
    {
        JoinQuietly(s_group, s_other);
        Query(s_group, 10);
        Report(IgmpType.ReportVersion2, s_other);
        Report(IgmpType.ReportVersion2, Addresses.Ip("239.9.9.9"), Ipv4Groups.AllHosts);
        _tester.Settle(TimeSpan.FromSeconds(2));
        Assert.Single(TakeIgmp());
        Assert.Equal((0, 1), (Statistics.ReportsSuppressed, Statistics.InIgnored));
    }

    [Fact]
    public void ReportAfterSuppression_MakesUsTheLastReporterAgain()
    {
        JoinQuietly(s_group);
        Query(s_group, 100);
        Report(IgmpType.ReportVersion2, s_group);
        Query(s_group, 10);
        _tester.Settle(TimeSpan.FromSeconds(2));
        Leave(s_group);
        Assert.Equal([IgmpType.ReportVersion2, IgmpType.LeaveGroup], TakeIgmp().Select(TypeOf));
    }

    [Fact]
    public void Version1Router_GetsItsReportsAndNoLeaves_UntilItIsGone()
    {
        JoinQuietly(s_group);
        Query(Ipv4Address.Any, 0);
        _tester.Settle(Igmp.Version1ResponseTime);
        AssertMessage(Assert.Single(TakeIgmp()), IgmpType.ReportVersion1, s_group, s_group);
        Leave(s_group);
        Assert.Empty(TakeIgmp());
        Join(s_group);
        Assert.Equal(IgmpType.ReportVersion1, TypeOf(Assert.Single(TakeIgmp())));

        _tester.Settle(Igmp.Version1RouterTimeout);
        TakeIgmp();
        Query(Ipv4Address.Any, 10);
        _tester.Settle(TimeSpan.FromSeconds(2));
        Assert.Equal(IgmpType.ReportVersion2, TypeOf(Assert.Single(TakeIgmp())));
        Leave(s_group);
        Assert.Equal(IgmpType.LeaveGroup, TypeOf(Assert.Single(TakeIgmp())));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(0)] // a code that only version 3 reads as "at once"
    public void Version3Query_IsAnsweredInVersion2(int code)
    {
        JoinQuietly(s_group);
        byte[] query = [0x11, (byte)code, 0, 0, .. Bytes(s_group), 2, 125, 0, 1, 10, 0, 0, 9];
        SendChecked(query, s_group);
        _tester.Settle(TimeSpan.FromSeconds(2));
        Assert.Equal(IgmpType.ReportVersion2, TypeOf(Assert.Single(TakeIgmp())));
    }

    [Theory]
    [InlineData("11 0a 00 00 00 00")] // too short
    [InlineData("11 0a 00 00 00 00 00 00 00 00")] // a length no version has
    [InlineData("11 0a 00 00 0a 00 00 02")] // about an address that is no group
    public void MalformedQuery_IsCountedAndIgnored(string bytes)
    {
        JoinQuietly(s_group);
        SendChecked(Convert.FromHexString(bytes.Replace(" ", string.Empty, StringComparison.Ordinal)), Ipv4Groups.AllHosts);
        _tester.Settle(TimeSpan.FromSeconds(30));
        Assert.Empty(TakeIgmp());
        Assert.Equal(1, Statistics.InErrors);
        _tester.AssertAlive();
    }

    [Fact]
    public void BadChecksum_IsCountedAndIgnored()
    {
        JoinQuietly(s_group);
        byte[] query = Message(IgmpType.MembershipQuery, 10, Ipv4Address.Any);
        query[2] ^= 1;
        SendRaw(query, Ipv4Groups.AllHosts);
        _tester.Settle(TimeSpan.FromSeconds(30));
        Assert.Empty(TakeIgmp());
        Assert.Equal((1, 1), (Statistics.InMsgs, Statistics.InErrors));
    }

    [Theory]
    [InlineData(0x17)] // another host leaves
    [InlineData(0x22)] // report of version 3
    [InlineData(0x13)] // DVMRP
    public void NoConcernOfAHost_IsIgnored(byte type)
    {
        JoinQuietly(s_group);
        SendChecked([type, 0, 0, 0, .. Bytes(s_group)], s_group);
        _tester.Settle(TimeSpan.FromSeconds(30));
        Assert.Empty(TakeIgmp());
        Assert.Equal(1, Statistics.InIgnored);
    }

    [Fact]
    public void LinkDownAndUp_GroupsAreReportedAnew()
    {
        JoinQuietly(s_group, s_other);
        Query(Ipv4Address.Any, 100);
        _tester.Node.Device.SetLink(false);
        _tester.Settle(TimeSpan.FromSeconds(30));
        Assert.Equal(0, Statistics.OutErrors); // nothing was tried
        _tester.Node.Device.SetLink(true);
        _tester.Settle(Igmp.UnsolicitedReportInterval);
        Assert.Equal(4, TakeIgmp().Length);
    }

    [Fact]
    public void JoinedWithoutLink_IsReportedWhenThereIsOne()
    {
        _tester.Node.Device.SetLink(false);
        _tester.Settle();
        Join(s_group);
        _tester.Settle(TimeSpan.FromSeconds(30));
        _tester.Node.Device.SetLink(true);
        _tester.Settle(Igmp.UnsolicitedReportInterval);
        Assert.Equal(2, TakeIgmp().Length);
        Assert.Equal(0, Statistics.OutErrors);
    }

    [Fact]
    public void InterfaceDownAndUp_GroupsAreReportedAnew()
    {
        JoinQuietly(s_group);
        Assert.Equal(Errno.Success, _tester.Node.Control.SetUp("eth0", isUp: false));
        _tester.Settle(TimeSpan.FromSeconds(30));
        Assert.Empty(TakeIgmp());
        Assert.Equal(Errno.Success, _tester.Node.Control.SetUp("eth0", isUp: true));
        _tester.Settle(TimeSpan.FromMilliseconds(1));
        Assert.Single(TakeIgmp());
    }

    [Fact]
    public void AddressChanged_ReportsComeFromTheNewOne()
    {
        JoinQuietly(s_group);
        Assert.Equal(Errno.Success, _tester.Node.Control.SetAddress("eth0", Addresses.Ip("10.0.0.9"), 24));
        _tester.Settle(Igmp.UnsolicitedReportInterval);
        byte[][] reports = TakeIgmp();
        Assert.Equal(2, reports.Length);
        Assert.All(reports, report => Assert.Equal("10.0.0.9", Frames.JudgeIpv4(report).SourceAddress.ToString()));
    }

    [Fact]
    public void WithoutAnAddress_ReportsComeFromNobody()
    {
        Assert.Equal(Errno.Success, _tester.Node.Control.SetAddress("eth0", Ipv4Address.Any, 0));
        Join(s_group);
        Assert.Equal("0.0.0.0", Frames.JudgeIpv4(Assert.Single(TakeIgmp())).SourceAddress.ToString());
    }

    [Fact]
    public void OwnReports_AreNotHeard()
    {
        Join(s_group);
        byte[] report = Assert.Single(TakeIgmp());
        _tester.Exchange(report); // a hub or a bridge reflects it
        Assert.True(Find(s_group).IsLastReporter);
        Assert.Equal(0, Statistics.InReports);
    }

    [Fact]
    public void RawSocket_GetsTheMessage()
    {
        RawRecorder raw = new();
        _tester.Node.Stack.Ipv4.RawReceiver = raw;
        JoinQuietly(s_group);
        Query(s_group, 10);
        Assert.Equal(0x11, Assert.Single(raw.Datagrams)[24]);
    }

    [Fact]
    public void QueryFlood_OneAnswerForAll_NoBufferHeld()
    {
        JoinQuietly(s_group);
        for (int i = 0; i < 1000; i++)
        {
            SendChecked(Message(IgmpType.MembershipQuery, 100, Ipv4Address.Any), Ipv4Groups.AllHosts, settle: i % 100 == 99);
        }

        _tester.Settle(TimeSpan.FromSeconds(11));
        Assert.Single(TakeIgmp());
        Assert.Equal(1000, Statistics.InQueries);
        _tester.AssertAlive();
    }

    [Fact]
    public void NoBuffers_IsCounted_AndTheSecondReportMakesUpForIt()
    {
        List<PacketBuffer> taken = [];
        while (_tester.Node.Pool.TryTake() is { } buffer)
        {
            taken.Add(buffer);
        }

        Join(s_group);
        Assert.Equal((1, 0), (Statistics.OutErrors, Statistics.OutReports));
        taken.ForEach(buffer => buffer.Release());
        _tester.Settle(Igmp.UnsolicitedReportInterval);
        Assert.Single(TakeIgmp());
    }

    private static byte[] Bytes(Ipv4Address address)
    {
        byte[] bytes = new byte[Ipv4Address.Size];
        address.Write(bytes);
        return bytes;
    }

    private static byte[] Message(IgmpType type, byte tenths, Ipv4Address group)
    {
        byte[] message = new byte[IgmpMessage.Size];
        new IgmpFields(type, tenths, group).Emit(message);
        return message;
    }

    private static IgmpType TypeOf(byte[] frame) => (IgmpType)frame[TypeOffset];

    private static Ipv4Address GroupOf(byte[] frame) => Ipv4Address.Read(frame.AsSpan(TypeOffset + 4));

    /// <summary>PacketDotNet reads the frame, and all of it is compared by hand as well.</summary>
    private static void AssertMessage(byte[] frame, IgmpType type, Ipv4Address group, Ipv4Address destination)
    {
        PacketDotNet.IPv4Packet ip = Frames.JudgeIpv4(frame);
        Assert.Equal((Tester.NodeIp, destination.ToString()), (ip.SourceAddress.ToString(), ip.DestinationAddress.ToString()));
        Assert.Equal((1, 6), (ip.TimeToLive, ip.HeaderLength));
        Assert.Equal([0x94, 0x04, 0x00, 0x00], frame[(TypeOffset - 4)..TypeOffset]);
        Assert.Equal(NetInterface.MulticastAddress(destination), MacAddress.Read(frame));
        Assert.Equal((type, (byte)0, group), (TypeOf(frame), frame[TypeOffset + 1], GroupOf(frame)));
        if (ip.PayloadPacket is PacketDotNet.IgmpV2Packet igmp) // it does not know reports of version 1
        {
            Assert.Equal(((byte)type, group.ToString(), 0), ((byte)igmp.Type, igmp.GroupAddress.ToString(), igmp.MaxResponseTime));
        }

        Assert.True(InternetChecksum.IsValid(frame.AsSpan(TypeOffset, IgmpMessage.Size)));
    }

    private byte[][] TakeIgmp() => [.. _tester.Probe.Take().Where(frame => Frames.IsIpv4(frame) && frame[EthernetHeader.Size + 9] == 2)];

    private void Join(Ipv4Address group, NetInterface? netInterface = null) => Change(
        groups => groups.Join(netInterface ?? _tester.Node.Interface, group));

    private void Leave(Ipv4Address group, NetInterface? netInterface = null) => Change(
        groups => groups.Leave(netInterface ?? _tester.Node.Interface, group));

    private void Change(Func<Ipv4Groups, Errno> change)
    {
        lock (_tester.Node.Stack.Gate)
        {
            Assert.Equal(Errno.Success, change(_tester.Node.Stack.Ipv4.Groups));
        }

        _tester.Settle(TimeSpan.FromMilliseconds(1));
    }

    /// <summary>Joins, and waits until all unsolicited reports are sent.</summary>
    private void JoinQuietly(params Ipv4Address[] groups)
    {
        foreach (Ipv4Address group in groups)
        {
            Join(group);
        }

        _tester.Settle(Igmp.UnsolicitedReportInterval);
        TakeIgmp();
    }

    private Ipv4Membership Find(Ipv4Address group) => _tester.Node.Stack.Ipv4.Groups.Find(_tester.Node.Interface, group)!;

    private Instant DeadlineOf(Ipv4Address group) => Find(group).ReportTimer.Deadline;

    private void Query(Ipv4Address group, byte tenths, Ipv4Address? toGroup = null) => SendChecked(
        Message(IgmpType.MembershipQuery, tenths, group), toGroup ?? (group.IsAny ? Ipv4Groups.AllHosts : group));

    private void Report(IgmpType type, Ipv4Address group, Ipv4Address? toGroup = null) => SendChecked(Message(type, 0, group), toGroup ?? group);

    private void SendChecked(byte[] message, Ipv4Address destination, bool settle = true)
    {
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), 0);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), InternetChecksum.Compute(message));
        SendRaw(message, destination, settle);
    }

    private void SendRaw(byte[] message, Ipv4Address destination, bool settle = true)
    {
        Ipv4Fields ip = new()
        {
            Protocol = Ipv4Protocol.Igmp,
            TimeToLive = 1,
            Source = s_router,
            Destination = destination,
        };
        byte[] datagram = Frames.Datagram(ip, message, Ipv4Options.RouterAlertOption);
        _tester.Probe.Send(Frames.Ethernet(NetInterface.MulticastAddress(destination), Tester.SelfMac, EtherType.Ipv4, datagram));
        if (settle)
        {
            _tester.Settle(TimeSpan.FromMilliseconds(1));
        }
    }
}
