using KernelSockets.Net.Tests.Sockets;
using KernelSockets.Sockets;

namespace KernelSockets.Net.Tests.Tcp;

/// <summary>Data, loss and windows (RFC 5681, 6298, 6582, 6675, 2018, 7323, 8985), by the numbers of the wire checklist.</summary>
public sealed class TcpDataTests
{
    private const int Segment = 1460;

    [Fact]
    public void Checklist55_OutOfOrder_DuplicateAckAtOnce_TheHoleFilled_OneCumulativeAck()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(synOptions: Opt.Modern);
        byte[] data = Frames.Pattern(30);
        for (uint i = 1; i < 3; i++)
        {
            Answer duplicate = Assert.Single(peer.Exchange(TcpFlags.Ack, data[((int)i * 10)..((int)i * 10 + 10)], peer.Next + (i * 10)));
            Assert.Equal((true, peer.Next), (duplicate.IsBareAck, duplicate.Acknowledgement));
            Assert.Equal((peer.Next + 10, peer.Next + 10 + (i * 10)), Assert.Single(duplicate.Sack));
        }

        Answer all = Assert.Single(peer.Exchange(TcpFlags.Ack, data[..10]));
        Assert.Equal(peer.Next + 30, all.Acknowledgement);
        Assert.Empty(all.Sack);
        Assert.Equal(data, TcpPeer.ReadAll(socket));
    }

    [Fact]
    public void Checklist56_EverySecondFullSegmentAtOnce_ASingleOneWithinHalfASecond()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(synOptions: Opt.Modern);
        PassQuickAcknowledgements(peer, socket);
        byte[] full = new byte[Segment];
        Assert.Empty(peer.SendData(full));
        Answer second = Assert.Single(peer.SendData(full));
        Assert.Equal(peer.Next, second.Acknowledgement);
        Assert.Empty(peer.SendData(full));
        Answer delayed = Assert.Single(peer.Settle(0.49));
        Assert.Equal((true, peer.Next), (delayed.IsBareAck, delayed.Acknowledgement));
        Assert.Empty(peer.Settle(1.0));
    }

    [Fact]
    public void Checklist56_AnswerCarriesTheAcknowledgement()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(synOptions: Opt.Modern);
        PassQuickAcknowledgements(peer, socket);
        peer.SendData([1]);
        Assert.True(socket.Send([2]).IsSuccess);
        Answer answer = Assert.Single(peer.Settle(0.1));
        Assert.Equal((1, peer.Next), (answer.Data.Length, answer.Acknowledgement));
    }

    [Fact]
    public void Checklist57_BlackHole_RtoDoubles_UntilTheUserIsTold()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        socket.Send([1], MessageFlags.DoNotWait);
        Assert.Single(peer.Settle());
        List<double> times = [];
        Instant start = peer.Tester.Time.Now;
        while (peer.State != TcpState.Closed && times.Count < 50)
        {
            foreach (Answer answer in peer.Settle(0.01))
            {
                Assert.Equal([1], answer.Data);
                times.Add((peer.Tester.Time.Now - start).TotalSeconds);
            }
        }

        Assert.InRange(times[0], 0.19, 1.1);
        double[] gaps = [.. times.Zip(times.Skip(1), static (one, two) => two - one)];
        for (int i = 1; i < gaps.Length; i++)
        {
            Assert.InRange(gaps[i], Math.Min(2 * gaps[i - 1], 120) - 0.05, Math.Min(2 * gaps[i - 1], 120) + 0.05);
        }

        Assert.InRange((peer.Tester.Time.Now - start).TotalSeconds, 100, 3600); // RFC 9293 §3.8.3: R2 at least 100 s
        Assert.Equal(Errno.ETIMEDOUT, socket.Receive().Error);
    }

    [Fact]
    public void Checklist57_Karn_AnAcknowledgedRetransmissionIsNotMeasured_AndKeepsTheBackoff()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        TimeSpan timeout = peer.Connection!.Report(peer.Tester.Time.Now).Timeout;
        socket.Send([1], MessageFlags.DoNotWait);
        Answer first = Assert.Single(peer.Settle());
        peer.Settle(2.0); // time-outs
        TimeSpan roundTrip = peer.Connection.Report(peer.Tester.Time.Now).RoundTrip;
        peer.AcknowledgeAll(first);
        Assert.Equal(roundTrip, peer.Connection.Report(peer.Tester.Time.Now).RoundTrip);
        Assert.True(peer.Connection.Report(peer.Tester.Time.Now).Timeout > timeout);
        socket.Send([1], MessageFlags.DoNotWait);
        peer.AcknowledgeAll(peer.Settle());
        Assert.InRange(peer.Connection.Report(peer.Tester.Time.Now).Timeout, TimeSpan.Zero, timeout + timeout); // measured: the doubling ends
    }

    [Fact]
    public void Checklist57_Karn_ASackBlockIsAMeasurementAsWell_AndEndsTheDoubling()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(synOptions: Opt.Modern);
        TimeSpan timeout = peer.Connection!.Report(peer.Tester.Time.Now).Timeout;
        socket.Send(new byte[Segment], MessageFlags.DoNotWait);
        Answer first = Assert.Single(peer.Settle());
        peer.Settle(2.0); // time-outs
        socket.Send(new byte[4 * Segment], MessageFlags.DoNotWait);
        Answer[] behind = peer.AcknowledgeAll(first); // of a retransmission
        Assert.True(behind.Length > 1);
        Assert.True(peer.Connection.Report(peer.Tester.Time.Now).Timeout > 2 * timeout);
        peer.Exchange(TcpFlags.Ack, options: Opt.Sack((behind[^1].Sequence, behind[^1].End)));
        Assert.InRange(peer.Connection.Report(peer.Tester.Time.Now).Timeout, TimeSpan.Zero, 2 * timeout);
    }

    [Fact]
    public void TimestampOfAnAcknowledgedDuplicate_IsNotMeasured()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(synOptions: [.. Opt.Modern, .. Opt.Timestamps(1000, 0)]);
        socket.Send([1], MessageFlags.DoNotWait);
        Answer first = peer.Settle()[0];
        peer.Settle(2.0); // the peer's acknowledgement is lost, and it is sent again
        TimeSpan roundTrip = peer.Connection!.Report(peer.Tester.Time.Now).RoundTrip;
        peer.Exchange(TcpFlags.Ack, ack: first.End, options: [.. Opt.Timestamps(3000, first.Timestamps!.Value.Value), .. Opt.Sack((first.Sequence, first.End))]);
        Assert.Equal(0, peer.Connection.Unacknowledged);
        Assert.Equal(roundTrip, peer.Connection.Report(peer.Tester.Time.Now).RoundTrip);
        peer.AssertNothingLeft(socket);
    }

    [Fact]
    public void Checklist58_InitialWindow_TenSegments_AfterATimeoutOne()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(synOptions: Opt.Modern);
        socket.Send(new byte[40_000], MessageFlags.DoNotWait);
        Answer[] first = peer.Settle();
        Assert.Equal(10, first.Length);
        List<Answer> later = [];
        while (peer.Connection!.Report(peer.Tester.Time.Now).LossState != 4)
        {
            peer.Take();
            peer.Tester.Settle(TimeSpan.FromMilliseconds(1));
        }

        later.AddRange(peer.Settle());
        Assert.Equal(first[0].Sequence, Assert.Single(later).Sequence);
        Assert.Equal(Segment, peer.Connection.Report(peer.Tester.Time.Now).Window);
        peer.Expected = first[0].End;
        Answer[] next = peer.Exchange(TcpFlags.Ack);
        Assert.InRange(next.Length, 1, 2); // slow start
    }

    [Fact]
    public void Checklist59_ThreeDuplicates_RetransmissionBeforeTheTimeout()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(synOptions: Opt.Mss(1460));
        socket.Send(new byte[8 * Segment], MessageFlags.DoNotWait);
        Answer[] sent = peer.Settle();
        Assert.Equal(8, sent.Length);
        Assert.Empty(peer.Exchange(TcpFlags.Ack));
        Assert.Empty(peer.Exchange(TcpFlags.Ack));
        Answer again = Assert.Single(peer.Exchange(TcpFlags.Ack));
        Assert.Equal(sent[0].Sequence, again.Sequence);
        Assert.Equal(0, peer.Statistics.Timeouts);
    }

    [Fact]
    public void Checklist59_WindowUpdatesAreNoDuplicates()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(synOptions: Opt.Mss(1460));
        socket.Send(new byte[8 * Segment], MessageFlags.DoNotWait);
        Assert.Equal(8, peer.Settle().Length);
        for (ushort i = 1; i < 10; i++)
        {
            Assert.Empty(peer.Exchange(TcpFlags.Ack, window: (ushort)(60_000 + i)));
        }

        Assert.Equal(0, peer.Statistics.RetransSegs);
    }

    [Fact]
    public void Checklist59_Sack_RetransmissionOfTheHoleOnly()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(synOptions: Opt.Modern);
        socket.Send(new byte[8 * Segment], MessageFlags.DoNotWait);
        Answer[] sent = peer.Settle();
        List<Answer> again = [];
        for (int i = 3; i < 8; i++)
        {
            again.AddRange(peer.Exchange(TcpFlags.Ack, ack: sent[1].Sequence, options: Opt.Sack((sent[2].Sequence, sent[i].End))));
        }

        Assert.Equal(sent[1].Sequence, Assert.Single(again).Sequence);
        Assert.Equal(0, peer.Statistics.Timeouts);
        Assert.Empty(peer.AcknowledgeAll(sent));
        Assert.Equal(0, peer.Connection!.Unacknowledged);
    }

    [Fact]
    public void Checklist60_ZeroWindow_ProbesBackOff_ForAsLongAsTheyAreAnswered()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(synOptions: Opt.Modern);
        peer.Window = 0;
        peer.Exchange(TcpFlags.Ack);
        socket.Send([7], MessageFlags.DoNotWait);
        List<double> times = [];
        Instant start = peer.Tester.Time.Now;
        while ((peer.Tester.Time.Now - start).TotalHours < 2)
        {
            foreach (Answer probe in peer.Settle(0.05))
            {
                Assert.True(probe.Data.Length <= 1);
                times.Add((peer.Tester.Time.Now - start).TotalSeconds);
                peer.Send(TcpFlags.Ack);
            }
        }

        double[] gaps = [.. times.Zip(times.Skip(1), static (one, two) => two - one)];
        Assert.True(times.Count > 60, "it goes on for ever");
        Assert.True(gaps.Zip(gaps.Skip(1)).Take(8).All(static pair => pair.Second > 1.5 * pair.First), string.Join(' ', gaps.Take(9)));
        Assert.InRange(gaps.Max(), 60, 121);
        Assert.Equal(TcpState.Established, peer.State);
        peer.Window = 1000;
        Answer data = Assert.Single(peer.Exchange(TcpFlags.Ack));
        Assert.Equal([7], data.Data);
    }

    [Fact]
    public void Checklist60_ZeroWindow_NobodyAnswers_GivenUp()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        peer.Window = 0;
        peer.Exchange(TcpFlags.Ack);
        socket.Send([7], MessageFlags.DoNotWait);
        peer.Settle(TimeSpan.FromHours(1));
        Assert.Equal(Errno.ETIMEDOUT, socket.Receive().Error);
        peer.AssertNothingLeft(socket);
    }

    [Fact]
    public void Checklist60_AWindowUpdateThatIsLost_IsFoundByTheProbe()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        peer.Window = 0;
        peer.Exchange(TcpFlags.Ack);
        socket.Send([7], MessageFlags.DoNotWait);
        Answer probe = Assert.Single(peer.Settle(0.5));
        Assert.Empty(probe.Data);
        Assert.Equal(peer.Expected - 1, probe.Sequence); // a number that was acknowledged, so that the peer answers
        peer.Window = 1;
        Assert.Equal([7], Assert.Single(peer.Exchange(TcpFlags.Ack)).Data);
    }

    [Fact]
    public void Checklist61_WindowShrunkBelowSndNxt_Survives()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(synOptions: Opt.Mss(1460));
        socket.Send(Frames.Pattern(8 * Segment), MessageFlags.DoNotWait);
        Answer[] sent = peer.Settle();
        peer.Expected = sent[1].End;
        Assert.Empty(peer.Exchange(TcpFlags.Ack, window: 100));
        socket.Send(new byte[100], MessageFlags.DoNotWait);
        Assert.DoesNotContain(peer.Settle(), answer => (int)(answer.End - sent[^1].End) > 0); // nothing new beyond the window
        Instant start = peer.Tester.Time.Now;
        while ((peer.Tester.Time.Now - start).TotalMinutes < 60)
        {
            peer.Settle(1.0);
            peer.Send(TcpFlags.Ack, window: 0);
        }

        Assert.Equal(TcpState.Established, peer.State); // a peer that answers is not given up
        Answer last = Assert.Single(peer.AcknowledgeAll(sent), static answer => answer.Data.Length > 0);
        Assert.Equal(100, last.Data.Length);
    }

    [Fact]
    public void Checklist62_Receiver_AnnouncesNoSillyWindow()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(prepare: static listener => listener.Set(1, 8, 4096));
        byte[] data = Frames.Pattern(1000);
        Answer[] answers = [];
        while (peer.Connection!.RcvEdge - peer.Connection.RcvNxt > 0)
        {
            answers = peer.SendData(data[..Math.Min(1000, peer.Connection.RcvEdge - peer.Connection.RcvNxt)]);
        }

        peer.Settle(0.1);
        for (int i = 0; i < 500; i++)
        {
            socket.Receive(size: 1); // byte by byte
        }

        Assert.DoesNotContain(peer.Settle(0.1), static answer => answer.Window is > 0 and < 500);
        Answer probe = Assert.Single(peer.Exchange(TcpFlags.Ack, [1]));
        Assert.True(probe.Window is 0 or >= 500, $"a silly window of {probe.Window}");
    }

    [Fact]
    public void Checklist62_Sender_WaitsForAUsefulWindow()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(synOptions: Opt.Mss(1000), window: 4000);
        socket.Send(new byte[10_000], MessageFlags.DoNotWait);
        Answer[] sent = peer.Settle();
        Assert.Equal(4, sent.Length);
        peer.Expected = sent[^1].End;
        Assert.Empty(peer.Exchange(TcpFlags.Ack, window: 10));
        Assert.Equal(10, peer.Settle(5.0).First(static answer => answer.Data.Length > 0).Data.Length); // the override time-out
    }

    [Fact]
    public void Checklist62_Nagle_ASecondSmallSegmentWaits_NoDelayTurnsItOff()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(synOptions: Opt.Modern);
        socket.Send([1], MessageFlags.DoNotWait);
        Answer first = Assert.Single(peer.Settle());
        socket.Send([2], MessageFlags.DoNotWait);
        socket.Send([3], MessageFlags.DoNotWait);
        Assert.Empty(peer.Settle());
        Answer second = Assert.Single(peer.AcknowledgeAll(first));
        Assert.Equal([2, 3], second.Data);
        socket.Send([4], MessageFlags.DoNotWait);
        Assert.Empty(peer.Settle());
        Assert.Equal(Errno.Success, socket.Set(6, 1, 1)); // TCP_NODELAY
        Assert.Equal([4], Assert.Single(peer.Settle()).Data);
        socket.Send([5], MessageFlags.DoNotWait);
        Assert.Equal([5], Assert.Single(peer.Settle()).Data);
    }

    [Fact]
    public void Checklist62_Cork_HoldsSmallSegments_ButNotForEver()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(synOptions: Opt.Modern);
        Assert.Equal(Errno.Success, socket.Set(6, 3, 1)); // TCP_CORK
        socket.Send(new byte[100], MessageFlags.DoNotWait);
        Assert.Empty(peer.Settle());
        socket.Send(new byte[Segment], MessageFlags.DoNotWait);
        Assert.Equal(Segment, Assert.Single(peer.Settle()).Data.Length);
        peer.Expected += Segment;
        peer.Exchange(TcpFlags.Ack);
        Assert.Equal(100, Assert.Single(peer.Settle(0.25)).Data.Length); // tcp(7): a ceiling of 200 ms
        peer.Expected += 100;
        peer.Exchange(TcpFlags.Ack);
        socket.Send([1], MessageFlags.DoNotWait);
        Assert.Empty(peer.Settle());
        Assert.Equal(Errno.Success, socket.Set(6, 3, 0));
        Assert.Single(peer.Settle());
    }

    [Fact]
    public void Checklist62_MoreFollows_WaitsForIt_ButNotForEver()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(synOptions: Opt.Modern);
        socket.Send([1], MessageFlags.DoNotWait | MessageFlags.More);
        Assert.Empty(peer.Settle());
        socket.Send([2], MessageFlags.DoNotWait);
        Answer both = Assert.Single(peer.Settle());
        Assert.Equal([1, 2], both.Data);
        peer.AcknowledgeAll(both);
        socket.Send([3], MessageFlags.DoNotWait | MessageFlags.More);
        Assert.Empty(peer.Settle());
        Assert.Equal([3], Assert.Single(peer.Settle(0.25)).Data);
    }

    [Fact]
    public void Checklist62_MoreFollows_FullSegmentsGo_AndTheRestWaits()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(synOptions: Opt.Modern);
        socket.Send(new byte[(2 * Segment) + 100], MessageFlags.DoNotWait | MessageFlags.More);
        Answer[] full = peer.Settle();
        Assert.Equal([Segment, Segment], full.Select(static answer => answer.Data.Length));
        socket.Send(new byte[50], MessageFlags.DoNotWait | MessageFlags.More);
        Assert.Empty(peer.Settle());
        Assert.Equal(150, Assert.Single(peer.AcknowledgeAll(full)).Data.Length);
    }

    [Fact]
    public void Checklist63_TimestampsAndScale_OnlyWhenOffered()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(synOptions: Opt.Mss(1460));
        socket.Send([1], MessageFlags.DoNotWait);
        Assert.Empty(Assert.Single(peer.Settle()).OptionBytes);

        TcpPeer modern = new(new Tester());
        using TestSocket listener = TestSocket.Listening(modern.Tester.Node.Stack, 80);
        Answer answer = Assert.Single(modern.Exchange(TcpFlags.Syn, options: [.. Opt.Modern, .. Opt.Timestamps(77, 0)]));
        Assert.Equal(77u, answer.Timestamps!.Value.Echo);
        Assert.True(answer.Scale is <= 14 && answer.IsSackPermitted);
        Assert.Equal(1460, (int)answer.MaximumSegment!);
    }

    [Fact]
    public void Checklist63_OwnSyn_OffersAll_ItsWindowIsNotScaled()
    {
        Tester tester = new();
        using TestSocket socket = new(tester.Node.Stack, SocketType.Tcp);
        Assert.Equal(Errno.EINPROGRESS, socket.Connect(Tester.SelfIp, 4000, MessageFlags.DoNotWait));
        TcpPeer peer = new(tester, socket.Name.Port);
        Answer syn = Assert.Single(peer.Settle());
        Assert.Equal((0u, 1460), (syn.Timestamps!.Value.Echo, (int)syn.MaximumSegment!));
        Assert.True(syn.Scale is > 0 and <= 14 && syn.IsSackPermitted && syn.Window > 32_767);
    }

    [Fact]
    public void Checklist63_ScaleAbove14_CountsAs14()
    {
        (TcpPeer peer, TestSocket _) = TcpPeer.Accepted(synOptions: [.. Opt.Mss(1460), .. Opt.Scale(200)]);
        Assert.Equal(14, peer.Connection!.SendScale);
    }

    [Fact]
    public void Checklist63_EchoIsOfTheSegmentThatLastMovedTheWindow()
    {
        uint value = 1000;
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(synOptions: [.. Opt.Modern, .. Opt.Timestamps(1000, 0)]);
        peer.Options = () => Opt.Timestamps(value, 0);
        value = 1010;
        Assert.Equal(1010u, Assert.Single(peer.SendData([1])).Timestamps!.Value.Echo);
        value = 1020;
        Answer hole = Assert.Single(peer.Exchange(TcpFlags.Ack, [3], peer.Next + 1));
        Assert.Equal(1010u, hole.Timestamps!.Value.Echo); // RFC 7323 §4.3 (B): not of one behind a hole
        value = 1030;
        Assert.Equal(1030u, Assert.Single(peer.Exchange(TcpFlags.Ack, [2])).Timestamps!.Value.Echo);
        Assert.Equal([1, 2, 3], TcpPeer.ReadAll(socket));
    }

    [Fact]
    public void Checklist63_OldTimestamp_AckAndDrop_ResetsAreExempt()
    {
        uint value = 0x8000_0000;
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(synOptions: [.. Opt.Modern, .. Opt.Timestamps(value, 0)]);
        peer.Options = () => Opt.Timestamps(value, 0);
        peer.SendData([1]);
        value--;
        Answer answer = Assert.Single(peer.Exchange(TcpFlags.Ack, [2]));
        Assert.Equal((true, peer.Next, 1L), (answer.IsBareAck, answer.Acknowledgement, peer.Statistics.PawsDrops));
        Assert.Equal([1], TcpPeer.ReadAll(socket));
        Assert.Empty(peer.Exchange(TcpFlags.Rst));
        Assert.Equal(TcpState.Closed, peer.State);
    }

    [Fact]
    public void Checklist63_ATimestampOutsideTheWindow_DoesNotPoisonTheConnection()
    {
        uint value = 1000;
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(synOptions: [.. Opt.Modern, .. Opt.Timestamps(value, 0)]);
        peer.Options = () => Opt.Timestamps(value, 0);
        value = 0x4000_0000;
        peer.Exchange(TcpFlags.Ack, [9], seq: peer.Next - 0x2000_0000);
        peer.Exchange(TcpFlags.Rst, seq: peer.Next - 0x2000_0000);
        value = 1001;
        peer.SendData([1]);
        Assert.Equal([1], TcpPeer.ReadAll(socket));
    }

    [Fact]
    public void Checklist64_SackOnlyIfPermitted_NewestBlockFirst()
    {
        (TcpPeer plain, TestSocket _) = TcpPeer.Accepted(synOptions: Opt.Mss(1460));
        Assert.Empty(Assert.Single(plain.Exchange(TcpFlags.Ack, [1], plain.Next + 5)).Sack);

        (TcpPeer peer, TestSocket _) = TcpPeer.Accepted(synOptions: Opt.Modern);
        uint start = peer.Next;
        peer.Exchange(TcpFlags.Ack, [1], start + 10);
        peer.Exchange(TcpFlags.Ack, [1], start + 30);
        Answer answer = Assert.Single(peer.Exchange(TcpFlags.Ack, [1], start + 20));
        Assert.Equal([(start + 20, start + 21), (start + 30, start + 31), (start + 10, start + 11)], answer.Sack);
        Answer again = Assert.Single(peer.Exchange(TcpFlags.Ack, [1], start + 10));
        Assert.Equal((start + 10, start + 11), again.Sack[0]); // D-SACK
    }

    [Fact]
    public void Checklist64_Reneging_Survived()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(synOptions: Opt.Modern);
        byte[] data = Frames.Pattern(6 * Segment);
        socket.Send(data, MessageFlags.DoNotWait);
        Answer[] sent = peer.Settle();
        peer.Exchange(TcpFlags.Ack, ack: sent[0].Sequence, options: Opt.Sack((sent[1].Sequence, sent[^1].End)));
        peer.Expected = sent[0].End;
        peer.Exchange(TcpFlags.Ack); // and now it has thrown everything away
        Answer again = peer.Settle(0.05)[0]; // which the acknowledgement gives away: no whole time-out is waited for
        Assert.Equal(sent[1].Sequence, again.Sequence);
        Assert.Equal(data[Segment..(Segment + again.Data.Length)], again.Data);
        peer.Expected = again.End;
        peer.Exchange(TcpFlags.Ack);
        int received = Segment + again.Data.Length;
        for (int i = 0; i < 200 && received < data.Length; i++)
        {
            foreach (Answer answer in peer.Settle(0.5).Where(answer => answer.Sequence == peer.Expected))
            {
                Assert.Equal(data[received..(received + answer.Data.Length)], answer.Data);
                received += answer.Data.Length;
                peer.Expected = answer.End;
            }

            peer.Exchange(TcpFlags.Ack);
        }

        Assert.Equal(data.Length, received);
    }

    [Fact]
    public void Checklist64_InvertedAndWildBlocks_Ignored()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(synOptions: Opt.Modern);
        socket.Send(new byte[4 * Segment], MessageFlags.DoNotWait);
        Answer[] sent = peer.Settle();
        uint una = sent[0].Sequence;
        (uint, uint)[][] wild =
        [
            [(sent[2].End, sent[1].Sequence)], [(sent[^1].End, sent[^1].End + 1000)], [(sent[^1].End + 5, sent[^1].End + 1)], [(una - 5000, una - 1000)],
            [(una - 10, una + 10)], [(una, una)], [(una + 0x8000_0000, una + 0x9000_0000)], [(una + 1, una + 2), (una + 3, una + 2), (0, uint.MaxValue), (uint.MaxValue, 0)],
        ];
        foreach ((uint, uint)[] blocks in wild)
        {
            peer.Exchange(TcpFlags.Ack, ack: una, options: Opt.Sack(blocks));
            Assert.Equal(0, peer.Connection!.Report(peer.Tester.Time.Now).SackedBytes);
        }

        peer.Exchange(TcpFlags.Ack, ack: una, options: [5, 3, 1, 0]);
        peer.AcknowledgeAll(sent);
        Assert.Equal((0, TcpState.Established), (peer.Connection!.Unacknowledged, peer.State));
    }

    [Fact]
    public void Checklist65_WindowUpdateAsSoonAsTheApplicationReads()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(prepare: static listener => listener.Set(1, 8, 4096));
        while (peer.Connection!.RcvEdge - peer.Connection.RcvNxt > 0)
        {
            peer.SendData(new byte[Math.Min(500, peer.Connection.RcvEdge - peer.Connection.RcvNxt)]);
        }

        peer.Settle(1.0);
        Assert.NotEmpty(TcpPeer.ReadAll(socket));
        Answer update = Assert.Single(peer.Settle());
        Assert.Equal((true, peer.Next), (update.IsBareAck, update.Acknowledgement));
        Assert.InRange(update.Window, 2048, 4096);
    }

    [Fact]
    public void Checklist66_FragmentationNeeded_WithANumberUnderWay_SegmentsFit()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(synOptions: Opt.Modern);
        byte[] data = Frames.Pattern(5000);
        socket.Send(data, MessageFlags.DoNotWait);
        Answer[] sent = peer.Settle();
        Answer[] smaller = IcmpAbout(peer, 3, 4, 600, sent[0].Sequence);
        Assert.NotEmpty(smaller);
        Assert.All(smaller, static answer => Assert.InRange(answer.Size, 40, 600));
        Assert.Equal(sent[0].Sequence, smaller[0].Sequence);
        peer.AcknowledgeAll(sent);
        socket.Send(data, MessageFlags.DoNotWait);
        Assert.Equal(600, peer.Settle().Max(static answer => answer.Size));
    }

    [Fact]
    public void Checklist66_FragmentationNeeded_WithAnotherNumber_Ignored()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(synOptions: Opt.Modern);
        socket.Send(new byte[5000], MessageFlags.DoNotWait);
        Answer[] sent = peer.Settle();
        Answer[] answers = [.. IcmpAbout(peer, 3, 4, 600, sent[0].Sequence - 1), .. IcmpAbout(peer, 3, 4, 600, sent[^1].End)];
        Assert.DoesNotContain(answers, answer => answer.Sequence == sent[0].Sequence);
        Assert.Equal(1500, peer.Connection!.PathMtu);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(68)]
    [InlineData(551)]
    public void Checklist66_TinyMtu_Floor(uint mtu)
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(synOptions: Opt.Modern);
        socket.Send(new byte[5000], MessageFlags.DoNotWait);
        Answer[] sent = peer.Settle();
        Answer[] smaller = IcmpAbout(peer, 3, 4, mtu, sent[0].Sequence);
        Assert.Equal(552, smaller.Max(static answer => answer.Size));
    }

    [Theory]
    [InlineData(1459)]
    [InlineData(1461)]
    [InlineData(4000)]
    public void Checklist66_SegmentsUnderWayAreCutToTheNewSize_WithTheFin(int length)
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(synOptions: Opt.Modern);
        byte[] data = Frames.Pattern(length);
        socket.Send(data, MessageFlags.DoNotWait);
        socket.Shutdown(ShutdownHow.Write);
        Answer[] sent = peer.Settle();
        List<Answer> all = [.. IcmpAbout(peer, 3, 4, 1499, sent[0].Sequence)];
        for (int i = 0; i < 50 && peer.State != TcpState.FinWait2; i++)
        {
            foreach (Answer answer in all.Where(answer => answer.Sequence == peer.Expected && answer.Length > 0).Take(1).ToArray())
            {
                Assert.InRange(answer.Size, 40, 1499);
                peer.Expected = answer.End;
            }

            all.AddRange(peer.Exchange(TcpFlags.Ack));
            all.AddRange(peer.Settle(0.3));
        }

        Assert.Equal(TcpState.FinWait2, peer.State);
    }

    /// <summary>An ICMP error that quotes a segment of the node with a number.</summary>
    internal static Answer[] IcmpAbout(TcpPeer peer, byte type, byte code, uint rest, uint sequence)
    {
        byte[] quoted = new byte[8];
        (quoted[0], quoted[1], quoted[2], quoted[3]) = ((byte)(peer.Port >> 8), (byte)peer.Port, (byte)(peer.OwnPort >> 8), (byte)peer.OwnPort);
        (quoted[4], quoted[5], quoted[6], quoted[7]) = ((byte)(sequence >> 24), (byte)(sequence >> 16), (byte)(sequence >> 8), (byte)sequence);
        Ipv4Fields inner = new() { TimeToLive = 60, Protocol = Ipv4Protocol.Tcp, Source = Tester.Node4, Destination = Tester.Self4, DontFragment = true };
        byte[] datagram = Frames.Datagram(inner, quoted);
        peer.Tester.SendDatagram(Frames.Datagram(Tester.ToNode, Frames.Icmp(new IcmpFields((IcmpType)type, code, rest), datagram)));
        return peer.Settle();
    }

    /// <summary>At the start every segment is acknowledged at once.</summary>
    private static void PassQuickAcknowledgements(TcpPeer peer, TestSocket socket)
    {
        for (int i = 0; i < 20; i++)
        {
            peer.SendData(new byte[Segment]);
            TcpPeer.ReadAll(socket);
        }

        peer.Settle(1.0);
    }
}
