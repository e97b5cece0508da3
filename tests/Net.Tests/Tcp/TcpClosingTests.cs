using KernelSockets.Net.Tests.Sockets;
using KernelSockets.Sockets;

namespace KernelSockets.Net.Tests.Tcp;

/// <summary>Closing, soft errors, urgent data (RFC 9293, 5461, 1122, 1337), by the numbers of the wire checklist.</summary>
public sealed class TcpClosingTests
{
    private static readonly byte[] s_hello = "hello"u8.ToArray();

    [Fact]
    public void Checklist67_HalfClose_TheOtherDirectionStillWorks()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        Assert.Equal(Errno.Success, socket.Shutdown(ShutdownHow.Write));
        Answer fin = Assert.Single(peer.Settle());
        Assert.Equal(TcpFlags.Fin | TcpFlags.Ack, fin.Flags);
        Assert.Equal(Errno.EPIPE, socket.Send(s_hello).Error);
        peer.AcknowledgeAll(fin);
        Assert.Equal(TcpState.FinWait2, peer.State);
        peer.SendData(s_hello);
        Assert.Equal(s_hello, socket.Receive().Data);
        Answer last = Assert.Single(peer.SendData([], TcpFlags.Fin));
        Assert.Equal(peer.Next, last.Acknowledgement);
        Assert.Equal((0, 1), (socket.Receive().Result.Count, peer.Tester.Node.Stack.Tcp.TimeWaits.Count));
        peer.AssertNothingLeft(socket);
    }

    [Fact]
    public void Checklist67_PeerHalfCloses_TheNodeStillSends()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        Assert.Single(peer.SendData(s_hello, TcpFlags.Fin));
        Assert.Equal(s_hello, socket.Receive().Data);
        Assert.Equal((0, TcpState.CloseWait), (socket.Receive().Result.Count, peer.State));
        Assert.True(socket.Send(s_hello).IsSuccess);
        Answer data = Assert.Single(peer.Settle());
        Assert.Equal(s_hello, data.Data);
        peer.AcknowledgeAll(data);
        socket.Dispose();
        Answer fin = Assert.Single(peer.Settle());
        Assert.Equal((TcpFlags.Fin | TcpFlags.Ack, TcpState.LastAck), (fin.Flags, peer.State));
        peer.AcknowledgeAll(fin);
        peer.AssertNothingLeft();
    }

    [Fact]
    public void Checklist67_Fin_Retransmitted()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        socket.Dispose();
        Answer fin = Assert.Single(peer.Settle());
        Answer[] again = peer.Settle(3.0);
        Assert.InRange(again.Length, 1, 5);
        Assert.All(again, answer => Assert.Equal((fin.Sequence, fin.Flags), (answer.Sequence, answer.Flags)));
        peer.AssertNothingLeft(); // and given up
    }

    [Fact]
    public void Orphan_OfALongRoundTrip_IsGoneAfterAMinute()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        socket.Send(s_hello, MessageFlags.DoNotWait);
        Answer data = peer.Settle()[0];
        peer.Settle(2.0);
        peer.AcknowledgeAll(data); // not measured: the doubling stays
        socket.Dispose();
        peer.Settle(61.0);
        Assert.Empty(peer.Tester.Node.Stack.Tcp.Connections);
        peer.AssertNothingLeft();
    }

    [Fact]
    public void Checklist67_CrossingFins_TimeWait()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        socket.Dispose();
        Answer fin = Assert.Single(peer.Settle());
        Answer answer = Assert.Single(peer.SendData([], TcpFlags.Fin)); // does not acknowledge the node's FIN
        Assert.Equal((peer.Next, TcpState.Closing), (answer.Acknowledgement, peer.State));
        peer.AcknowledgeAll(fin);
        Assert.Equal(1, peer.Tester.Node.Stack.Tcp.TimeWaits.Count);
        peer.AssertNothingLeft();
    }

    [Fact]
    public void Checklist67_FinBehindAHole_CountsWhenTheHoleIsFilled()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(synOptions: Opt.Modern);
        peer.Exchange(TcpFlags.Ack | TcpFlags.Fin, "lo"u8.ToArray(), peer.Next + 3);
        Assert.Equal(TcpState.Established, peer.State);
        Answer answer = Assert.Single(peer.Exchange(TcpFlags.Ack, "hel"u8.ToArray()));
        Assert.Equal((peer.Next + 6, TcpState.CloseWait), (answer.Acknowledgement, peer.State));
        Assert.Equal(s_hello, TcpPeer.ReadAll(socket));
        Assert.Equal(0, socket.Receive().Result.Count);
    }

    [Fact]
    public void Checklist67_FinsAtDifferentPlaces_DoNotMakeDataOfNothing()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(synOptions: Opt.Modern);
        uint start = peer.Next;
        for (uint i = 0; i < 5000; i++)
        {
            peer.Send(TcpFlags.Ack | TcpFlags.Fin, seq: start + 4096 + i);
            peer.Tester.Settle(TimeSpan.FromMicroseconds(1));
        }

        peer.Settle();
        peer.Next += 0;
        for (int i = 0; i < 4096; i += 1024)
        {
            peer.SendData(new byte[1024]);
        }

        Assert.Equal(4096, TcpPeer.ReadAll(socket).Length);
        peer.Tester.AssertAlive();
    }

    [Fact]
    public void Checklist68_TimeWait_AcknowledgesALateFin_SurvivesReset()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        CloseActively(peer, socket);
        Answer answer = Assert.Single(peer.Exchange(TcpFlags.Ack | TcpFlags.Fin, seq: peer.Next - 1));
        Assert.Equal((true, peer.Next, peer.Expected), (answer.IsBareAck, answer.Acknowledgement, answer.Sequence));
        Assert.Empty(peer.Exchange(TcpFlags.Rst));
        Assert.Equal(1, peer.Tester.Node.Stack.Tcp.TimeWaits.Count);
        Assert.Empty(peer.Exchange(TcpFlags.Ack));
        peer.AssertNothingLeft();
    }

    [Fact]
    public void Checklist68_TimeWait_AnswersWithTimestampsWhenTheyWereAgreedOn()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(synOptions: [.. Opt.Modern, .. Opt.Timestamps(500, 0)]);
        peer.Options = static () => Opt.Timestamps(501, 0);
        CloseActively(peer, socket);
        Answer answer = Assert.Single(peer.Exchange(TcpFlags.Ack | TcpFlags.Fin, seq: peer.Next - 1));
        Assert.True(answer.Timestamps is { Echo: 501 }, $"{answer} {Convert.ToHexString(answer.OptionBytes)}");
    }

    [Fact]
    public void Checklist68_TimeWait_ALateFinRestartsIt()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        CloseActively(peer, socket);
        peer.Settle(50.0);
        TimeWaitTable table = peer.Tester.Node.Stack.Tcp.TimeWaits;
        for (int i = 0; i < 1000; i++)
        {
            peer.Send(TcpFlags.Ack | TcpFlags.Fin, seq: peer.Next - 1);
        }

        peer.Settle();
        peer.Settle(50.0);
        Assert.Equal(1, table.Count);
        peer.Settle(11.0);
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void Checklist68_TimeWait_ANewerSynOpensAnew()
    {
        Tester tester = new();
        using TestSocket listener = TestSocket.Listening(tester.Node.Stack, 80);
        TcpPeer peer = new(tester);
        peer.Open();
        Assert.Equal(Errno.Success, listener.Accept(out TestSocket? socket));
        CloseActively(peer, socket!);
        Assert.True(Assert.Single(peer.Exchange(TcpFlags.Syn, seq: peer.Next - 100)).IsBareAck); // an old one
        TcpPeer again = new(tester, isn: peer.Next + 1000);
        again.Open();
        Assert.Equal((TcpState.Established, 0), (again.State, tester.Node.Stack.Tcp.TimeWaits.Count));
    }

    [Fact]
    public void Checklist68_TimeWait_ANewerSyn_WithoutAListenerOrWithAnOldTimestamp_OpensNothing()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(synOptions: [.. Opt.Modern, .. Opt.Timestamps(500, 0)]);
        peer.Options = static () => Opt.Timestamps(501, 0);
        CloseActively(peer, socket);
        Assert.True(Assert.Single(peer.Exchange(TcpFlags.Syn, seq: peer.Next + 1000)).IsBareAck);
        using TestSocket listener = TestSocket.Listening(peer.Tester.Node.Stack, 80);
        Assert.True(Assert.Single(peer.Exchange(TcpFlags.Syn, seq: peer.Next + 1000, options: Opt.Timestamps(400, 0))).IsBareAck);
        Assert.Equal(1, peer.Tester.Node.Stack.Tcp.TimeWaits.Count);
        Assert.Equal(TcpFlags.Syn | TcpFlags.Ack, Assert.Single(peer.Exchange(TcpFlags.Syn, seq: peer.Next + 1000, options: Opt.Timestamps(502, 0))).Flags);
    }

    [Fact]
    public void Checklist68_TimeWait_BoundedInNumber()
    {
        Tester tester = new();
        using TestSocket listener = TestSocket.Listening(tester.Node.Stack, 80);
        for (int i = 0; i < TimeWaitTable.Capacity + 100; i++)
        {
            TcpPeer peer = new(tester, ownPort: (ushort)(1000 + i));
            Answer answer = Step(peer, TcpFlags.Syn)[0];
            peer.Next++;
            peer.Expected = answer.Sequence + 1;
            Step(peer, TcpFlags.Ack);
            Assert.Equal(Errno.Success, listener.Accept(out TestSocket? socket));
            socket!.Dispose();
            peer.Expected++;
            Step(peer, TcpFlags.Ack | TcpFlags.Fin);
        }

        Assert.Equal(TimeWaitTable.Capacity, tester.Node.Stack.Tcp.TimeWaits.Count);
        Assert.Equal(100, tester.Node.Stack.Tcp.Statistics.TimeWaitOverflows);
        new TcpPeer(tester, ownPort: 999).AssertNothingLeft();

        static Answer[] Step(TcpPeer peer, TcpFlags flags)
        {
            peer.Send(flags);
            return peer.Settle(TimeSpan.FromMicroseconds(200));
        }
    }

    [Fact]
    public void Checklist69_CloseWithUnreadData_Reset()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        peer.SendData(s_hello);
        socket.Dispose();
        Answer reset = Assert.Single(peer.Settle());
        Assert.Equal((TcpFlags.Rst | TcpFlags.Ack, peer.Expected), (reset.Flags, reset.Sequence));
        peer.AssertNothingLeft();
    }

    [Fact]
    public void Checklist69_DataAfterClose_Reset()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        socket.Dispose();
        peer.AcknowledgeAll(peer.Settle());
        Answer reset = Assert.Single(peer.SendData(s_hello));
        Assert.Equal(TcpFlags.Rst, reset.Flags & TcpFlags.Rst);
        peer.AssertNothingLeft();
    }

    [Fact]
    public void Checklist69_LingerZero_Reset()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        Assert.Equal(Errno.Success, socket.Set(1, 13, [1, 0, 0, 0, 0, 0, 0, 0]));
        socket.Dispose();
        Answer reset = Assert.Single(peer.Settle());
        Assert.Equal((TcpFlags.Rst, peer.Expected), (reset.Flags & TcpFlags.Rst, reset.Sequence));
        Assert.Empty(peer.Tester.Node.Stack.Tcp.Connections);
        Assert.Equal(0, peer.Tester.Node.Stack.Tcp.TimeWaits.Count);
    }

    [Fact]
    public void Linger_CloseWaitsUntilThePeerHasAll_OrTheTimeIsOver()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        Assert.Equal(Errno.Success, socket.Set(1, 13, [1, 0, 0, 0, 5, 0, 0, 0]));
        socket.Send(s_hello, MessageFlags.DoNotWait);
        peer.Take();
        peer.Tester.Time.After(TimeSpan.FromSeconds(1), () => peer.Send(TcpFlags.Ack, ack: peer.Expected + 6));
        Instant start = peer.Tester.Time.Now;
        socket.Dispose();
        Assert.Equal(1, (peer.Tester.Time.Now - start).TotalSeconds, 2);

        (peer, socket) = TcpPeer.Accepted();
        Assert.Equal(Errno.Success, socket.Set(1, 13, [1, 0, 0, 0, 5, 0, 0, 0]));
        start = peer.Tester.Time.Now;
        socket.Dispose();
        Assert.Equal(5, (peer.Tester.Time.Now - start).TotalSeconds, 2);
        peer.AssertNothingLeft();
    }

    [Fact]
    public void Checklist70_KeepAlive_OffByDefault()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        Assert.Empty(peer.Settle(TimeSpan.FromHours(30)));
        Assert.Equal(TcpState.Established, peer.State);
        Assert.Equal(7200, socket.Get(6, 4)); // TCP_KEEPIDLE
    }

    [Fact]
    public void Checklist70_KeepAlive_ProbesThatAreAnsweredKeepIt_SilenceEndsIt()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        Assert.Equal((Errno.Success, Errno.Success, Errno.Success), (socket.Set(6, 4, 10), socket.Set(6, 5, 2), socket.Set(6, 6, 3)));
        Assert.Equal(Errno.Success, socket.Set(1, 9, 1)); // SO_KEEPALIVE
        for (int i = 0; i < 10; i++)
        {
            Answer probe = Assert.Single(peer.Settle(10.5));
            Assert.Equal((peer.Expected - 1, 0, peer.Next), (probe.Sequence, probe.Length, probe.Acknowledgement));
            Assert.Empty(peer.Exchange(TcpFlags.Ack));
        }

        Answer[] last = peer.Settle(60.0);
        Assert.Equal(3, last.Count(static answer => answer.IsBareAck));
        Assert.Equal(TcpFlags.Rst, last[^1].Flags & TcpFlags.Rst);
        Assert.Equal(Errno.ETIMEDOUT, socket.Receive().Error);
        peer.AssertNothingLeft(socket);
    }

    [Fact]
    public void Checklist70_KeepAliveOfAPeer_Answered()
    {
        (TcpPeer peer, TestSocket _) = TcpPeer.Accepted();
        Answer answer = Assert.Single(peer.Exchange(TcpFlags.Ack, seq: peer.Next - 1));
        Assert.Equal((true, peer.Next), (answer.IsBareAck, answer.Acknowledgement));
    }

    [Theory]
    [InlineData(3, 0)]
    [InlineData(3, 1)]
    [InlineData(3, 2)]
    [InlineData(3, 3)]
    [InlineData(3, 5)]
    [InlineData(11, 0)]
    [InlineData(12, 0)]
    public void Checklist71_IcmpErrors_NeverAbortAConnection(byte type, byte code)
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        socket.Send(s_hello, MessageFlags.DoNotWait);
        Answer sent = Assert.Single(peer.Settle());
        TcpDataTests.IcmpAbout(peer, type, code, 0, sent.Sequence);
        Assert.Equal(TcpState.Established, peer.State);
        peer.AcknowledgeAll(sent);
        peer.SendData(s_hello);
        Assert.Equal(s_hello, socket.Receive().Data);
    }

    [Theory]
    [InlineData(3, 0)]
    [InlineData(3, 1)]
    [InlineData(3, 5)]
    [InlineData(11, 0)]
    public void Checklist71_SoftErrors_DoNotAbortAnAttempt_ButTellWhyItTimedOut(byte type, byte code)
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Connecting();
        TcpDataTests.IcmpAbout(peer, type, code, 0, peer.Expected - 1);
        Assert.Equal(TcpState.SynSent, peer.State);
        peer.Settle(TimeSpan.FromMinutes(10));
        Errno error = socket.Connect(Tester.SelfIp, 4000, MessageFlags.DoNotWait);
        Assert.Contains(error, (Errno[])[Errno.EHOSTUNREACH, Errno.ENETUNREACH, Errno.EOPNOTSUPP]);
    }

    [Fact]
    public void Checklist71_PortUnreachable_EndsAnAttempt_WithAnotherNumberItDoesNot()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Connecting();
        TcpDataTests.IcmpAbout(peer, 3, 3, 0, peer.Expected + 5);
        Assert.Equal(TcpState.SynSent, peer.State);
        TcpDataTests.IcmpAbout(peer, 3, 3, 0, peer.Expected - 1);
        Assert.Equal(Errno.ECONNREFUSED, (Errno)socket.Get(1, 4));
    }

    [Fact]
    public void Checklist72_UrgentPointer_NamesTheByteBehindTheUrgentOne()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        Assert.Equal(Errno.EINVAL, socket.Receive(MessageFlags.OutOfBand | MessageFlags.DoNotWait).Error);
        peer.Exchange(TcpFlags.Ack | TcpFlags.Urg, "abXcd"u8.ToArray(), urgent: 3);
        peer.Next += 5;
        Assert.NotEqual(PollEvents.None, socket.Poll() & PollEvents.Priority);
        Assert.Equal(2, socket.BytesAvailable());
        Assert.Equal("X"u8.ToArray(), socket.Receive(MessageFlags.OutOfBand | MessageFlags.Peek | MessageFlags.DoNotWait).Data);
        Received urgent = socket.Receive(MessageFlags.OutOfBand | MessageFlags.DoNotWait);
        Assert.Equal("X"u8.ToArray(), urgent.Data);
        Assert.Equal(MessageFlags.OutOfBand, urgent.Flags);
        Assert.Equal(Errno.EINVAL, socket.Receive(MessageFlags.OutOfBand | MessageFlags.DoNotWait).Error);
        Assert.Equal("ab"u8.ToArray(), socket.Receive().Data); // reading stops at the mark
        Assert.Equal("cd"u8.ToArray(), socket.Receive().Data);
        Assert.Equal(Errno.EAGAIN, socket.Receive().Error);
    }

    [Fact]
    public void Checklist72_UrgentByteAlone_IsNothingToRead()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        peer.Exchange(TcpFlags.Ack | TcpFlags.Urg, "X"u8.ToArray(), urgent: 1);
        peer.Next += 1;
        Assert.Equal(PollEvents.None, socket.Poll() & PollEvents.Readable);
        Assert.Equal(Errno.EAGAIN, socket.Receive().Error);
        Assert.Equal("X"u8.ToArray(), socket.Receive(MessageFlags.OutOfBand | MessageFlags.DoNotWait).Data);
        peer.SendData([], TcpFlags.Fin);
        Assert.Equal(0, socket.Receive().Result.Count);
    }

    [Fact]
    public void Checklist72_Announced_NotHereYet_TryAgain()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        peer.Exchange(TcpFlags.Ack | TcpFlags.Urg, "ab"u8.ToArray(), urgent: 5);
        peer.Next += 2;
        Assert.Equal(Errno.EAGAIN, socket.Receive(MessageFlags.OutOfBand | MessageFlags.DoNotWait).Error);
        Assert.Equal("ab"u8.ToArray(), socket.Receive().Data);
        peer.SendData("cdXe"u8.ToArray());
        Assert.Equal("X"u8.ToArray(), socket.Receive(MessageFlags.OutOfBand | MessageFlags.DoNotWait).Data);
        Assert.Equal("cd"u8.ToArray(), socket.Receive().Data);
        Assert.Equal("e"u8.ToArray(), socket.Receive().Data);
    }

    [Fact]
    public void Checklist72_RetransmittedInPart_TheMarkStays()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        peer.SendData("ab"u8.ToArray());
        peer.Exchange(TcpFlags.Ack | TcpFlags.Urg, "abcX"u8.ToArray(), seq: peer.Next - 2, urgent: 4);
        Assert.Equal("X"u8.ToArray(), socket.Receive(MessageFlags.OutOfBand | MessageFlags.DoNotWait).Data);
        Assert.Equal("abc"u8.ToArray(), socket.Receive().Data);
    }

    [Fact]
    public void Checklist72_Inline_TheByteStaysInTheStream()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        Assert.Equal(Errno.Success, socket.Set(1, 10, 1)); // SO_OOBINLINE
        peer.Exchange(TcpFlags.Ack | TcpFlags.Urg, "abXcd"u8.ToArray(), urgent: 3);
        Assert.Equal(Errno.EINVAL, socket.Receive(MessageFlags.OutOfBand | MessageFlags.DoNotWait).Error);
        Assert.Equal("abXcd"u8.ToArray(), TcpPeer.ReadAll(socket));
    }

    [Fact]
    public void Checklist72_Sending_TheLastByteIsUrgent()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(synOptions: Opt.Modern);
        Assert.Equal(3, socket.Send("abX"u8.ToArray(), MessageFlags.OutOfBand | MessageFlags.DoNotWait).Count);
        Answer sent = Assert.Single(peer.Settle());
        Assert.Equal((TcpFlags.Urg, 3), (sent.Flags & TcpFlags.Urg, (int)sent.UrgentPointer));
        peer.AcknowledgeAll(sent);
        socket.Send("later"u8.ToArray(), MessageFlags.DoNotWait);
        Assert.Equal(TcpFlags.None, Assert.Single(peer.Settle()).Flags & TcpFlags.Urg);
    }

    private static void CloseActively(TcpPeer peer, TestSocket socket)
    {
        socket.Dispose();
        peer.AcknowledgeAll(peer.Settle());
        Assert.Single(peer.SendData([], TcpFlags.Fin));
        Assert.Equal(1, peer.Tester.Node.Stack.Tcp.TimeWaits.Count);
    }
}
