using System.Buffers.Binary;
using KernelSockets.Net.Tests.Sockets;
using KernelSockets.Sockets;

namespace KernelSockets.Net.Tests.Tcp;

/// <summary>Segments that go the short way since they are what was to be expected: nobody may be able to tell, but by the counter.</summary>
public sealed class HeaderPredictionTests
{
    private const int IpOffset = EthernetHeader.Size;
    private const int TcpOffset = IpOffset + Ipv4Header.MinimumSize;

    private static readonly Ipv4Fields s_toNode = Tester.ToNode with { Protocol = Ipv4Protocol.Tcp, DontFragment = true };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void StreamInOneBatch_GoesTheShortWay_AndIsAnsweredOnce(bool hasTimestamps)
    {
        (TcpPeer peer, TestSocket socket) = Accept(isBatched: true, hasTimestamps);
        byte[] sent = Frames.Pattern(10_000);
        for (int i = 0; i < 10; i++)
        {
            peer.Send(TcpFlags.Ack | (i % 3 == 0 ? TcpFlags.Psh : 0), sent[(i * 1000)..((i + 1) * 1000)]);
            peer.Next += 1000;
        }

        Assert.Equal(peer.Next, Assert.Single(peer.Settle()).Acknowledgement);
        Assert.Equal(sent, TcpPeer.ReadAll(socket));
        Assert.Equal((9, 12), (peer.Statistics.PredictionHits, peer.Statistics.InSegs));
        peer.AssertNothingLeft(socket);
    }

    [Fact]
    public void RawAndPacketSockets_SeeEverySegment()
    {
        (TcpPeer peer, TestSocket socket) = Accept(isBatched: true, hasTimestamps: true);
        using (TestSocket raw = new(peer.Tester.Node.Stack, SocketType.Raw, (int)Ipv4Protocol.Tcp))
        {
            SendStream(peer, 10);
            Assert.Equal(10, Count(raw));
        }

        using (TestSocket packet = new(peer.Tester.Node.Stack, SocketType.Packet, PacketBlock.AllProtocols))
        {
            SendStream(peer, 10);
            Assert.True(Count(packet) >= 10);
        }

        Assert.Equal(0, peer.Statistics.PredictionHits);
        SendStream(peer, 10);
        Assert.Equal(9, peer.Statistics.PredictionHits);
        Assert.Equal(30_000, TcpPeer.ReadAll(socket).Length);
        peer.AssertNothingLeft(socket);
    }

    [Fact]
    public void TwoStreamsThatTakeTurns_KeepApart()
    {
        Tester tester = new(isOffloading: true);
        using TestSocket listener = TestSocket.Listening(tester.Node.Stack, 80);
        TcpPeer[] peers = [new TcpPeer(tester), new TcpPeer(tester, ownPort: 4001)];
        List<TestSocket> sockets = [];
        foreach (TcpPeer peer in peers)
        {
            peer.Open(Opt.Modern);
            Assert.Equal(Errno.Success, listener.Accept(out TestSocket? socket));
            sockets.Add(socket!);
        }

        for (int i = 0; i < 12; i++)
        {
            TcpPeer peer = peers[i / 3 % 2];
            peer.Send(TcpFlags.Ack, Frames.Pattern(1000 + i));
            peer.Next += 1000 + (uint)i;
        }

        tester.Settle();
        Assert.Equal(8, tester.Node.Stack.Tcp.Statistics.PredictionHits);
        Assert.Equal([6024, 6042], sockets.Select(static socket => TcpPeer.ReadAll(socket).Length));
        peers[0].AssertNothingLeft([.. sockets]);
    }

    [Fact]
    public void RandomSegments_InBatchesOrNot_LeadToTheSame()
    {
        long hits = 0;
        for (int seed = 1; seed <= 60; seed++)
        {
            hits += Compare(seed);
        }

        Assert.InRange(hits, 3000, 15_000);
    }

    /// <summary>Sends the same random segments to a host that gets them in batches and to one that gets each by itself.</summary>
    private static long Compare(int seed)
    {
        Random random = new(seed);
        bool hasTimestamps = seed % 2 == 0;
        (TcpPeer Peer, TestSocket Socket) batched = Accept(isBatched: true, hasTimestamps);
        (TcpPeer Peer, TestSocket Socket) single = Accept(isBatched: false, hasTimestamps);
        uint stamp = 10;
        for (int group = 0; group < 30; group++)
        {
            List<int> kinds = [];
            for (int i = random.Next(1, 16); i > 0; i--)
            {
                kinds.Add(random.Next(60));
                byte[] frame = MakeFrame(batched.Peer, kinds[^1], random, hasTimestamps, ref stamp);
                batched.Peer.Tester.Probe.Send(frame);
                single.Peer.Tester.Probe.Send(frame);
            }

            batched.Peer.Settle();
            single.Peer.Settle();
            single.Peer.Next = batched.Peer.Next;
            string what = $"seed {seed}, group {group}, kinds {string.Join(' ', kinds)}";
            Assert.True(TcpPeer.ReadAll(single.Socket).AsSpan().SequenceEqual(TcpPeer.ReadAll(batched.Socket)), $"{what}: other data");
            Assert.True(Describe(single.Peer) == Describe(batched.Peer), $"{what}: {Describe(single.Peer)} and in batches {Describe(batched.Peer)}");
        }

        batched.Peer.AssertNothingLeft(batched.Socket);
        single.Peer.AssertNothingLeft(single.Socket);
        return batched.Peer.Statistics.PredictionHits;
    }

