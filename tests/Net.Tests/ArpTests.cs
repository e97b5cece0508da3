namespace KernelSockets.Net.Tests;

/// <summary>ARP on the wire: RFC 826, RFC 5227, RFC 1122 §2.3.2.</summary>
public sealed class ArpTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly MacAddress s_otherMac = Addresses.Mac("52:54:00:00:00:99");

    private static ArpFields Request(Ipv4Address sender, Ipv4Address target, MacAddress? mac = null) =>
        new(ArpOperation.Request, mac ?? Tester.SelfMac, sender, MacAddress.Any, target);

    private static ArpFields Reply(Ipv4Address sender, MacAddress mac) =>
        new(ArpOperation.Reply, mac, sender, Tester.NodeMac, Tester.Node4);

    private static PacketDotNet.ArpPacket JudgeArp(byte[] frame) =>
        Assert.IsType<PacketDotNet.ArpPacket>(Frames.Judge(frame).PayloadPacket);

    private static bool IsRequestFor(byte[] frame, string address) =>
        Frames.IsArp(frame) && JudgeArp(frame) is { Operation: PacketDotNet.ArpOperation.Request } packet
        && packet.TargetProtocolAddress.ToString() == address;

    [Fact]
    public void Item1_RequestForUs_UnicastReplyAndSenderLearnt()
    {
        Tester tester = new(isKnown: false);
        byte[] frame = Assert.Single(tester.ExchangeArp(Request(Tester.Self4, Tester.Node4)));
        Assert.Equal(Tester.SelfMac, MacAddress.Read(frame));
        PacketDotNet.ArpPacket reply = JudgeArp(frame);
        Assert.Equal(PacketDotNet.ArpOperation.Response, reply.Operation);
        Assert.Equal(Tester.NodeIp, reply.SenderProtocolAddress.ToString());
        Assert.Equal(Tester.SelfIp, reply.TargetProtocolAddress.ToString());
        Assert.Equal(Tester.NodeMac, MacAddress.Read(reply.SenderHardwareAddress.GetAddressBytes()));
        NeighbourInformation learnt = Assert.Single(tester.Node.Control.Neighbours());
        Assert.Equal(new NeighbourInformation(Tester.Self4, Tester.SelfMac, "STALE", "eth0"), learnt);
    }

    [Fact]
    public void Item2_RequestForAnother_Silence()
    {
        Tester tester = new(isKnown: false);
        Assert.Empty(tester.ExchangeArp(Request(Tester.Self4, Addresses.Ip("10.0.0.3"))));
        Assert.Empty(tester.Node.Control.Neighbours());
    }

    [Fact]
    public void Item3_Probe_ReplyAndNothingLearnt()
    {
        Tester tester = new(isKnown: false);
        byte[] frame = Assert.Single(tester.ExchangeArp(Request(Ipv4Address.Any, Tester.Node4)));
        Assert.Equal(Tester.SelfMac, MacAddress.Read(frame));
        Assert.Equal("0.0.0.0", JudgeArp(frame).TargetProtocolAddress.ToString());
        Assert.Empty(tester.Node.Control.Neighbours());
        Assert.Empty(tester.Node.Conflicts);
    }

    [Theory]
    [InlineData(1, 99)] // hardware type
    [InlineData(2, 0x86)] // protocol type
    [InlineData(4, 255)] // hardware length
    [InlineData(5, 16)] // protocol length
    [InlineData(7, 9)] // operation
    [InlineData(8, 1)] // sender's MAC is a group
    [InlineData(14, 0xE0)] // sender's address is a group
    [InlineData(14, 127)] // sender's address is loopback
    public void Item4_Garbage_SilenceAndAlive(int offset, byte value)
    {
        Tester tester = new();
        byte[] packet = Frames.Arp(Request(Tester.Self4, Tester.Node4));
        packet[offset] = value;
        tester.AssertSilence(Frames.Ethernet(MacAddress.Broadcast, Tester.SelfMac, EtherType.Arp, packet));
        Assert.Equal(1, tester.Arp.InErrors);
    }

    [Fact]
    public void Item4_TooShort_SilenceAndAlive()
    {
        Tester tester = new();
        byte[] frame = Frames.Ethernet(MacAddress.Broadcast, Tester.SelfMac, EtherType.Arp, new byte[10]);
        PacketBuffer buffer = tester.Node.Pool.TryTake()!;
        buffer.SetReceived(0, frame.Length);
        frame.CopyTo(buffer.Data);
        tester.Node.Interface.Receive(buffer); // past the wire, which would pad it
        buffer.Release();
        Assert.Equal(1, tester.Arp.InErrors);
        tester.AssertAlive();
    }

    [Fact]
    public void Item5_ClaimOfOurAddress_DefendedOnceAndReported()
    {
        Tester tester = new(isKnown: false);
        ArpFields claim = Request(Tester.Node4, Tester.Node4, s_otherMac);
        byte[] defence = Assert.Single(tester.ExchangeArp(claim));
        Assert.Equal(MacAddress.Broadcast, MacAddress.Read(defence));
        PacketDotNet.ArpPacket judge = JudgeArp(defence);
        Assert.Equal(Tester.NodeIp, judge.SenderProtocolAddress.ToString());
        Assert.Equal(Tester.NodeIp, judge.TargetProtocolAddress.ToString());
        Assert.Empty(tester.ExchangeArp(claim));
        Assert.Equal([(Tester.Node4, s_otherMac)], tester.Node.Conflicts);
        Assert.Equal(2, tester.Arp.AddressConflicts);

        tester.Settle(Arp.DefendInterval);
        Assert.Single(tester.ExchangeArp(claim));
        Assert.Equal(2, tester.Node.Conflicts.Count);
        Assert.Equal(Tester.Node4, tester.Node.Interface.Address);
    }

    [Fact]
    public void Item6_NeighbourThatDoesNotAnswer_OneRequestASecondThenUnreachable()
    {
        Tester tester = new(isKnown: false);
        using Pinger session = tester.Node.OpenEcho("10.0.0.77");
        List<Instant> requests = [];
        tester.Probe.Arrived = frame =>
        {
            if (IsRequestFor(frame, "10.0.0.77"))
            {
                requests.Add(tester.Time.Now);
            }
        };
        for (ushort i = 0; i < 10; i++)
        {
            Assert.Equal(Errno.Success, session.Send(i, Frames.Pattern(56), 64));
        }

        Assert.Equal("INCOMPLETE", tester.Node.NeighbourState("10.0.0.77"));
        Assert.Equal(Neighbour.MaximumPending, tester.Node.Stack.Arp.PendingPackets);
        Assert.Equal(10 - Neighbour.MaximumPending, tester.Arp.UnresolvedDiscards);
        for (int i = 10 - Neighbour.MaximumPending; i < 10; i++)
        {
            Assert.Equal(Errno.Success, session.Receive(Instant.Never, out EchoAnswer reply));
            Assert.Equal(IcmpType.DestinationUnreachable, reply.Type);
            Assert.Equal(i, reply.Sequence);
            Assert.Equal(Tester.Node4, reply.Source);
        }

        Assert.Equal("FAILED", tester.Node.NeighbourState("10.0.0.77"));
        Assert.Equal(Arp.MaximumSolicitations, requests.Count);
        Assert.All(requests.Zip(requests.Skip(1)), pair => Assert.True(pair.Second - pair.First >= s_second));
        Assert.Equal(1, tester.Arp.ResolutionsFailed);
        tester.Node.AssertNoLeak();
        tester.Settle(Arp.FailedLifetime);
        Assert.Null(tester.Node.NeighbourState("10.0.0.77"));
    }

    [Fact]
    public void Item6_PacketsToAFailedNeighbour_StillAtMostOneRequestASecond()
    {
        Tester tester = new(isKnown: false);
        using Pinger session = tester.Node.OpenEcho("10.0.0.77");
        for (ushort i = 0; i < 200; i++)
        {
            session.Send(i, [], 64);
            tester.Settle(TimeSpan.FromMilliseconds(100));
        }

        int requests = tester.Probe.Take().Count(frame => IsRequestFor(frame, "10.0.0.77"));
        Assert.InRange(requests, 15, 21);
    }

    [Fact]
    public void Item7_UsedNeighbour_IsReprobedByUnicastAndKept()
    {
        Tester tester = new(isKnown: false);
        tester.Probe.Arrived = frame => AnswerAsSelf(tester, frame);
        using Pinger session = tester.Node.OpenEcho(Tester.SelfIp);
        session.Send(1, [], 64);
        tester.Settle();
        Assert.Equal("REACHABLE", tester.Node.NeighbourState(Tester.SelfIp));
        tester.Settle(Arp.ReachableTime);
        Assert.Equal("STALE", tester.Node.NeighbourState(Tester.SelfIp));
        session.Send(2, [], 64);
        Assert.Equal("DELAY", tester.Node.NeighbourState(Tester.SelfIp));
        tester.Probe.Take();
        tester.Settle(Arp.DelayTime + s_second);
        byte[] probe = Assert.Single(tester.Probe.Take(), Frames.IsArp);
        Assert.Equal(Tester.SelfMac, MacAddress.Read(probe));
        Assert.Equal("REACHABLE", tester.Node.NeighbourState(Tester.SelfIp));
    }

    [Fact]
    public void Item7_NeighbourThatWentAway_FailsAfterUnicastProbes()
    {
        Tester tester = new(isKnown: false);
        tester.ExchangeArp(Request(Tester.Self4, Tester.Node4));
        using Pinger session = tester.Node.OpenEcho(Tester.SelfIp);
        Assert.Equal(Errno.Success, session.Send(1, [], 64));
        tester.Settle(Arp.DelayTime);
        Assert.Equal("PROBE", tester.Node.NeighbourState(Tester.SelfIp));
        tester.Settle(s_second * Arp.MaximumSolicitations);
        Assert.Equal("FAILED", tester.Node.NeighbourState(Tester.SelfIp));
        byte[][] probes = [.. tester.Probe.Take().Where(Frames.IsArp)];
        Assert.Equal(Arp.MaximumSolicitations, probes.Length);
        Assert.All(probes, frame => Assert.Equal(Tester.SelfMac, MacAddress.Read(frame)));
    }

    [Fact]
    public void Item7_UnusedNeighbour_AgesAndGoes()
    {
        Tester tester = new(isKnown: false);
        tester.ExchangeArp(Request(Tester.Self4, Tester.Node4));
        tester.Settle(Arp.StaleLifetime);
        Assert.Empty(tester.Node.Control.Neighbours());
        Assert.Empty(tester.Probe.Take());
    }

    [Fact]
    public void Item7_TableFull_LeastRecentlyUsedGoes()
    {
        Tester tester = new(isKnown: false);
        Assert.Equal(Errno.Success, tester.Node.Control.SetAddress("eth0", Tester.Node4, 8));
        tester.ExchangeArp(Request(Tester.Self4, Tester.Node4));
        using Pinger session = tester.Node.OpenEcho(Tester.SelfIp);
        session.Send(1, [], 64); // in use, unlike those that follow
        for (int i = 0; i < 2 * Arp.MaximumNeighbours; i++)
        {
            ArpFields request = Request(new Ipv4Address(0x0A01_0000 + (uint)i), Tester.Node4, s_otherMac);
            tester.Probe.Send(Frames.Ethernet(MacAddress.Broadcast, s_otherMac, EtherType.Arp, Frames.Arp(request)));
            tester.Settle(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal(Arp.MaximumNeighbours, tester.Node.Control.Neighbours().Count);
        Assert.Equal(Arp.MaximumNeighbours + 1, tester.Arp.Evictions);
        Assert.NotNull(tester.Node.Neighbour(Tester.SelfIp));
        tester.Node.AssertNoLeak();
    }

    [Fact]
    public void TableFullOfPermanentNeighbours_AnotherIsRefused()
    {
        Tester tester = new(isKnown: false);
        Assert.Equal(Errno.Success, tester.Node.Control.SetAddress("eth0", Tester.Node4, 8));
        for (int i = 0; i < Arp.MaximumNeighbours; i++)
        {
            Assert.Equal(Errno.Success, tester.Node.Control.AddNeighbour(new Ipv4Address(0x0A01_0000 + (uint)i), s_otherMac));
        }

        Assert.Equal(Errno.ENOBUFS, tester.Node.Control.AddNeighbour(Tester.Self4, Tester.SelfMac));
        using Pinger session = tester.Node.OpenEcho(Tester.SelfIp);
        Assert.Equal(Errno.ENOBUFS, session.Send(1, [], 64));
        Assert.Equal(2, tester.Arp.TableFulls);
        tester.Node.AssertNoLeak();
    }

    [Fact]
    public void PendingPackets_OfAllNeighbours_AreBounded()
    {
        Tester tester = new(isKnown: false);
        List<Pinger> sessions = [];
        for (int host = 10; host < 40; host++)
        {
            Pinger session = tester.Node.OpenEcho($"10.0.0.{host}");
            sessions.Add(session);
            for (ushort i = 0; i < Neighbour.MaximumPending; i++)
            {
                session.Send(i, [], 64);
            }
        }

        Assert.Equal(Arp.MaximumPending, tester.Node.Stack.Arp.PendingPackets);
        tester.Node.AssertNoLeak();
        tester.Settle(TimeSpan.FromSeconds(10));
        Assert.Equal(0, tester.Node.Stack.Arp.PendingPackets);
        tester.Node.AssertNoLeak();
        sessions.ForEach(session => session.Dispose());
    }

    [Fact]
    public void PendingPackets_WhenAnswered_GoOutInOrder()
    {
        Tester tester = new(isKnown: false);
        using Pinger session = tester.Node.OpenEcho(Tester.SelfIp);
        for (ushort i = 0; i < 3; i++)
        {
            session.Send(i, [], 64);
        }

        byte[][] sent = tester.ExchangeArp(Reply(Tester.Self4, Tester.SelfMac), Tester.NodeMac);
        Assert.Equal([0, 1, 2], sent.Where(Frames.IsIpv4).Select(frame => (int)Frames.JudgeIcmp(frame).Sequence));
        Assert.Equal("REACHABLE", tester.Node.NeighbourState(Tester.SelfIp));
        Assert.Equal(0, tester.Node.Stack.Arp.PendingPackets);
    }

    [Fact]
    public void UnsolicitedReply_UnknownSender_TeachesNothing()
    {
        Tester tester = new(isKnown: false);
        Assert.Empty(tester.ExchangeArp(Reply(Tester.Self4, s_otherMac), Tester.NodeMac));
        Assert.Empty(tester.Node.Control.Neighbours());
    }

    [Fact]
    public void SecondAnswerWithinASecond_IsRefused()
    {
        Tester tester = new(isKnown: false);
        using Pinger session = tester.Node.OpenEcho(Tester.SelfIp);
        session.Send(1, [], 64);
        tester.ExchangeArp(Reply(Tester.Self4, Tester.SelfMac), Tester.NodeMac);
        tester.ExchangeArp(Reply(Tester.Self4, s_otherMac), Tester.NodeMac);
        Assert.Equal(Tester.SelfMac, tester.Node.Neighbour(Tester.SelfIp)!.HardwareAddress);
        Assert.Equal(1, tester.Arp.UpdatesRefused);
        tester.Settle(s_second);
        tester.ExchangeArp(Request(Tester.Self4, Tester.Self4, s_otherMac)); // the host got another card and announces it
        Assert.Equal(s_otherMac, tester.Node.Neighbour(Tester.SelfIp)!.HardwareAddress);
        Assert.Equal("STALE", tester.Node.NeighbourState(Tester.SelfIp));
    }

    [Fact]
    public void PermanentNeighbour_IsNeverOverwritten()
    {
        Tester tester = new(isKnown: true);
        tester.Settle(Arp.StaleLifetime * 3);
        tester.ExchangeArp(Request(Tester.Self4, Tester.Node4, s_otherMac));
        Assert.Equal(new NeighbourInformation(Tester.Self4, Tester.SelfMac, "PERMANENT", "eth0"), tester.Node.Neighbour(Tester.SelfIp));
    }

    [Fact]
    public void AddressConfigured_IsAnnouncedTwice()
    {
        Tester tester = new();
        Assert.Equal(Errno.Success, tester.Node.Control.SetAddress("eth0", Addresses.Ip("10.0.0.9"), 24));
        tester.Settle(TimeSpan.FromSeconds(10));
        byte[][] announcements = tester.Probe.Take();
        Assert.Equal(2, announcements.Length);
        Assert.All(announcements, frame =>
        {
            PacketDotNet.ArpPacket judge = JudgeArp(frame);
            Assert.Equal(MacAddress.Broadcast, MacAddress.Read(frame));
            Assert.Equal(PacketDotNet.ArpOperation.Request, judge.Operation);
            Assert.Equal("10.0.0.9", judge.SenderProtocolAddress.ToString());
            Assert.Equal("10.0.0.9", judge.TargetProtocolAddress.ToString());
        });
    }

    [Fact]
    public void LinkDownAndUp_NeighboursForgottenAndAddressAnnounced()
    {
        Tester tester = new(isKnown: false);
        tester.ExchangeArp(Request(Tester.Self4, Tester.Node4));
        using Pinger session = tester.Node.OpenEcho("10.0.0.77");
        session.Send(1, [], 64);
        tester.Node.Device.SetLink(false);
        tester.Settle();
        Assert.Empty(tester.Node.Control.Neighbours());
        Assert.Equal(Errno.ENETDOWN, session.Send(2, [], 64));
        tester.Node.AssertNoLeak();
        tester.Probe.Take();
        tester.Node.Device.SetLink(true);
        tester.Settle(TimeSpan.FromSeconds(5));
        Assert.Equal(2, tester.Probe.Take().Length);
        tester.Node.Control.AddNeighbour(Tester.Self4, Tester.SelfMac);
        tester.AssertAlive();
    }

    private static void AnswerAsSelf(Tester tester, byte[] frame)
    {
        if (IsRequestFor(frame, Tester.SelfIp))
        {
            byte[] reply = Frames.Arp(Reply(Tester.Self4, Tester.SelfMac));
            tester.Probe.Send(Frames.Ethernet(Tester.NodeMac, Tester.SelfMac, EtherType.Arp, reply));
        }
    }
}
