using KernelSockets.Net.Tests.Sockets;
using KernelSockets.Sockets;

namespace KernelSockets.Net.Tests.Tcp;

/// <summary>Opening connections (RFC 9293 §3.5, RFC 6528, 6056, 4987), by the numbers of the wire checklist.</summary>
public sealed class TcpOpeningTests
{
    private const TcpFlags SynAck = TcpFlags.Syn | TcpFlags.Ack;
    private const TcpFlags RstAck = TcpFlags.Rst | TcpFlags.Ack;

    [Fact]
    public void Checklist33_SynToAClosedPort_ResetThatAcknowledgesAllOfIt()
    {
        TcpPeer peer = new(new Tester(), port: 81);
        Answer plain = Assert.Single(peer.Exchange(TcpFlags.Syn, seq: 1000));
        Assert.Equal((RstAck, 0u, 1001u, (ushort)0), (plain.Flags, plain.Sequence, plain.Acknowledgement, plain.Window));
        Answer withData = Assert.Single(peer.Exchange(TcpFlags.Syn | TcpFlags.Fin, new byte[10], seq: uint.MaxValue));
        Assert.Equal((RstAck, 0u, 11u), (withData.Flags, withData.Sequence, withData.Acknowledgement));
        peer.AssertNothingLeft();
    }

    [Fact]
    public void Checklist34_AckToAClosedPort_ResetAtItsAcknowledgement()
    {
        TcpPeer peer = new(new Tester(), port: 81);
        Answer answer = Assert.Single(peer.Exchange(TcpFlags.Ack, seq: 5, ack: 77));
        Assert.Equal((TcpFlags.Rst, 77u), (answer.Flags, answer.Sequence));
        Assert.Empty(peer.Exchange(TcpFlags.Rst, seq: 5));
        Assert.Empty(peer.Exchange(RstAck, seq: 5, ack: 77));
    }

    [Fact]
    public void Checklist35_Listen_AckIsReset_RstAndNoFlagsAreIgnored()
    {
        TcpPeer peer = new(new Tester());
        using TestSocket listener = TestSocket.Listening(peer.Tester.Node.Stack, 80);
        Answer answer = Assert.Single(peer.Exchange(TcpFlags.Ack, seq: 5, ack: 77));
        Assert.Equal((TcpFlags.Rst, 77u), (answer.Flags, answer.Sequence));
        Assert.Equal((TcpFlags.Rst, 78u), (Assert.Single(peer.Exchange(SynAck, seq: 5, ack: 78)) is var second ? (second.Flags, second.Sequence) : default));
        foreach (TcpFlags flags in (TcpFlags[])[TcpFlags.Rst, TcpFlags.Rst | TcpFlags.Syn, RstAck, TcpFlags.None, TcpFlags.Psh, TcpFlags.Urg, TcpFlags.Fin, TcpFlags.Syn | TcpFlags.Fin])
        {
            Assert.Empty(peer.Exchange(flags, seq: 5));
        }

        Assert.Empty(peer.Tester.Node.Stack.Tcp.Connections);
    }

    [Fact]
    public void Checklist36_BadChecksum_Silence()
    {
        TcpPeer peer = new(new Tester());
        using TestSocket listener = TestSocket.Listening(peer.Tester.Node.Stack, 80);
        byte[] syn = peer.Make(TcpFlags.Syn);
        syn[16] ^= 1;
        peer.SendRaw(syn);
        Assert.Empty(peer.Settle());
        Assert.Equal((1, 1), (peer.Statistics.InCsumErrors, peer.Statistics.InErrs));
        peer.Open();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(15)]
    public void Checklist36_DataOffsetImpossible_Silence(int words)
    {
        TcpPeer peer = new(new Tester());
        using TestSocket listener = TestSocket.Listening(peer.Tester.Node.Stack, 80);
        byte[] syn = peer.Make(TcpFlags.Syn);
        syn[12] = (byte)(words << 4);
        peer.SendRaw(TcpPeer.Seal(syn));
        Assert.Empty(peer.Settle());
        Assert.Equal(1, peer.Statistics.InErrs);
        peer.Open();
    }

    [Fact]
    public void Checklist37_UnknownOption_Skipped()
    {
        TcpPeer peer = new(new Tester());
        using TestSocket listener = TestSocket.Listening(peer.Tester.Node.Stack, 80);
        peer.Open([254, 6, 0xF9, 0x89, 1, 2, 2, 4, 0x05, 0x00, 1, 30, 3, 9]);
        Assert.Equal(1280, peer.Connection!.PeerSegment);
    }

