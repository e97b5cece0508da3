using KernelSockets.Simulation;
using KernelSockets.Sockets;
using PacketDotNet;

namespace KernelSockets.Net.Tests.Sockets;

/// <summary>UDP sockets: addresses, demultiplexing, errors, bounds.</summary>
public sealed class UdpSocketTests
{
    private static readonly byte[] s_hello = "hello"u8.ToArray();

    [Fact]
    public void Receive_TellsDataAndSender()
    {
        Tester tester = new();
        using TestSocket socket = TestSocket.Udp(tester, 7);
        Assert.Equal(Errno.EAGAIN, socket.Receive().Error);
        tester.SendDatagram(UdpFrames.Datagram(7, s_hello));
        tester.Settle();
        Assert.Equal(5, socket.BytesAvailable());
        Received received = socket.Receive();
        Assert.Equal(s_hello, received.Data);
        Assert.Equal(SocketAddress.Inet(Tester.Self4, UdpFrames.TesterPort), received.Name);
        Assert.Equal(Errno.EAGAIN, socket.Receive().Error);
    }

    [Fact]
    public void Receive_BlocksUntilADatagramComes_OrTheTimeoutIsOver()
    {
        Tester tester = new();
        using TestSocket socket = TestSocket.Udp(tester, 7);
        tester.Time.At(tester.Time.Now + TimeSpan.FromSeconds(5), () => tester.SendDatagram(UdpFrames.Datagram(7, s_hello)));
        Assert.Equal(s_hello, socket.Receive(MessageFlags.None).Data);
        byte[] second = new byte[16];
        second[0] = 1;
        Assert.Equal(Errno.Success, socket.Set(1, 20, second));
        Instant start = tester.Time.Now;
        Assert.Equal(Errno.EAGAIN, socket.Receive(MessageFlags.None).Error);
        Assert.Equal(TimeSpan.FromSeconds(1), tester.Time.Now - start);
    }

    [Fact]
    public void Peek_LeavesTheDatagram_ShortBufferCutsIt()
    {
        Tester tester = new();
        using TestSocket socket = TestSocket.Udp(tester, 7);
        tester.SendDatagram(UdpFrames.Datagram(7, s_hello));
        tester.Settle();
        Received cut = socket.Receive(MessageFlags.Peek | MessageFlags.DoNotWait, size: 2);
        Assert.Equal((2, MessageFlags.Truncated), (cut.Result.Count, cut.Flags));
        Received whole = socket.Receive(MessageFlags.Truncated | MessageFlags.DoNotWait, size: 2);
        Assert.Equal((5, MessageFlags.Truncated), (whole.Result.Count, whole.Flags));
        Assert.Equal(Errno.EAGAIN, socket.Receive().Error);
        tester.Node.AssertNoLeak();
    }

    [Fact]
    public void Send_Unconnected_FrameHasPortsAndChecksum()
    {
        Tester tester = new();
        using TestSocket socket = TestSocket.Udp(tester);
        Assert.Equal(Errno.EDESTADDRREQ, socket.Send(s_hello).Error);
        Assert.Equal(5, socket.SendTo(Tester.SelfIp, 53, s_hello).Count);
        tester.Settle();
        UdpPacket udp = UdpFrames.Judge(Assert.Single(tester.Probe.Take(), Frames.IsIpv4));
        Assert.Equal(53, udp.DestinationPort);
        Assert.InRange(udp.SourcePort, UdpPortTable.FirstEphemeral, UdpPortTable.LastEphemeral);
        Assert.Equal(udp.SourcePort, socket.Name.Port);
        Assert.Equal(s_hello, udp.PayloadData);
    }

    [Fact]
    public void Send_SeveralBuffers_AreOneDatagram()
    {
        Tester tester = new();
        Socket socket = new(tester.Node.Stack.SocketModules.Single(m => m.Type == SocketType.Udp), AddressFamily.Inet, SocketKind.Datagram, 17);
        Assert.Equal(Errno.Success, socket.Operations.Create(socket));
        byte[][] pieces = [[1, 2], [], [3, 4, 5]];
        SocketMessage message = new(new IoVector(new Pieces(pieces), 5)) { Name = SocketAddress.Inet(Tester.Self4, 9), HasName = true };
        Assert.Equal(5, socket.Operations.SendMessage(socket, message, MessageFlags.None).Count);
        tester.Settle();
        Assert.Equal(new byte[] { 1, 2, 3, 4, 5 }, UdpFrames.Judge(Assert.Single(tester.Probe.Take(), Frames.IsIpv4)).PayloadData);
        socket.Operations.Close(socket);
    }