    private static string Describe(TcpPeer peer)
    {
        Ipv4Statistics ip = peer.Tester.Ipv4;
        TcpStatistics tcp = peer.Statistics;
        NetInterfaceStatistics link = peer.Tester.Node.Interface.Statistics;
        return $"{peer.State} next {peer.Connection?.RcvNxt} frames {link.InFrames}/{link.InErrors} IP {ip.InReceives}/{ip.InOctets}/{ip.InDelivers}/{ip.InHdrErrors} TCP {tcp.InSegs}/{tcp.InErrs}/{tcp.InCsumErrors}/{tcp.PawsDrops}";
    }

    /// <summary>Mostly the next piece of the stream, and else something that must not pass for it.</summary>
    private static byte[] MakeFrame(TcpPeer peer, int kind, Random random, bool hasTimestamps, ref uint stamp)
    {
        stamp += (uint)random.Next(2);
        byte[] data = Frames.Pattern(random.Next(4) == 0 ? random.Next(1, 600) : random.Next(600, 1400));
        byte[] options = hasTimestamps ? Opt.Timestamps(stamp, 0) : [];
        TcpFlags flags = TcpFlags.Ack | (random.Next(3) == 0 ? TcpFlags.Psh : 0);
        Ipv4Fields ip = s_toNode with { Identification = (ushort)random.Next(ushort.MaxValue) };
        uint next = peer.Next;
        byte[] segment = kind switch
        {
            0 => peer.Make(flags, data, seq: next - 100, options: options),
            1 => peer.Make(flags, data, seq: next + 50, options: options),
            2 => peer.Make(flags, data, seq: next + (1 << 30), options: options),
            3 => peer.Make(flags | TcpFlags.Urg, data, options: options, urgent: (ushort)random.Next(1, 100)),
            4 => peer.Make(flags, data, window: 30_000, options: options),
            5 => peer.Make(flags, data, ack: peer.Expected - 1, options: options),
            6 => peer.Make(flags, data, ack: peer.Expected + 1, options: options),
            7 => peer.Make(flags, data, options: hasTimestamps ? Opt.Timestamps(1, 0) : []),
            8 => peer.Make(flags, data, options: [1, 1, 1, 1, .. options]),
            9 => peer.Make(TcpFlags.Psh, data, options: options),
            10 => peer.Make(flags | TcpFlags.Syn, data, options: options),
            11 => peer.Make(TcpFlags.Rst, [], seq: next + 5, options: options),
            12 => peer.Make(flags, [], options: options),
            13 => peer.Make(flags, data, options: hasTimestamps ? [] : Opt.Timestamps(stamp, 0)),
            14 => peer.Make(flags, data, urgent: 7, options: options),
            _ => peer.Make(flags, data, options: options),
        };
        byte[] frame = Frames.Ethernet(Tester.NodeMac, Tester.SelfMac, EtherType.Ipv4, Frames.Datagram(ip, segment));
        switch (kind)
        {
            case 15:
                frame[^1] ^= 1; // the checksum of TCP
                return frame;
            case 16:
                frame[IpOffset + 10] ^= 1; // that of IP
                return frame;
            case 17:
                BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(TcpOffset), 999); // from a port that has no connection, with a wrong checksum
                return frame;
            case 18:
                frame = [.. frame, 1, 2, 3]; // padding
                break;
            case 19:
                frame[0] ^= 2; // for another host
                return frame;
            case 20:
                return Frames.Ethernet(Tester.NodeMac, Tester.SelfMac, EtherType.Ipv4, Frames.Datagram(ip with { MoreFragments = true, DontFragment = false }, segment));
            case 21:
                frame = Frames.Ethernet(Tester.NodeMac, Tester.SelfMac, EtherType.Ipv4, Frames.Datagram(ip with { TimeToLive = 3, TypeOfService = 8, DontFragment = false }, segment));
                break;
            case 22:
                return frame[..^2]; // cut short
            default:
                break;
        }

        peer.Next = kind is 3 or 4 or 5 or 8 or 13 or 14 or 18 or 21 or > 22 || (kind == 7 && !hasTimestamps) ? next + (uint)data.Length : next;
        return frame;
    }

    private static (TcpPeer Peer, TestSocket Socket) Accept(bool isBatched, bool hasTimestamps)
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(new Tester(isOffloading: isBatched), hasTimestamps ? [.. Opt.Modern, .. Opt.Timestamps(1, 0)] : Opt.Modern);
        peer.Options = hasTimestamps ? static () => Opt.Timestamps(2, 0) : null;
        return (peer, socket);
    }

    private static void SendStream(TcpPeer peer, int segments)
    {
        for (int i = 0; i < segments; i++)
        {
            peer.Send(TcpFlags.Ack, Frames.Pattern(1000));
            peer.Next += 1000;
        }

        peer.Settle();
    }

    private static int Count(TestSocket socket)
    {
        int count = 0;
        while (socket.Receive(size: 2048).Error == Errno.Success)
        {
            count++;
        }

        return count;
    }
}