    [Theory]
    [InlineData(new byte[] { 2, 0, 5, 180 })]
    [InlineData(new byte[] { 2, 1, 5, 180 })]
    [InlineData(new byte[] { 1, 1, 1, 2 })]
    [InlineData(new byte[] { 5, 40, 0, 0 })]
    [InlineData(new byte[] { 254, 255, 0, 0 })]
    [InlineData(new byte[] { 3, 3, 200, 0 })]
    [InlineData(new byte[] { 2, 3, 9, 0 })]
    [InlineData(new byte[] { 8, 4, 9, 0 })]
    [InlineData(new byte[] { 5, 5, 9, 9, 9, 0, 0, 0 })]
    public void Checklist37_OptionWithABadLength_Survived(byte[] options)
    {
        TcpPeer peer = new(new Tester());
        using TestSocket listener = TestSocket.Listening(peer.Tester.Node.Stack, 80);
        peer.Open(options);
        Assert.Equal((536, false), (peer.Connection!.PeerSegment, peer.Connection.HasTimestamps));
        Assert.InRange(peer.Connection.SendScale, 0, 14);
        Assert.Equal(TcpState.Established, peer.State);
    }

    [Fact]
    public void Checklist37_UnalignedOptions_Parsed()
    {
        TcpPeer peer = new(new Tester());
        using TestSocket listener = TestSocket.Listening(peer.Tester.Node.Stack, 80);
        Answer answer = Assert.Single(peer.Exchange(TcpFlags.Syn, options: [3, 3, 5, 8, 10, 0, 0, 0, 9, 0, 0, 0, 0, 2, 4, 4, 0, 4, 2]));
        Assert.Equal(9u, answer.Timestamps!.Value.Echo);
        Assert.True(answer.IsSackPermitted);
        Assert.Equal((1024, 5), (peer.Connection!.PeerSegment, peer.Connection.SendScale));
    }