    [Fact]
    public void Connected_TakesOnlyItsPeersDatagrams()
    {
        Tester tester = new();
        using TestSocket server = TestSocket.Udp(tester, 7);
        using TestSocket socket = TestSocket.Udp(tester);
        Assert.Equal(Errno.Success, socket.Set(1, 2, 1));
        Assert.Equal(Errno.ENOTCONN, socket.GetPeer(out _));
        Assert.Equal(Errno.Success, socket.Connect(Tester.SelfIp, 53));
        Assert.Equal(SocketAddress.Inet(Tester.Node4, socket.Name.Port), socket.Name);
        Assert.Equal(Errno.Success, socket.GetPeer(out SocketAddress peer));
        Assert.Equal(SocketAddress.Inet(Tester.Self4, 53), peer);
        tester.SendDatagram(UdpFrames.Datagram(socket.Name.Port, s_hello, source: 54));
        tester.SendDatagram(UdpFrames.Datagram(socket.Name.Port, [1], source: 53));
        tester.Settle();
        Assert.Equal(new byte[] { 1 }, socket.Receive().Data);
        Assert.Equal(Errno.EAGAIN, socket.Receive().Error);
        ushort port = socket.Name.Port;
        Assert.Equal(Errno.Success, socket.Disconnect());
        Assert.Equal(SocketAddress.Inet(Ipv4Address.Any, 0), socket.Name);
        Assert.Equal(Errno.ENOTCONN, socket.GetPeer(out _));
        Assert.NotEqual(0, port);
    }

    [Fact]
    public void Bind_MoreSpecificAddressWins_InUseIsRefused()
    {
        Tester tester = new();
        using TestSocket any = TestSocket.Udp(tester);
        using TestSocket specific = TestSocket.Udp(tester);
        Assert.Equal(Errno.EADDRNOTAVAIL, any.Bind("10.0.0.99", 7));
        Assert.Equal(Errno.Success, any.Bind("127.0.0.1", 7));
        Assert.Equal(Errno.EINVAL, any.Bind("127.0.0.1", 8));
        Assert.Equal(Errno.Success, specific.Bind(Tester.NodeIp, 7));
        using TestSocket third = TestSocket.Udp(tester);
        Assert.Equal(Errno.EADDRINUSE, third.Bind("0.0.0.0", 7));
        Assert.Equal(Errno.EADDRINUSE, third.Bind(Tester.NodeIp, 7));
        Assert.Equal(Errno.Success, third.Bind("0.0.0.0", 8));
        tester.SendDatagram(UdpFrames.Datagram(7, s_hello));
        tester.Settle();
        Assert.Equal(Errno.EAGAIN, any.Receive().Error);
        Assert.Equal(s_hello, specific.Receive().Data);
    }

    [Fact]
    public void Checklist31_SamePort_OnlyWhenAllReuse()
    {
        Tester tester = new();
        using TestSocket first = TestSocket.Udp(tester);
        using TestSocket second = TestSocket.Udp(tester);
        Assert.Equal(Errno.Success, first.Set(1, 2, 1));
        Assert.Equal(Errno.Success, first.Bind("0.0.0.0", 7));
        Assert.Equal(Errno.EADDRINUSE, second.Bind("0.0.0.0", 7));
        Assert.Equal(Errno.Success, second.Set(1, 2, 1));
        Assert.Equal(Errno.Success, second.Bind("0.0.0.0", 7));
        tester.SendDatagram(UdpFrames.Datagram(7, s_hello));
        tester.Settle();
        Assert.Equal(s_hello, second.Receive().Data);
        Assert.Equal(Errno.EAGAIN, first.Receive().Error);
    }

    [Fact]
    public void Checklist32_EphemeralPorts_AreNotSequential()
    {
        Tester tester = new();
        List<int> ports = [];
        for (int i = 0; i < 64; i++)
        {
            TestSocket socket = TestSocket.Udp(tester);
            Assert.Equal(Errno.Success, socket.Bind("0.0.0.0", 0));
            ports.Add(socket.Name.Port);
        }

        Assert.Equal(64, ports.Distinct().Count());
        Assert.All(ports, port => Assert.InRange(port, UdpPortTable.FirstEphemeral, UdpPortTable.LastEphemeral));
        int neighbours = ports.Zip(ports.Skip(1)).Count(pair => Math.Abs(pair.First - pair.Second) < 16);
        Assert.True(neighbours < 8, $"{neighbours} of 63 successors are close by");
    }

