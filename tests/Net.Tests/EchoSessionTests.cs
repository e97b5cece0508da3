using KernelSockets.Simulation;
using PacketDotNet;

namespace KernelSockets.Net.Tests;

/// <summary>The pinger that apps use.</summary>
public sealed class EchoSessionTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private static (Tester Tester, IEchoSession Session, IcmpV4Packet Request, byte[] Frame) Sent(int size = 56)
    {
        Tester tester = new();
        IEchoSession session = tester.Node.OpenEcho(Tester.SelfIp);
        Assert.Equal(Errno.Success, session.Send(5, Frames.Pattern(size), 33));
        tester.Settle();
        byte[] frame = Assert.Single(tester.Probe.Take());
        return (tester, session, Frames.JudgeIcmp(frame), frame);
    }

    private static Ipv4Fields FromSelf(byte timeToLive = 61) => Tester.ToNode with { TimeToLive = timeToLive };

    private static byte[] Reply(IcmpV4Packet request, byte[] data) => Frames.Echo(request.Id, request.Sequence, data, IcmpType.EchoReply);

    [Fact]
    public void Send_Request_IsAnEchoRequestWithoutDf()
    {
        (_, _, IcmpV4Packet request, byte[] frame) = Sent();
        IPv4Packet ip = Frames.JudgeIpv4(frame);
        Assert.Equal(33, ip.TimeToLive);
        Assert.Equal(0, ip.FragmentFlags);
        Assert.Equal(IcmpV4TypeCode.EchoRequest, request.TypeCode);
        Assert.Equal(5, request.Sequence);
        Assert.Equal(Frames.Pattern(56), request.Data);
    }

    [Fact]
    public void Receive_Reply_HasWhatPingPrints()
    {
        (Tester tester, IEchoSession session, IcmpV4Packet request, _) = Sent();
        tester.SendDatagram(Frames.Datagram(FromSelf(), Reply(request, request.Data)));
        Assert.Equal(Errno.Success, session.Receive(Instant.Never, out EchoReply reply));
        Assert.Equal(
            new EchoReply(EchoReplyKind.Reply, 0, Tester.Self4, 5, 61, 64, tester.Time.Now, IsIntact: true), reply);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(55)]
    public void Receive_DamagedReply_IsNotIntact(int place)
    {
        (Tester tester, IEchoSession session, IcmpV4Packet request, _) = Sent();
        byte[] data = request.Data;
        data[place] ^= 4;
        tester.SendDatagram(Frames.Datagram(FromSelf(), Reply(request, data)));
        Assert.Equal(Errno.Success, session.Receive(Instant.Never, out EchoReply reply));
        Assert.False(reply.IsIntact);
    }

    [Fact]
    public void Receive_ShortenedReply_IsNotIntact()
    {
        (Tester tester, IEchoSession session, IcmpV4Packet request, _) = Sent();
        tester.SendDatagram(Frames.Datagram(FromSelf(), Reply(request, request.Data[..40])));
        Assert.Equal(Errno.Success, session.Receive(Instant.Never, out EchoReply reply));
        Assert.False(reply.IsIntact);
        Assert.Equal(48, reply.Length);
    }

    [Fact]
    public void Receive_DuplicatedReply_ComesTwice()
    {
        (Tester tester, IEchoSession session, IcmpV4Packet request, _) = Sent();
        tester.SendDatagram(Frames.Datagram(FromSelf(), Reply(request, request.Data)));
        tester.SendDatagram(Frames.Datagram(FromSelf(), Reply(request, request.Data)));
        Assert.Equal(Errno.Success, session.Receive(Instant.Never, out EchoReply one));
        Assert.Equal(Errno.Success, session.Receive(Instant.Never, out EchoReply two));
        Assert.Equal(one with { ReceivedAt = two.ReceivedAt }, two);
    }

    [Fact]
    public void Receive_RepliesThatAreNotOurs_AreUnmatched()
    {
        (Tester tester, IEchoSession session, IcmpV4Packet request, _) = Sent();
        byte[] data = request.Data;
        tester.SendDatagram(Frames.Datagram(FromSelf(), Frames.Echo((ushort)(request.Id + 1), 5, data, IcmpType.EchoReply)));
        tester.SendDatagram(Frames.Datagram(FromSelf(), Frames.Echo(request.Id, 6, data, IcmpType.EchoReply)));
        tester.SendDatagram(Frames.Datagram(FromSelf() with { Source = Addresses.Ip("10.0.0.66") }, Reply(request, data)));
        Assert.Equal(Errno.ETIME, session.Receive(tester.Time.Now + s_second, out _));
        Assert.Equal(3, tester.Icmp.InUnmatched);
    }

    [Theory]
    [InlineData(3, 1, EchoReplyKind.Unreachable)]
    [InlineData(3, 13, EchoReplyKind.Unreachable)]
    [InlineData(11, 0, EchoReplyKind.TimeExceeded)]
    public void Receive_ErrorAboutOurRequest_TellsWhoAndWhy(byte type, byte code, EchoReplyKind kind)
    {
        (Tester tester, IEchoSession session, _, byte[] frame) = Sent();
        byte[] error = Frames.Icmp(new IcmpFields((IcmpType)type, code, 0), frame.AsSpan(14, 28));
        tester.SendDatagram(Frames.Datagram(FromSelf(250) with { Source = Addresses.Ip("10.0.0.254") }, error));
        Assert.Equal(Errno.Success, session.Receive(Instant.Never, out EchoReply reply));
        Assert.Equal(new EchoReply(kind, code, Addresses.Ip("10.0.0.254"), 5, 250, 36, tester.Time.Now, IsIntact: true), reply);
    }

    [Theory]
    [InlineData(12)] // source in the quotation
    [InlineData(16)] // destination
    [InlineData(20)] // type
    [InlineData(24)] // identifier
    [InlineData(26)] // sequence
    [InlineData(0)] // version
    public void Receive_ErrorThatQuotesAnother_IsIgnored(int offset)
    {
        (Tester tester, IEchoSession session, _, byte[] frame) = Sent();
        byte[] quotation = frame[14..42];
        quotation[offset] ^= 0x80;
        tester.SendDatagram(Frames.Datagram(FromSelf(), Frames.Icmp(new IcmpFields(IcmpType.DestinationUnreachable, 1, 0), quotation)));
        Assert.Equal(Errno.ETIME, session.Receive(tester.Time.Now + s_second, out _));
        Assert.Equal(1, tester.Icmp.InUnmatched + tester.Icmp.InErrors);
    }

    [Fact]
    public void Receive_NobodyAnswers_TimesOutAtTheDeadline()
    {
        (Tester tester, IEchoSession session, _, _) = Sent();
        Instant deadline = tester.Time.Now + s_second;
        Assert.Equal(Errno.ETIME, session.Receive(deadline, out _));
        Assert.Equal(deadline, tester.Time.Now);
    }

    [Fact]
    public void Receive_Interrupted_Eintr()
    {
        (Tester tester, IEchoSession session, _, _) = Sent();
        tester.Node.WaitQueues.Queues[^1].InterruptNext = true;
        Assert.Equal(Errno.EINTR, session.Receive(Instant.Never, out _));
    }

    [Fact]
    public void Receive_NothingCanEverCome_IsAFaultOfTheTest()
    {
        (_, IEchoSession session, _, _) = Sent();
        Assert.Throws<SimulationStalledException>(() => session.Receive(Instant.Never, out _));
    }

    [Fact]
    public void Receive_QueueFull_OverflowCounted()
    {
        (Tester tester, IEchoSession session, IcmpV4Packet request, _) = Sent();
        for (int i = 0; i < EchoSession.QueueCapacity + 3; i++)
        {
            tester.SendDatagram(Frames.Datagram(FromSelf(), Reply(request, request.Data)));
        }

        tester.Settle();
        Assert.Equal(3, tester.Icmp.InSessionOverflows);
        for (int i = 0; i < EchoSession.QueueCapacity; i++)
        {
            Assert.Equal(Errno.Success, session.Receive(tester.Time.Now, out _));
        }

        Assert.Equal(Errno.ETIME, session.Receive(tester.Time.Now, out _));
        tester.Node.AssertNoLeak();
    }

    [Fact]
    public void Open_TooMany_Enobufs_UntilOneIsClosed()
    {
        Tester tester = new();
        List<IEchoSession> sessions = [];
        for (int i = 0; i < EchoSessionTable.Capacity; i++)
        {
            sessions.Add(tester.Node.OpenEcho(Tester.SelfIp));
        }

        Assert.Equal(EchoSessionTable.Capacity, sessions.Select(session => ((EchoSession)session).Identifier).Distinct().Count());
        Assert.Equal(Errno.ENOBUFS, tester.Node.Control.TryOpenEcho(Tester.Self4, out IEchoSession? none));
        Assert.Null(none);
        sessions[3].Dispose();
        sessions[3].Dispose();
        tester.Node.OpenEcho(Tester.SelfIp).Dispose();
    }

    [Fact]
    public void Closed_SendAndReceive_Ebadf()
    {
        (Tester tester, IEchoSession session, IcmpV4Packet request, _) = Sent();
        session.Dispose();
        Assert.Equal(Errno.EBADF, session.Send(1, [], 64));
        Assert.Equal(Errno.EBADF, session.Receive(Instant.Never, out _));
        tester.SendDatagram(Frames.Datagram(FromSelf(), Reply(request, request.Data)));
        tester.Settle();
        Assert.Equal(1, tester.Icmp.InUnmatched);
    }

    [Fact]
    public void ClosedWhileWaiting_WaiterGetsEbadf()
    {
        (Tester tester, IEchoSession session, _, _) = Sent();
        tester.Time.After(s_second, session.Dispose);
        Assert.Equal(Errno.EBADF, session.Receive(Instant.Never, out _));
    }

    [Fact]
    public void Send_Impossible_SaysWhy()
    {
        Tester tester = new();
        using IEchoSession session = tester.Node.OpenEcho(Tester.SelfIp);
        using IEchoSession elsewhere = tester.Node.OpenEcho("192.168.7.7");
        using IEchoSession nowhere = tester.Node.OpenEcho("0.0.0.0");
        Assert.Equal(Errno.ENETUNREACH, elsewhere.Send(1, [], 64));
        Assert.Equal(Errno.ENETUNREACH, nowhere.Send(1, [], 64));
        Assert.Equal(Errno.EINVAL, session.Send(1, [], 0));
        Assert.Equal(Errno.EMSGSIZE, session.Send(1, new byte[70_000], 64));
        tester.Node.Device.SetLink(false);
        Assert.Equal(Errno.ENETDOWN, session.Send(1, [], 64));
        tester.Node.AssertNoLeak();
    }

    [Fact]
    public void Send_ThroughTheGateway_GoesToItsHardwareAddress()
    {
        Tester tester = new();
        Assert.Equal(Errno.Success, tester.Node.Control.SetGateway(Tester.Self4));
        using IEchoSession session = tester.Node.OpenEcho("192.0.2.9");
        Assert.Equal(Errno.Success, session.Send(1, [], 64));
        tester.Settle();
        byte[] frame = Assert.Single(tester.Probe.Take());
        Assert.Equal(Tester.SelfMac, MacAddress.Read(frame));
        Assert.Equal("192.0.2.9", Frames.JudgeIpv4(frame).DestinationAddress.ToString());
    }

    [Theory]
    [InlineData("255.255.255.255")]
    [InlineData("10.0.0.255")]
    public void Send_ToBroadcast_AnswerOfAnyoneCounts(string destination)
    {
        Tester tester = new();
        using IEchoSession session = tester.Node.OpenEcho(destination);
        Assert.Equal(Errno.Success, session.Send(1, [], 64));
        tester.Settle();
        byte[] frame = Assert.Single(tester.Probe.Take());
        Assert.Equal(MacAddress.Broadcast, MacAddress.Read(frame));
        tester.SendDatagram(Frames.Datagram(FromSelf(), Reply(Frames.JudgeIcmp(frame), [])));
        Assert.Equal(Errno.Success, session.Receive(Instant.Never, out EchoReply reply));
        Assert.Equal(Tester.Self4, reply.Source);
    }

    [Fact]
    public void Send_ToAMulticastGroup_GoesToItsHardwareAddress()
    {
        Tester tester = new();
        using IEchoSession session = tester.Node.OpenEcho("239.129.2.3");
        Assert.Equal(Errno.Success, session.Send(1, [], 64));
        tester.Settle();
        Assert.Equal(Addresses.Mac("01:00:5e:01:02:03"), MacAddress.Read(Assert.Single(tester.Probe.Take())));
    }
}