    [Fact]
    public void Checklist38_NoMssOption_SegmentsOf536AtMost()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        socket.Send(new byte[3000], MessageFlags.DoNotWait);
        Answer[] answers = peer.Settle();
        Assert.Equal(536, answers.Max(answer => answer.Data.Length));
        Assert.All(answers, answer => Assert.Null(answer.MaximumSegment));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(47)]
    public void Checklist38_TinyMss_Clamped(ushort size)
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(synOptions: Opt.Mss(size));
        socket.Send(new byte[3000], MessageFlags.DoNotWait);
        Answer[] answers = peer.Settle();
        Assert.InRange(answers.Max(answer => answer.Data.Length), 48, 88);
    }

    [Fact]
    public void Checklist38_MssOnlyOnSyn()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Connected(synOptions: [.. Opt.Modern, .. Opt.Timestamps(1, 0)]);
        peer.Options = () => Opt.Timestamps(2, 0);
        socket.Send(new byte[5000], MessageFlags.DoNotWait);
        Answer[] answers = [.. peer.Settle(), .. peer.SendData(new byte[100]), .. peer.Settle(0.3)];
        Assert.NotEmpty(answers);
        Assert.All(answers, answer => Assert.Null(answer.MaximumSegment));
        Assert.All(answers, answer => Assert.Null(answer.Scale));
        Assert.All(answers, answer => Assert.InRange(answer.Size, 40, 1500));
    }

    [Fact]
    public void Checklist39_SynToBroadcast_OrFromMulticast_Silence()
    {
        Tester tester = new();
        using TestSocket listener = TestSocket.Listening(tester.Node.Stack, 80);
        foreach ((string source, string destination, bool isLinkBroadcast) in new[]
                 { (Tester.SelfIp, "10.0.0.255", true), (Tester.SelfIp, "255.255.255.255", true), ("224.0.0.1", Tester.NodeIp, false), (Tester.SelfIp, Tester.NodeIp, true), (Tester.SelfIp, "224.0.0.1", true) })
        {
            Ipv4Fields ip = Tester.ToNode with { Protocol = Ipv4Protocol.Tcp, Source = Addresses.Ip(source), Destination = Addresses.Ip(destination) };
            byte[] segment = new TcpPeer(tester).Make(TcpFlags.Syn);
            (segment[16], segment[17]) = (0, 0);
            TcpFields.WriteChecksum(segment, ip.Source, ip.Destination);
            MacAddress mac = isLinkBroadcast ? MacAddress.Broadcast : Tester.NodeMac;
            Assert.Empty(tester.Exchange(Frames.Ethernet(mac, Tester.SelfMac, EtherType.Ipv4, Frames.Datagram(ip, segment))));
        }

        Assert.Empty(tester.Node.Stack.Tcp.Connections);
    }

    [Fact]
    public void Checklist40_SimultaneousOpen_Completes()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Connecting();
        Answer answer = Assert.Single(peer.Exchange(TcpFlags.Syn, options: [.. Opt.Mss(1460), .. Opt.Scale(7)]));
        Assert.Equal((SynAck, peer.Expected - 1, peer.Isn + 1), (answer.Flags, answer.Sequence, answer.Acknowledgement));
        Assert.Equal(TcpState.SynReceived, peer.State);
        peer.Send(SynAck, seq: peer.Isn, window: 1000, options: [.. Opt.Mss(1460), .. Opt.Scale(7)]);
        peer.Settle();
        Assert.Equal((TcpState.Established, 1000), (peer.State, peer.Connection!.SndWnd)); // the window of a SYN is not scaled
        peer.Next = peer.Isn + 1;
        Assert.Equal(Errno.Success, socket.Connect(Tester.SelfIp, 4000, MessageFlags.DoNotWait));
        peer.SendData("hello"u8.ToArray());
        Assert.Equal("hello"u8.ToArray(), socket.Receive().Data);
    }

    [Fact]
    public void Checklist40_SimultaneousOpen_CompletesWithAPlainAck()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Connecting();
        peer.Exchange(TcpFlags.Syn);
        peer.Next = peer.Isn + 1;
        peer.Exchange(TcpFlags.Ack);
        Assert.Equal(TcpState.Established, peer.State);
        Assert.NotEqual(PollEvents.None, socket.Poll() & PollEvents.Writable);
    }

    [Fact]
    public void Checklist41_SynSent_BadAck_Reset()
    {
        (TcpPeer peer, TestSocket _) = TcpPeer.Connecting();
        foreach (uint ack in (uint[])[peer.Expected - 1, peer.Expected + 1, peer.Expected + 0x4000_0000])
        {
            Answer answer = Assert.Single(peer.Exchange(SynAck, ack: ack));
            Assert.Equal((TcpFlags.Rst, ack), (answer.Flags, answer.Sequence));
            Assert.Equal(TcpState.SynSent, peer.State);
        }
    }

    [Fact]
    public void Checklist41_SynSent_RstWithABadAckIgnored_AGoodOneRefuses()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Connecting();
        Assert.Empty(peer.Exchange(RstAck, ack: peer.Expected + 1));
        Assert.Empty(peer.Exchange(TcpFlags.Rst));
        Assert.Equal(TcpState.SynSent, peer.State);
        Assert.Empty(peer.Exchange(RstAck, ack: peer.Expected));
        Assert.Equal(PollEvents.Error | PollEvents.HangUp | PollEvents.Readable | PollEvents.Writable | PollEvents.ReadHangUp, socket.Poll());
        Assert.Equal(Errno.ECONNREFUSED, socket.Connect(Tester.SelfIp, 4000, MessageFlags.DoNotWait));
        peer.AssertNothingLeft(socket);
    }

    [Fact]
    public void Checklist42_SynReceived_BadAck_Reset()
    {
        TcpPeer peer = new(new Tester());
        using TestSocket listener = TestSocket.Listening(peer.Tester.Node.Stack, 80);
        Answer answer = Assert.Single(peer.Exchange(TcpFlags.Syn));
        peer.Next++;
        Answer reset = Assert.Single(peer.Exchange(TcpFlags.Ack, ack: answer.Sequence + 2));
        Assert.Equal((TcpFlags.Rst, answer.Sequence + 2), (reset.Flags, reset.Sequence));
        Assert.Equal(TcpState.SynReceived, peer.State);
        peer.Exchange(TcpFlags.Ack, ack: answer.Sequence + 1);
        Assert.Equal(TcpState.Established, peer.State);
    }

    [Fact]
    public void Checklist42_SynReceived_Reset_BackToListen()
    {
        TcpPeer peer = new(new Tester());
        using TestSocket listener = TestSocket.Listening(peer.Tester.Node.Stack, 80);
        peer.Exchange(TcpFlags.Syn);
        peer.Next++;
        Assert.Empty(peer.Exchange(TcpFlags.Rst));
        Assert.Empty(peer.Tester.Node.Stack.Tcp.Connections);
        Assert.Equal(Errno.EAGAIN, listener.Accept(out _));
        peer.Next = peer.Isn;
        peer.Open();
        Assert.Equal(Errno.Success, listener.Accept(out _));
    }

    [Fact]
    public void Checklist42_SynAgain_SynAckAgain()
    {
        TcpPeer peer = new(new Tester());
        using TestSocket listener = TestSocket.Listening(peer.Tester.Node.Stack, 80);
        Answer first = Assert.Single(peer.Exchange(TcpFlags.Syn));
        Answer second = Assert.Single(peer.Exchange(TcpFlags.Syn));
        Assert.Equal((SynAck, first.Sequence), (second.Flags, second.Sequence));
    }

    [Fact]
    public void Checklist43_SynAckRepeatedWithBackoff_ThenGivenUp()
    {
        TcpPeer peer = new(new Tester());
        using TestSocket listener = TestSocket.Listening(peer.Tester.Node.Stack, 80);
        peer.Exchange(TcpFlags.Syn);
        List<double> gaps = Gaps(peer, TimeSpan.FromMinutes(5), SynAck);
        Assert.InRange(gaps.Count, 3, 8);
        AssertDoubling(gaps);
        Assert.Empty(peer.Tester.Node.Stack.Tcp.Connections);
        peer.Exchange(TcpFlags.Syn);
        peer.Settle(60.0); // as long as a flood of them may stay
        Assert.Empty(peer.Tester.Node.Stack.Tcp.Connections);
    }

    [Fact]
    public void LateHandshake_IsNoRoundTrip_ThoughTheTimestampOfTheFirstSynAckComesBack()
    {
        TcpPeer peer = new(new Tester());
        using TestSocket listener = TestSocket.Listening(peer.Tester.Node.Stack, 80);
        Answer first = peer.Exchange(TcpFlags.Syn, options: [.. Opt.Modern, .. Opt.Timestamps(1000, 0)])[0];
        Assert.Equal(3, peer.Settle(10.0).Length); // it comes three times more, and each time the peer's ACK is lost
        (peer.Next, peer.Expected) = (peer.Isn + 1, first.Sequence + 1);
        peer.Exchange(TcpFlags.Ack, options: Opt.Timestamps(11_000, first.Timestamps!.Value.Value));
        Assert.Equal(TcpState.Established, peer.State);
        Assert.Equal(TimeSpan.FromSeconds(3), peer.Connection!.Report(peer.Tester.Time.Now).Timeout); // RFC 6298 (5.7)
        Assert.Equal(Errno.Success, listener.Accept(out TestSocket? socket));
        peer.AssertNothingLeft(socket!);
    }

    [Fact]
    public void Checklist43_SynRepeatedWithBackoff_GivenUpAfterThreeMinutes()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Connecting();
        Instant start = peer.Tester.Time.Now;
        List<double> gaps = Gaps(peer, TimeSpan.FromMinutes(10), TcpFlags.Syn);
        AssertDoubling(gaps);
        Assert.InRange(gaps[0], 0.99, 3.01);
        Assert.Equal(Errno.ETIMEDOUT, socket.Connect(Tester.SelfIp, 4000, MessageFlags.DoNotWait));

        (peer, socket) = TcpPeer.Connecting();
        start = peer.Tester.Time.Now;
        while (peer.State == TcpState.SynSent)
        {
            peer.Settle(1.0);
        }

        Assert.InRange((peer.Tester.Time.Now - start).TotalSeconds, 180, 600);
    }

    [Fact]
    public void Checklist43_SendTimeoutEndsAWaitingConnect()
    {
        Tester tester = new();
        using TestSocket socket = new(tester.Node.Stack, SocketType.Tcp);
        Assert.Equal(Errno.Success, socket.Set(1, 21, [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])); // SO_SNDTIMEO
        Instant start = tester.Time.Now;
        Assert.Equal(Errno.EINPROGRESS, socket.Connect(Tester.SelfIp, 4000));
        Assert.Equal(2, (tester.Time.Now - start).TotalSeconds, 3);
        Assert.Equal(Errno.EALREADY, socket.Connect(Tester.SelfIp, 4000, MessageFlags.DoNotWait));
    }

    [Fact]
    public void Checklist44_InitialSequence_GrowsWithTheClockForTheSameTuple()
    {
        Tester tester = new();
        using TestSocket listener = TestSocket.Listening(tester.Node.Stack, 80);
        TcpPeer peer = new(tester);
        uint first = Assert.Single(peer.Exchange(TcpFlags.Syn)).Sequence;
        peer.Exchange(TcpFlags.Rst, seq: peer.Isn + 1);
        peer.Settle(1.0);
        uint second = Assert.Single(peer.Exchange(TcpFlags.Syn)).Sequence;
        Assert.InRange(second - first, 250_000u, 260_000u); // a tick each 4 µs
    }

    [Fact]
    public void Checklist44_InitialSequence_UnpredictableAcrossTuples()
    {
        Tester tester = new();
        using TestSocket listener = TestSocket.Listening(tester.Node.Stack, 80, backlog: 4000);
        List<uint> numbers = [];
        for (ushort port = 1000; port < 2000; port++)
        {
            numbers.Add(Assert.Single(new TcpPeer(tester, ownPort: port).Exchange(TcpFlags.Syn)).Sequence);
        }

        HashSet<uint> steps = [.. numbers.Zip(numbers.Skip(1), static (one, two) => two - one)];
        Assert.InRange(steps.Count, 990, 999);
        Assert.InRange(numbers.Count(static number => number >= 0x8000_0000), 400, 600);
    }

    [Fact]
    public void Checklist45_ThousandConnects_PortsAreNotSequential()
    {
        Tester tester = new();
        List<ushort> ports = [];
        for (int i = 0; i < 1000; i++)
        {
            using TestSocket socket = new(tester.Node.Stack, SocketType.Tcp);
            Assert.Equal(Errno.EINPROGRESS, socket.Connect(Tester.SelfIp, 4000, MessageFlags.DoNotWait));
            ports.Add(socket.Name.Port);
        }

        Assert.InRange(ports.Zip(ports.Skip(1)).Count(static pair => Math.Abs(pair.First - pair.Second) <= 1), 0, 5);
        Assert.InRange(ports.Distinct().Count(), 950, 1000);
        Assert.All(ports, static port => Assert.InRange(port, (ushort)32_768, (ushort)60_999));
    }

    [Fact]
    public void Checklist46_FullBacklogOfHalfOpenOnes_Cookies_TheHandshakeStillWorks()
    {
        Tester tester = new();
        using TestSocket listener = TestSocket.Listening(tester.Node.Stack, 80, backlog: 4);
        Flood(tester, 100);
        Assert.True(tester.Node.Stack.Tcp.Statistics.SyncookiesSent >= 90);
        Assert.InRange(tester.Node.Stack.Tcp.Connections.Count, 1, 5);
        TcpPeer peer = new(tester, ownPort: 999);
        peer.Open([.. Opt.Modern, .. Opt.Timestamps(100, 0)], static answer => Opt.Timestamps(101, answer.Timestamps!.Value.Value));
        peer.SendData("hello"u8.ToArray());
        Assert.Equal((7, true, true), (peer.Connection!.SendScale, peer.Connection.HasSack, peer.Connection.HasTimestamps));
        Assert.Equal(1460, peer.Connection.PeerSegment);
        Assert.Equal(Errno.Success, listener.Accept(out TestSocket? socket));
        Assert.Equal("hello"u8.ToArray(), socket!.Receive().Data);
    }

    [Fact]
    public void Checklist46_CookieWithoutTimestamps_GoesWithoutOptions()
    {
        Tester tester = new();
        using TestSocket listener = TestSocket.Listening(tester.Node.Stack, 80, backlog: 0);
        Flood(tester, 10);
        TcpPeer peer = new(tester, ownPort: 999);
        Answer answer = peer.Open(Opt.Modern);
        Assert.Equal((null, false), (answer.Scale, answer.IsSackPermitted));
        Assert.Equal((0, false, 1460), (peer.Connection!.SendScale, peer.Connection.HasSack, peer.Connection.PeerSegment));
        Assert.Equal(TimeSpan.FromSeconds(3), peer.Connection.Report(tester.Time.Now).Timeout); // RFC 6298 (5.7): no round trip is known
    }

    [Fact]
    public void Checklist46_ForgedCookie_Reset()
    {
        Tester tester = new();
        using TestSocket listener = TestSocket.Listening(tester.Node.Stack, 80, backlog: 0);
        Flood(tester, 10);
        TcpPeer peer = new(tester, ownPort: 999);
        Answer cookie = Assert.Single(peer.Exchange(TcpFlags.Syn));
        for (uint i = 1; i < 100; i++)
        {
            Assert.Equal(TcpFlags.Rst, Assert.Single(peer.Exchange(TcpFlags.Ack, seq: peer.Isn + 1, ack: cookie.Sequence + 1 + (i * 7919))).Flags);
        }

        peer.Settle(TimeSpan.FromMinutes(4));
        Assert.Equal(TcpFlags.Rst, Assert.Single(peer.Exchange(TcpFlags.Ack, seq: peer.Isn + 1, ack: cookie.Sequence + 1)).Flags); // it is too old
        Assert.DoesNotContain(tester.Node.Stack.Tcp.Connections, static connection => connection.Key.RemotePort == 999);
    }

    [Fact]
    public void Checklist46_EstablishedServiceGoesOnUnderAFlood()
    {
        Tester tester = new();
        using TestSocket listener = TestSocket.Listening(tester.Node.Stack, 80, backlog: 4);
        TcpPeer peer = new(tester, ownPort: 999);
        peer.Open(Opt.Modern);
        Assert.Equal(Errno.Success, listener.Accept(out TestSocket? socket));
        for (int i = 0; i < 20; i++)
        {
            Flood(tester, 50);
            peer.SendData("ping"u8.ToArray());
            Assert.Equal("ping"u8.ToArray(), socket!.Receive().Data);
            Assert.True(socket.Send("pong"u8.ToArray()).IsSuccess);
            Answer pong = Assert.Single(peer.Settle(), static answer => answer.Data.Length > 0);
            Assert.Equal("pong"u8.ToArray(), pong.Data);
            peer.AcknowledgeAll(pong);
        }
    }

    [Fact]
    public void BacklogOfFinishedOnesIsFull_SynsAreDropped_UntilOneIsAccepted()
    {
        Tester tester = new();
        using TestSocket listener = TestSocket.Listening(tester.Node.Stack, 80, backlog: 1);
        new TcpPeer(tester, ownPort: 1001).Open();
        new TcpPeer(tester, ownPort: 1002).Open(); // as Linux, one more than was asked for
        TcpPeer third = new(tester, ownPort: 1003);
        Assert.Empty(third.Exchange(TcpFlags.Syn));
        Assert.Equal(1, third.Statistics.ListenOverflows);
        Assert.Equal(Errno.Success, listener.Accept(out _));
        third.Open();
    }

    [Fact]
    public void QueueThatIsMoreThanHalfFull_IsACrowd_UntilItIsAcceptedOrClosed()
    {
        Tester tester = new();
        NetStack stack = tester.Node.Stack;
        TestSocket listener = TestSocket.Listening(stack, 80, backlog: 4);
        for (ushort i = 1; i <= 3; i++)
        {
            Assert.False(stack.IsCrowded);
            new TcpPeer(tester, ownPort: i).Open();
        }

        Assert.True(stack.IsCrowded);
        Assert.Equal(Errno.Success, listener.Accept(out _));
        Assert.False(stack.IsCrowded);
        new TcpPeer(tester, ownPort: 9).Open();
        Assert.True(stack.IsCrowded);
        listener.Dispose();
        Assert.False(stack.IsCrowded);
    }

    [Fact]
    public void InitialWindow_AfterTwoLostSyns_OneSegment()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Connecting();
        peer.Settle(4.0);
        peer.Exchange(SynAck, seq: peer.Isn, options: Opt.Modern);
        peer.Next = peer.Isn + 1;
        socket.Send(new byte[20_000], MessageFlags.DoNotWait);
        Assert.Single(peer.Settle());
    }

    private static void Flood(Tester tester, int count)
    {
        for (int i = 0; i < count; i++)
        {
            new TcpPeer(tester, ownPort: (ushort)(20_000 + i), isn: (uint)(i * 7919)).Send(TcpFlags.Syn);
            tester.Settle(TimeSpan.FromMicroseconds(100));
        }

        tester.Probe.Take();
    }

    private static List<double> Gaps(TcpPeer peer, TimeSpan limit, TcpFlags expected)
    {
        Instant last = peer.Tester.Time.Now;
        Instant end = last + limit;
        List<double> gaps = [];
        while (peer.Tester.Time.Now < end)
        {
            foreach (Answer answer in peer.Settle(0.01))
            {
                Assert.Equal(expected, answer.Flags);
                gaps.Add((peer.Tester.Time.Now - last).TotalSeconds);
                last = peer.Tester.Time.Now;
            }
        }

        return gaps;
    }

    private static void AssertDoubling(List<double> gaps)
    {
        for (int i = 1; i < gaps.Count; i++)
        {
            Assert.InRange(gaps[i], Math.Min(2 * gaps[i - 1], 120) - 0.1, Math.Min(2 * gaps[i - 1], 120) + 0.1);
        }
    }
}