    [Fact]
    public void EphemeralPorts_AllTaken_Eaddrinuse()
    {
        Tester tester = new();
        List<TestSocket> sockets = [];
        for (int i = 0; i <= UdpPortTable.LastEphemeral - UdpPortTable.FirstEphemeral; i++)
        {
            sockets.Add(TestSocket.Udp(tester));
            Assert.Equal(Errno.Success, sockets[^1].Bind("0.0.0.0", 0));
        }

        using TestSocket late = TestSocket.Udp(tester);
        Assert.Equal(Errno.EADDRINUSE, late.Bind("0.0.0.0", 0));
        Assert.Equal(Errno.EAGAIN, late.SendTo(Tester.SelfIp, 9, s_hello).Error);
        sockets.ForEach(socket => socket.Dispose());
        Assert.Equal(Errno.Success, late.Bind("0.0.0.0", 0));
    }

    [Fact]
    public void Broadcast_NeedsTheOption_AndReachesAllSocketsOnThePort()
    {
        Tester tester = new();
        using TestSocket sender = TestSocket.Udp(tester);
        Assert.Equal(Errno.EACCES, sender.SendTo("255.255.255.255", 9, s_hello).Error);
        Assert.Equal(Errno.EACCES, sender.SendTo("10.0.0.255", 9, s_hello).Error);
        Assert.Equal(Errno.EACCES, sender.Connect("10.0.0.255", 9));
        Assert.Equal(Errno.Success, sender.Set(1, 6, 1));
        using TestSocket first = TestSocket.Udp(tester);
        using TestSocket second = TestSocket.Udp(tester);
        foreach (TestSocket socket in new[] { first, second })
        {
            Assert.Equal(Errno.Success, socket.Set(1, 2, 1));
            Assert.Equal(Errno.Success, socket.Bind("0.0.0.0", 9));
        }

        Assert.Equal(5, sender.SendTo("10.0.0.255", 9, s_hello).Count);
        tester.Settle();
        byte[] frame = Assert.Single(tester.Probe.Take(), Frames.IsIpv4);
        Assert.Equal("FFFFFFFFFFFF", Frames.Judge(frame).DestinationHardwareAddress.ToString());
        Assert.Equal(s_hello, first.Receive().Data);
        Assert.Equal(s_hello, second.Receive().Data);
        tester.Node.AssertNoLeak();
    }

    [Fact]
    public void Shutdown_WakesAReader_AndEndsSending()
    {
        Tester tester = new();
        using TestSocket socket = TestSocket.Udp(tester, 7);
        tester.Time.At(tester.Time.Now + TimeSpan.FromSeconds(1), () => Assert.Equal(Errno.ENOTCONN, socket.Shutdown(ShutdownHow.Both)));
        Received end = socket.Receive(MessageFlags.None);
        Assert.Equal((Errno.Success, 0), (end.Error, end.Result.Count));
        Assert.Equal(Errno.EPIPE, socket.SendTo(Tester.SelfIp, 9, s_hello).Error);
        Assert.True(socket.Poll().HasFlag(PollEvents.HangUp | PollEvents.In));
    }

    [Fact]
    public void Flood_FullQueueCountsDrops_AndLeavesTheDriverItsBuffers()
    {
        Tester tester = new();
        using TestSocket socket = TestSocket.Udp(tester, 7);
        for (int i = 0; i < 1000; i++)
        {
            tester.SendDatagram(UdpFrames.Datagram(7, new byte[1400]));
            tester.Settle();
        }

        SocketInformation line = Assert.Single(tester.Node.Control.Sockets());
        Assert.True(line.Drops > 500, $"{line.Drops} drops");
        Assert.Equal(1000, line.Drops + (line.ReceiveQueue / 1400));
        Assert.True(tester.Node.Pool.Free >= tester.Node.Pool.Total * 3 / 4, $"{tester.Node.Pool.Free} buffers are free");
        Assert.Equal(line.Drops, tester.Node.Stack.Udp.Statistics.RcvbufErrors);
        while (socket.Receive().Result.IsSuccess)
        {
        }

        tester.Node.AssertNoLeak();
        Assert.Equal(0, tester.Node.Stack.SocketMemory.HeldFrames);
        Assert.Equal(0, tester.Node.Stack.SocketMemory.CopiedBytes);
    }

