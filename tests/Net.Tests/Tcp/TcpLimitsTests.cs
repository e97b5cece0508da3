using KernelSockets.Net.Tests.Sockets;
using KernelSockets.Sockets;

namespace KernelSockets.Net.Tests.Tcp;

/// <summary>What a host has to survive: after each, ping and a new connection still work, and nothing is left.</summary>
public sealed class TcpLimitsTests
{
    [Fact]
    public void Land_SynFromOneself_Survived()
    {
        Tester tester = new();
        using TestSocket listener = TestSocket.Listening(tester.Node.Stack, 80);
        Ipv4Fields ip = Tester.ToNode with { Protocol = Ipv4Protocol.Tcp, Source = Tester.Node4 };
        byte[] segment = new TcpPeer(tester, ownPort: 80).Make(TcpFlags.Syn);
        tester.SendDatagram(Frames.Datagram(ip, TcpPeer.Seal(segment, Tester.Node4)));
        tester.Settle(TimeSpan.FromMinutes(1));
        AssertServes(tester, listener);
    }

    [Fact]
    public void FiftyThousandRandomSyns_MemoryIsBounded()
    {
        Tester tester = new();
        TestSocket listener = TestSocket.Listening(tester.Node.Stack, 80);
        Random random = new(1);
        for (int i = 0; i < 50_000; i++)
        {
            Ipv4Fields ip = Tester.ToNode with { Protocol = Ipv4Protocol.Tcp, Source = new Ipv4Address(Tester.Self4.Value ^ (uint)random.Next(1, 200)) };
            TcpPeer peer = new(tester, port: random.Next(4) == 0 ? (ushort)random.Next(1, 65_536) : (ushort)80, (ushort)random.Next(1, 65_536), (uint)random.Next());
            byte[] syn = TcpPeer.Seal(peer.Make(TcpFlags.Syn, options: Opt.Modern), ip.Source);
            tester.SendDatagram(Frames.Datagram(ip, syn));
            tester.Settle(TimeSpan.FromMicroseconds(20));
            tester.Probe.Take();
        }

        Assert.InRange(tester.Node.Stack.Tcp.Connections.Count, 1, 17);
        Assert.Equal(0, tester.Node.Stack.Tcp.Memory.ChunksInUse);
        tester.Settle(TimeSpan.FromMinutes(1.5));
        tester.Probe.Take();
        AssertServes(tester, listener);
        new TcpPeer(tester).AssertNothingLeft(listener);
    }

    [Fact]
    public void ThousandConnectionsWithWindowZero_OthersAreServed_AndAllIsFreedInTheEnd()
    {
        Tester tester = new(poolSize: 4096);
        TestSocket listener = TestSocket.Listening(tester.Node.Stack, 80, backlog: 2000);
        List<TestSocket> sockets = [];
        for (int i = 0; i < 1000; i++)
        {
            TcpPeer peer = new(tester, ownPort: (ushort)(5000 + i)) { Window = 0 };
            peer.Open();
            Assert.Equal(Errno.Success, listener.Accept(out TestSocket? socket));
            socket!.Send(new byte[100_000], MessageFlags.DoNotWait);
            sockets.Add(socket);
        }

        TcpMemory memory = tester.Node.Stack.Tcp.Memory;
        Assert.InRange(memory.ChunksInUse, 1, memory.MaximumChunks);
        AssertServes(tester, listener);
        sockets.ForEach(static socket => socket.Dispose());
        tester.Settle(TimeSpan.FromSeconds(60));
        tester.Probe.Take();
        Assert.Equal(0, memory.ChunksInUse);
        AssertServes(tester, listener);
        new TcpPeer(tester).AssertNothingLeft(listener);
    }

    [Fact]
    public void TinyMss_WithHolesInSack_BoundedWork()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(synOptions: [.. Opt.Mss(48), .. Opt.SackPermitted, .. Opt.Scale(7)]);
        byte[] data = Frames.Pattern(60_000);
        int written = socket.Send(data, MessageFlags.DoNotWait).Count;
        Dictionary<uint, Answer> received = [];
        uint first = peer.Expected;
        Random random = new(5);
        for (int i = 0; i < 30_000 && peer.Connection!.Unacknowledged > 0; i++)
        {
            Answer[] sent = peer.Settle();
            foreach (Answer answer in sent.Where(answer => answer.Data.Length > 0 && random.Next(4) > 0))
            {
                received.TryAdd(answer.Sequence, answer);
            }

            while (received.TryGetValue(peer.Expected, out Answer? next))
            {
                Assert.Equal(data[(int)(peer.Expected - first)..(int)(next.End - first)], next.Data);
                peer.Expected = next.End;
            }

            (uint, uint)[] blocks = [.. received.Values.Where(answer => (int)(answer.Sequence - peer.Expected) > 0).OrderByDescending(static answer => answer.Sequence).Take(4).Select(static answer => (answer.Sequence, answer.End))];
            peer.Send(TcpFlags.Ack, options: blocks.Length > 0 ? Opt.Sack(blocks) : []);
            peer.Tester.Settle(TimeSpan.FromMilliseconds(5));
        }