    [Fact]
    public void ManySleepyReaders_HoldNoMoreThanTheirShare()
    {
        Tester tester = new();
        List<TestSocket> sockets = [];
        for (ushort port = 1000; port < 1100; port++)
        {
            sockets.Add(TestSocket.Udp(tester, port));
        }

        for (int round = 0; round < 20; round++)
        {
            for (ushort port = 1000; port < 1100; port++)
            {
                tester.SendDatagram(UdpFrames.Datagram(port, new byte[1400]));
                tester.Settle(TimeSpan.FromMilliseconds(1));
            }
        }

        Assert.True(tester.Node.Pool.Free >= tester.Node.Pool.Total * 3 / 4);
        Assert.True(tester.Node.Stack.SocketMemory.CopiedBytes <= (long)tester.Node.Pool.Total * PacketBufferPool.BufferSize);
        Assert.True(tester.Node.Stack.SocketMemory.Exhausted > 0);
        tester.Probe.Take();
        sockets.ForEach(socket => socket.Dispose());
        tester.AssertAlive();
        Assert.Equal(0, tester.Node.Stack.SocketMemory.CopiedBytes);
    }

    [Fact]
    public void Close_WithAFullQueue_FreesIt()
    {
        Tester tester = new();
        TestSocket socket = TestSocket.Udp(tester, 7);
        tester.SendDatagram(UdpFrames.Datagram(7, s_hello));
        tester.Settle();
        socket.Dispose();
        tester.AssertAlive();
        Assert.Empty(tester.Node.Control.Sockets());
    }

    [Fact]
    public void LargestDatagram_ThereAndBack_OverLoopback()
    {
        Tester tester = new();
        using TestSocket server = TestSocket.Udp(tester, 7);
        using TestSocket client = TestSocket.Udp(tester);
        byte[] largest = Frames.Pattern(UdpHeader.MaximumData);
        Assert.Equal(Errno.EMSGSIZE, client.SendTo("127.0.0.1", 7, new byte[UdpHeader.MaximumData + 1]).Error);
        Assert.Equal(largest.Length, client.SendTo("127.0.0.1", 7, largest).Count);
        tester.Settle();
        Assert.Equal(largest, server.Receive(size: 65_536).Data);
        tester.Node.AssertNoLeak();
    }

    [Fact]
    public void Poll_ListenerHearsOfADatagram()
    {
        Tester tester = new();
        using TestSocket socket = TestSocket.Udp(tester, 7);
        Listener listener = new();
        Assert.Equal(PollEvents.Writable | PollEvents.WriteBand, socket.Poll(listener));
        tester.SendDatagram(UdpFrames.Datagram(7, s_hello));
        tester.Settle();
        Assert.Equal(PollEvents.Readable, listener.Seen);
        Assert.True(socket.Poll().HasFlag(PollEvents.Readable));
        listener.DetachAll();
    }

    [Fact]
    public void ThousandsOfDatagrams_AllocateNothing()
    {
        Tester tester = new();
        using TestSocket server = TestSocket.Udp(tester, 7);
        NetInterface loopback = tester.Node.Stack.Loopback;
        byte[] data = Frames.Pattern(1400);
        byte[] buffer = new byte[2048];
        Socket client = new(server.Operations, AddressFamily.Inet, SocketKind.Datagram, 17);
        Assert.Equal(Errno.Success, server.Operations.Create(client));
        Exchange(1000);
        AllocationMeter meter = AllocationMeter.Start();
        Exchange(10_000);
        Assert.True(meter.IsQuiet);
        Assert.Equal(11_000, tester.Node.Stack.Udp.Statistics.InDatagrams);
        server.Operations.Close(client);
        Assert.NotNull(loopback);

        void Exchange(int count)
        {
            for (int i = 0; i < count; i++)
            {
                SocketMessage sent = new(new IoVector(data)) { Name = SocketAddress.Inet(Ipv4Address.Loopback, 7), HasName = true };
                server.Operations.SendMessage(client, sent, MessageFlags.None);
                tester.Node.Stack.Advance(tester.Time.Now);
                Assert.True(server.ReceiveInto(buffer).IsSuccess);
            }
        }
    }

    private sealed class Listener : PollListener
    {
        public PollEvents Seen { get; private set; }

        protected override void OnChange(PollEvents events) => Seen |= events;
    }

    private sealed class Pieces(byte[][] buffers) : IoVectorMemory
    {
        public override int Count => buffers.Length;

        public override Span<byte> this[int index] => buffers[index];
    }
}