        Assert.Equal((written, 0), ((int)(peer.Expected - first), peer.Connection!.Unacknowledged));
        peer.Tester.AssertAlive();
    }

    [Fact]
    public void OneByteSegments_EverySecondFirst_BoundedMemory_EverythingArrives()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(synOptions: Opt.Modern);
        byte[] data = Frames.Pattern(20_000);
        uint start = peer.Next;
        for (int i = 1; i < data.Length; i += 2)
        {
            peer.Send(TcpFlags.Ack, [data[i]], start + (uint)i);
            peer.Tester.Settle(TimeSpan.FromMicroseconds(1));
        }

        Assert.InRange(peer.Tester.Node.Stack.Tcp.Memory.ChunksInUse, 1, 8);
        peer.Take();
        List<byte> all = [];
        for (int i = 0; i < data.Length; i++)
        {
            peer.Send(TcpFlags.Ack, [data[i]], start + (uint)i);
            peer.Tester.Settle(TimeSpan.FromMicroseconds(1));
            all.AddRange(TcpPeer.ReadAll(socket));
        }

        peer.Settle();
        all.AddRange(TcpPeer.ReadAll(socket));
        Assert.Equal(data, all);
        peer.Next = start + (uint)data.Length;
        peer.AssertNothingLeft(socket);
    }

    [Fact]
    public void WildSackBlocks_Survived()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(synOptions: Opt.Modern);
        socket.Send(new byte[50_000], MessageFlags.DoNotWait);
        peer.Settle();
        Random random = new(7);
        for (int i = 0; i < 20_000; i++)
        {
            uint una = peer.Expected;
            (uint, uint)[] blocks = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => (una + (uint)random.Next(-70_000, 70_000), una + (uint)random.Next(-70_000, 70_000)))];
            byte[] options = Opt.Sack(blocks);
            options[3] = random.Next(10) == 0 ? (byte)random.Next(0, 40) : options[3];
            peer.Send(TcpFlags.Ack, options: options);
            peer.Tester.Settle(TimeSpan.FromMicroseconds(10));
            if (i % 100 == 0)
            {
                peer.Tester.Probe.Take();
            }
        }

        peer.Tester.Probe.Take();
        peer.AssertNothingLeft(socket);
    }

    [Theory]
    [InlineData(TcpFlags.Ack, 0)]
    [InlineData(TcpFlags.Ack, 1)]
    [InlineData(TcpFlags.Ack, 6)]
    [InlineData(TcpFlags.Ack, 65_535)]
    [InlineData(TcpFlags.Ack | TcpFlags.Fin, 6)]
    [InlineData(TcpFlags.Ack | TcpFlags.Fin, 65_535)]
    [InlineData(TcpFlags.Ack | TcpFlags.Syn, 3)]
    public void UrgentPointers_Odd_Survived(TcpFlags flags, ushort pointer)
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        peer.Exchange(flags | TcpFlags.Urg, "hello"u8.ToArray(), urgent: pointer);
        TcpPeer.ReadAll(socket);
        socket.Receive(MessageFlags.OutOfBand | MessageFlags.DoNotWait);
        peer.Exchange(TcpFlags.Ack | TcpFlags.Urg, [], urgent: pointer);
        peer.Exchange(TcpFlags.Ack | TcpFlags.Urg, [1, 2, 3], seq: peer.Next - 1, urgent: pointer);
        TcpPeer.ReadAll(socket);
        peer.AssertNothingLeft(socket);
    }

    [Fact]
    public void UrgentPointer_InASyn_Survived()
    {
        Tester tester = new();
        using TestSocket listener = TestSocket.Listening(tester.Node.Stack, 80);
        TcpPeer peer = new(tester);
        Assert.Equal(TcpFlags.Syn | TcpFlags.Ack, Assert.Single(peer.Exchange(TcpFlags.Syn | TcpFlags.Urg, urgent: 5)).Flags);
        AssertServes(tester, listener);
    }

    [Fact]
    public void OutOfMemory_DataAreDroppedAndComeLater()
    {
        Tester tester = new(poolSize: 128);
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(tester, synOptions: Opt.Modern);
        TcpMemory memory = tester.Node.Stack.Tcp.Memory;
        List<PacketBuffer> taken = [];
        while (memory.TryTake() is { } chunk)
        {
            taken.Add(chunk);
        }

        peer.Exchange(TcpFlags.Ack, "hello"u8.ToArray());
        peer.Exchange(TcpFlags.Ack, "hello"u8.ToArray(), peer.Next + 5);
        Assert.Equal(0, socket.BytesAvailable());
        Assert.Equal(2, peer.Statistics.MemoryDrops);
        Assert.Equal(Errno.EAGAIN, socket.Send([1], MessageFlags.DoNotWait).Error);
        taken.ForEach(static chunk => chunk.Release());
        peer.SendData("hello"u8.ToArray());
        Assert.Equal("hello"u8.ToArray(), TcpPeer.ReadAll(socket));
        peer.AssertNothingLeft(socket);
    }

    [Fact]
    public void MemoryRunsOut_PeersThatTakeNothingGiveWay_AndWhoeverWaitsToWriteIsTold()
    {
        Tester tester = new(poolSize: 64);
        TestSocket listener = TestSocket.Listening(tester.Node.Stack, 80, backlog: 300);
        List<TestSocket> sockets = [];
        for (int i = 0; i < 200; i++)
        {
            new TcpPeer(tester, ownPort: (ushort)(5000 + i)) { Window = 0 }.Open();
            Assert.Equal(Errno.Success, listener.Accept(out TestSocket? socket));
            socket!.Send(new byte[20_000], MessageFlags.DoNotWait);
            sockets.Add(socket);
        }

        TcpMemory memory = tester.Node.Stack.Tcp.Memory;
        TestSocket starved = sockets[^1];
        Assert.Equal((memory.MaximumChunks, Errno.EAGAIN), (memory.ChunksInUse, starved.Send([1], MessageFlags.DoNotWait).Error));
        Assert.Equal(PollEvents.None, starved.Poll() & PollEvents.Writable);
        tester.Settle(TcpRelief.Patience + TimeSpan.FromSeconds(1));
        tester.Probe.Take();
        Assert.False(memory.IsUnderPressure);
        Assert.InRange(tester.Node.Stack.Tcp.Statistics.AbortOnMemory, 1, 20); // no more than has to be
        Assert.Equal(PollEvents.Writable, starved.Poll() & PollEvents.Writable);
        Assert.Equal(1, starved.Send([1], MessageFlags.DoNotWait).Count);
        Assert.Equal(Errno.ETIMEDOUT, sockets[0].Send([1], MessageFlags.DoNotWait).Error);
        AssertServes(tester, listener);
        new TcpPeer(tester).AssertNothingLeft([.. sockets, listener]);
    }

    [Fact]
    public void MemoryRunsOut_DataBeyondHolesGiveWay_AndComeAgain()
    {
        const int Stride = TcpMemory.ChunkSize;
        byte[] stream = Frames.Pattern(16 * Stride);
        Tester tester = new(poolSize: 64);
        TestSocket listener = TestSocket.Listening(tester.Node.Stack, 80, backlog: 300);
        List<(TcpPeer Peer, TestSocket Socket)> connections = [];
        for (int i = 0; i < 12; i++)
        {
            TcpPeer peer = new(tester, ownPort: (ushort)(5000 + i));
            peer.Open(Opt.Modern);
            Assert.Equal(Errno.Success, listener.Accept(out TestSocket? socket));
            connections.Add((peer, socket!));
            for (int at = Stride; at < 15 * Stride; at += Stride)
            {
                peer.Exchange(TcpFlags.Ack, stream[at..(at + 1000)], peer.Next + (uint)at);
            }
        }

        TcpMemory memory = tester.Node.Stack.Tcp.Memory;
        Assert.True(memory.Exhausted > 0);
        tester.Settle(TimeSpan.FromSeconds(1));
        Assert.False(memory.IsUnderPressure);
        AssertServes(tester, listener);
        foreach ((TcpPeer peer, TestSocket socket) in connections)
        {
            List<byte> all = [];
            foreach (byte[] piece in stream.Chunk(1024))
            {
                peer.SendData(piece);
                all.AddRange(TcpPeer.ReadAll(socket));
            }

            Assert.Equal(stream, all);
        }

        new TcpPeer(tester).AssertNothingLeft([.. connections.Select(static connection => connection.Socket), listener]);
    }

    [Fact]
    public void NoBuffersLeft_SendingGoesOnWhenThereAreSome()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(synOptions: Opt.Modern);
        PacketBufferPool pool = peer.Tester.Node.Pool;
        List<PacketBuffer> taken = [];
        while (pool.TryTake() is { } buffer)
        {
            taken.Add(buffer);
        }

        Assert.Equal(5, socket.Send("hello"u8.ToArray(), MessageFlags.DoNotWait).Count);
        Assert.Empty(peer.Settle());
        taken.ForEach(static buffer => buffer.Release());
        Assert.Equal("hello"u8.ToArray(), peer.Settle(1.5)[0].Data);
    }

    private static void AssertServes(Tester tester, TestSocket listener)
    {
        TcpPeer peer = new(tester, ownPort: 64_999, isn: (uint)tester.Time.Now.Nanoseconds);
        peer.Open(Opt.Modern, static answer => answer.Timestamps is null ? [] : Opt.Timestamps(1, answer.Timestamps.Value.Value));
        TestSocket? socket;
        do
        {
            Assert.Equal(Errno.Success, listener.Accept(out socket));
        }
        while (socket!.GetPeer(out SocketAddress address) != Errno.Success || address.Port != 64_999);

        peer.SendData("hello"u8.ToArray());
        Assert.Equal("hello"u8.ToArray(), TcpPeer.ReadAll(socket));
        Assert.Equal(Errno.Success, socket.Set(1, 13, [1, 0, 0, 0, 0, 0, 0, 0]));
        socket.Dispose();
        tester.Settle();
        tester.Probe.Take();
        tester.AssertAlive();
    }
}
