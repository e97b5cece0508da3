using KernelSockets.Net.Tests.Sockets;
using KernelSockets.Sockets;

namespace KernelSockets.Net.Tests.Tcp;

/// <summary>Stream sockets as Linux has them: tcp(7), connect(2), accept(2), shutdown(2), poll(2), socket(7).</summary>
public sealed class TcpSocketTests
{
    private const TcpFlags SynAck = TcpFlags.Syn | TcpFlags.Ack;
    private const PollEvents Everything = PollEvents.Readable | PollEvents.Writable | PollEvents.HangUp | PollEvents.ReadHangUp;

    private static readonly byte[] s_hello = "hello"u8.ToArray();

    [Fact]
    public void Connect_NonBlocking_InProgress_Already_ThenSuccessOnce_ThenIsConnected()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Connecting();
        Assert.Equal(PollEvents.None, socket.Poll());
        Assert.Equal(Errno.EALREADY, socket.Connect(Tester.SelfIp, 4000, MessageFlags.DoNotWait));
        Assert.Equal(Errno.ENOTCONN, socket.GetPeer(out _));
        Assert.Equal(Errno.EAGAIN, socket.Receive().Error);
        Assert.Equal(Errno.EAGAIN, socket.Send(s_hello, MessageFlags.DoNotWait).Error);
        peer.Exchange(SynAck);
        Assert.Equal(PollEvents.Writable, socket.Poll());
        Assert.Equal(0, socket.Get(1, 4));
        Assert.Equal(Errno.Success, socket.Connect(Tester.SelfIp, 4000, MessageFlags.DoNotWait));
        Assert.Equal(Errno.EISCONN, socket.Connect(Tester.SelfIp, 4000, MessageFlags.DoNotWait));
        Assert.Equal(Errno.Success, socket.GetPeer(out _));
    }

    [Fact]
    public void Connect_Refused_SoErrorTellsOnce_ThenItMayBeTriedAgain()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Connecting();
        peer.Exchange(TcpFlags.Rst | TcpFlags.Ack);
        Assert.Equal(Everything | PollEvents.Error, socket.Poll());
        Assert.Equal((int)Errno.ECONNREFUSED, socket.Get(1, 4));
        Assert.Equal(0, socket.Get(1, 4));
        Assert.Equal(Errno.ECONNABORTED, socket.Connect(Tester.SelfIp, 4000, MessageFlags.DoNotWait));
        Assert.Equal(Errno.EINPROGRESS, socket.Connect(Tester.SelfIp, 4000, MessageFlags.DoNotWait));
    }

    [Fact]
    public void Connect_Blocking_Refused()
    {
        Tester tester = new();
        using TestSocket socket = new(tester.Node.Stack, SocketType.Tcp);
        tester.Probe.Arrived = frame =>
        {
            Answer syn = Answer.Judge(frame);
            new TcpPeer(tester, syn.SourcePort).Send(TcpFlags.Rst | TcpFlags.Ack, ack: syn.Sequence + 1);
        };
        Assert.Equal(Errno.ECONNREFUSED, socket.Connect(Tester.SelfIp, 4000));
        Assert.Equal(0, socket.Get(1, 4));
    }

    [Fact]
    public void Unconnected_SendAndReceiveFail()
    {
        Tester tester = new();
        using TestSocket socket = new(tester.Node.Stack, SocketType.Tcp);
        Assert.Equal(PollEvents.Writable | PollEvents.HangUp, socket.Poll());
        Assert.Equal(Errno.ENOTCONN, socket.Receive().Error);
        Assert.Equal(Errno.EPIPE, socket.Send(s_hello).Error);
        Assert.Equal(Errno.ENOTCONN, socket.Shutdown(ShutdownHow.Both));
        Assert.Equal(Errno.ENOTCONN, socket.GetPeer(out _));
        Assert.Equal(Errno.EINVAL, socket.Accept(out _));
    }

    [Fact]
    public void Reset_ReadTellsOnce_ThenEnd_WritesAreBrokenPipes()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        peer.SendData(s_hello);
        peer.Exchange(TcpFlags.Rst);
        Assert.Equal(Everything | PollEvents.Error, socket.Poll());
        Assert.Equal(s_hello, socket.Receive().Data); // what came before comes first
        Assert.Equal(Errno.ECONNRESET, socket.Receive().Error);
        Assert.Equal(0, socket.Receive().Result.Count);
        Assert.Equal(Errno.EPIPE, socket.Send(s_hello).Error);
        Assert.Equal(Errno.ENOTCONN, socket.Shutdown(ShutdownHow.Write));
    }

    [Fact]
    public void Reset_InCloseWait_BrokenPipe()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        peer.SendData([], TcpFlags.Fin);
        peer.Exchange(TcpFlags.Rst);
        Assert.Equal((int)Errno.EPIPE, socket.Get(1, 4));
    }

    [Fact]
    public void Reset_WakesAWaitingReader()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        peer.Tester.Time.After(TimeSpan.FromSeconds(3), () => peer.Send(TcpFlags.Rst));
        Assert.Equal(Errno.ECONNRESET, socket.Receive(TestSocket.Blocking).Error);
    }

    [Fact]
    public void Poll_EachStageOfAClose()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        Assert.Equal(PollEvents.Writable, socket.Poll());
        peer.SendData(s_hello, TcpFlags.Fin);
        Assert.Equal(PollEvents.Readable | PollEvents.ReadHangUp | PollEvents.Writable, socket.Poll());
        Assert.Equal(s_hello, socket.Receive().Data);
        Assert.Equal(Errno.Success, socket.Shutdown(ShutdownHow.Write));
        Assert.Equal(Everything, socket.Poll());
        peer.AcknowledgeAll(peer.Settle());
        Assert.Equal(Everything, socket.Poll());
    }

    [Fact]
    public void Poll_FullSendBuffer_WritableAgainWhenAThirdIsFree()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(synOptions: Opt.Modern);
        while (socket.Send(new byte[10_000], MessageFlags.DoNotWait).IsSuccess)
        {
        }

        Assert.Equal(PollEvents.None, socket.Poll() & PollEvents.Writable);
        for (int i = 0; i < 1000 && (socket.Poll() & PollEvents.Writable) == 0; i++)
        {
            Answer[] sent = peer.Take();
            peer.AcknowledgeAll(sent.Length > 0 ? sent : peer.Settle(0.2));
        }

        Assert.NotEqual(PollEvents.None, socket.Poll() & PollEvents.Writable);
        Assert.True(peer.Connection!.SendRoom >= peer.Connection.SendLimit / 3);
    }

    [Fact]
    public void ShutdownRead_WhatIsHereCanBeRead_ThenEnd()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        peer.SendData(s_hello);
        Assert.Equal(Errno.Success, socket.Shutdown(ShutdownHow.Read));
        Assert.Equal(s_hello, socket.Receive(TestSocket.Blocking).Data);
        Assert.Equal(0, socket.Receive(TestSocket.Blocking).Result.Count);
        Answer answer = Assert.Single(peer.SendData(s_hello)); // the peer knows nothing of it
        Assert.Equal(peer.Next, answer.Acknowledgement);
    }

    [Fact]
    public void Peek_LeavesTheData_WaitAll_FillsTheBuffer_Truncated_Drops()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        peer.SendData("abc"u8.ToArray());
        Assert.Equal("abc"u8.ToArray(), socket.Receive(MessageFlags.Peek | MessageFlags.DoNotWait).Data);
        peer.Tester.Time.After(TimeSpan.FromSeconds(1), () => peer.Send(TcpFlags.Ack, "defgh"u8.ToArray()));
        Assert.Equal("abcde"u8.ToArray(), socket.Receive(MessageFlags.WaitAll | MessageFlags.Peek, size: 5).Data);
        Assert.Equal("abcde"u8.ToArray(), socket.Receive(MessageFlags.WaitAll, size: 5).Data);
        Assert.Equal(2, socket.Receive(MessageFlags.Truncated | MessageFlags.DoNotWait, size: 2).Result.Count);
        Assert.Equal("h"u8.ToArray(), socket.Receive().Data);
    }

    [Fact]
    public void WaitAll_EndsAtTheEndAndAtTheTimeout()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        peer.SendData("abc"u8.ToArray());
        Assert.Equal(Errno.Success, socket.Set(1, 20, [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])); // SO_RCVTIMEO
        Assert.Equal("abc"u8.ToArray(), socket.Receive(MessageFlags.WaitAll, size: 10).Data);
        Instant start = peer.Tester.Time.Now;
        Assert.Equal(Errno.EAGAIN, socket.Receive(TestSocket.Blocking).Error);
        Assert.Equal(1, (peer.Tester.Time.Now - start).TotalSeconds, 3);
        peer.SendData("x"u8.ToArray(), TcpFlags.Fin);
        Assert.Equal("x"u8.ToArray(), socket.Receive(MessageFlags.WaitAll, size: 10).Data);
    }

    [Fact]
    public void LowWater_PollAndReadWaitForIt()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        Assert.Equal(Errno.Success, socket.Set(1, 18, 4)); // SO_RCVLOWAT
        peer.SendData("abc"u8.ToArray());
        Assert.Equal(PollEvents.None, socket.Poll() & PollEvents.Readable);
        peer.SendData("d"u8.ToArray());
        Assert.NotEqual(PollEvents.None, socket.Poll() & PollEvents.Readable);
        Assert.Equal("abcd"u8.ToArray(), socket.Receive(TestSocket.Blocking).Data);
    }

    [Fact]
    public void SendTimeout_OfAFullBuffer()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(window: 0);
        Assert.Equal(Errno.Success, socket.Set(1, 21, [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])); // SO_SNDTIMEO
        int sent = socket.Send(new byte[1_000_000]).Count;
        Assert.InRange(sent, 1000, 999_999);
        Assert.Equal(Errno.EAGAIN, socket.Send(s_hello).Error);
        peer.AssertNothingLeft(socket);
    }

    [Fact]
    public void Bind_PortInUse_AndWhatReuseAddressAllows()
    {
        Tester tester = new();
        NetStack stack = tester.Node.Stack;
        using TestSocket one = new(stack, SocketType.Tcp);
        Assert.Equal(Errno.Success, one.Bind("0.0.0.0", 80));
        Assert.Equal(Errno.EINVAL, one.Bind("0.0.0.0", 81));
        using TestSocket two = new(stack, SocketType.Tcp);
        Assert.Equal(Errno.EADDRINUSE, two.Bind("0.0.0.0", 80));
        Assert.Equal(Errno.EADDRINUSE, two.Bind(Tester.NodeIp, 80));
        Assert.Equal(Errno.EADDRNOTAVAIL, two.Bind("10.0.0.77", 80));
        Assert.Equal((Errno.Success, Errno.Success), (one.Set(1, 2, 1), two.Set(1, 2, 1)));
        Assert.Equal(Errno.Success, two.Bind("0.0.0.0", 80));
        Assert.Equal(Errno.Success, one.Listen(1));
        Assert.Equal(Errno.EADDRINUSE, two.Listen(1));
        using TestSocket three = new(stack, SocketType.Tcp);
        three.Set(1, 2, 1);
        Assert.Equal(Errno.EADDRINUSE, three.Bind("0.0.0.0", 80)); // a listener is not shared
    }

    [Fact]
    public void Bind_OverTimeWait_OnlyWithReuseAddress()
    {
        Tester tester = new();
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(tester);
        socket.Dispose();
        peer.AcknowledgeAll(peer.Settle());
        peer.SendData([], TcpFlags.Fin);
        using TestSocket plain = new(tester.Node.Stack, SocketType.Tcp);
        Assert.Equal(Errno.EADDRINUSE, plain.Bind("0.0.0.0", 80));
        Assert.Equal(Errno.Success, plain.Set(1, 2, 1));
        Assert.Equal(Errno.Success, plain.Bind("0.0.0.0", 80));
        Assert.Equal(Errno.Success, plain.Listen(1));
        plain.Dispose();
        tester.Settle(TimeSpan.FromSeconds(61));
        using TestSocket later = new(tester.Node.Stack, SocketType.Tcp);
        Assert.Equal(Errno.Success, later.Bind("0.0.0.0", 80));
    }

    [Fact]
    public void Connect_WithAPortWhoseLastConnectionIsInTimeWait_AddressNotAvailable()
    {
        Tester tester = new();
        TestSocket first = Bound(tester);
        Assert.Equal(Errno.EINPROGRESS, first.Connect(Tester.SelfIp, 4000, MessageFlags.DoNotWait));
        TcpPeer peer = new(tester, 5555);
        peer.Expected = Assert.Single(peer.Settle()).Sequence + 1;
        peer.Exchange(SynAck);
        peer.Next++;
        first.Dispose();
        peer.AcknowledgeAll(peer.Settle());
        peer.SendData([], TcpFlags.Fin);
        TestSocket second = Bound(tester);
        Assert.Equal(Errno.EADDRNOTAVAIL, second.Connect(Tester.SelfIp, 4000, MessageFlags.DoNotWait));
        Assert.Equal(Errno.EINPROGRESS, second.Connect(Tester.SelfIp, 4001, MessageFlags.DoNotWait));
        peer.AssertNothingLeft(second);
        using TestSocket third = new(tester.Node.Stack, SocketType.Tcp);
        Assert.Equal(Errno.Success, third.Bind("0.0.0.0", 5555)); // nothing holds the port any more

        static TestSocket Bound(Tester tester)
        {
            TestSocket socket = new(tester.Node.Stack, SocketType.Tcp);
            Assert.Equal(Errno.Success, socket.Set(1, 2, 1));
            Assert.Equal(Errno.Success, socket.Bind("0.0.0.0", 5555));
            return socket;
        }
    }

    [Fact]
    public void Listener_Closed_WhoWasNotAcceptedIsReset()
    {
        Tester tester = new();
        TestSocket listener = TestSocket.Listening(tester.Node.Stack, 80);
        TcpPeer finished = new(tester, ownPort: 1001);
        finished.Open();
        TcpPeer half = new(tester, ownPort: 1002);
        half.Exchange(TcpFlags.Syn);
        listener.Dispose();
        Assert.Equal(TcpFlags.Rst, Assert.Single(finished.Settle()).Flags & TcpFlags.Rst);
        Assert.Equal(TcpFlags.Rst, Assert.Single(half.Exchange(TcpFlags.Ack, seq: half.Isn + 1, ack: 1)).Flags);
        finished.AssertNothingLeft();
    }

    [Fact]
    public void Listener_ShutDown_AcceptFails()
    {
        Tester tester = new();
        using TestSocket listener = TestSocket.Listening(tester.Node.Stack, 80);
        Assert.Equal(1, listener.Get(1, 30)); // SO_ACCEPTCONN
        Assert.Equal(Errno.EISCONN, listener.Connect(Tester.SelfIp, 4000, MessageFlags.DoNotWait));
        Assert.Equal(Errno.ENOTCONN, listener.Receive().Error);
        tester.Time.After(TimeSpan.FromSeconds(1), () => Assert.Equal(Errno.Success, listener.Shutdown(ShutdownHow.Read)));
        Assert.Equal(Errno.EINVAL, listener.Accept(out _, TestSocket.Blocking));
    }

    [Fact]
    public void Accept_ConnectionThatWasReset_IsGivenAndTellsTheError()
    {
        Tester tester = new();
        using TestSocket listener = TestSocket.Listening(tester.Node.Stack, 80);
        TcpPeer peer = new(tester);
        peer.Open();
        peer.SendData(s_hello);
        peer.Exchange(TcpFlags.Rst);
        Assert.Equal(PollEvents.Readable, listener.Poll());
        Assert.Equal(Errno.Success, listener.Accept(out TestSocket? socket));
        Assert.Equal(s_hello, socket!.Receive().Data);
        Assert.Equal(Errno.ECONNRESET, socket.Receive().Error);
        peer.AssertNothingLeft(socket, listener);
    }

    [Fact]
    public void UserTimeout_CountsFromWhenDataBeganToWait()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        Assert.Equal(Errno.Success, socket.Set(6, 18, 5000)); // TCP_USER_TIMEOUT
        Assert.Equal(Errno.EINVAL, socket.Set(6, 18, -1));
        Assert.Equal(5000, socket.Get(6, 18));
        peer.Settle(60.0); // idle for long
        socket.Send(s_hello, MessageFlags.DoNotWait);
        peer.Settle(4.0);
        Assert.Equal(TcpState.Established, peer.State);
        peer.Settle(5.0);
        Assert.Equal(Errno.ETIMEDOUT, socket.Receive().Error);
        peer.AssertNothingLeft(socket);
    }

    [Fact]
    public void UserTimeout_EndsAZeroWindow_ThoughItIsAnswered()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(window: 0);
        Assert.Equal(Errno.Success, socket.Set(6, 18, 5000));
        socket.Send(s_hello, MessageFlags.DoNotWait);
        for (int i = 0; i < 200; i++)
        {
            peer.Settle(0.1);
            peer.Send(TcpFlags.Ack);
        }

        Assert.Equal(TcpState.Closed, peer.State);
        Assert.Equal(Errno.ETIMEDOUT, socket.Receive().Error);
    }

    [Fact]
    public void Orphan_OfAZeroWindow_DoesNotLiveForEver()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(window: 0);
        socket.Send(new byte[10_000], MessageFlags.DoNotWait);
        socket.Dispose();
        for (int i = 0; i < 600; i++)
        {
            peer.Settle(0.1);
            peer.Send(TcpFlags.Ack);
        }

        Assert.Equal((TcpState.Closed, 0), (peer.State, peer.Tester.Node.Stack.Tcp.Memory.ChunksInUse));
    }

    [Fact]
    public void Orphan_InFinWait2_EndsAfterAMinute()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        socket.Dispose();
        peer.AcknowledgeAll(peer.Settle());
        peer.Settle(59.0);
        Assert.Equal(TcpState.FinWait2, peer.State);
        peer.Settle(2.0);
        Assert.Equal(TcpState.Closed, peer.State);
    }

    [Fact]
    public void Information_TellsTheConnection()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(synOptions: [.. Opt.Modern, .. Opt.Timestamps(1, 0)]);
        peer.Options = static () => Opt.Timestamps(2, 0);
        socket.Send(new byte[3000], MessageFlags.DoNotWait);
        byte[] info = new byte[104];
        Assert.Equal(104, socket.Get(6, 11, info).Count);
        Assert.Equal((1, 7), (info[0], info[5] & 7)); // ESTABLISHED; timestamps, SACK, window scale
        Assert.Equal((7, peer.Connection!.ReceiveScale), (info[6] & 15, info[6] >> 4));
        Assert.Equal(1448, BitConverter.ToInt32(info, 16));
        Assert.Equal(3, BitConverter.ToInt32(info, 24)); // under way
        Assert.Equal(10, BitConverter.ToInt32(info, 80)); // snd_cwnd
        Assert.Equal(1500, BitConverter.ToInt32(info, 60));
        Assert.Equal(10, socket.Get(6, 11, info.AsSpan(0, 10)).Count);
    }

    [Fact]
    public void Congestion_NamedChangedRefused()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        byte[] name = new byte[16];
        Assert.Equal(16, socket.Get(6, 13, name).Count);
        Assert.Equal("cubic\0", System.Text.Encoding.ASCII.GetString(name, 0, 6));
        Assert.Equal(Errno.Success, socket.Set(6, 13, "reno"u8.ToArray()));
        socket.Get(6, 13, name);
        Assert.Equal("reno\0", System.Text.Encoding.ASCII.GetString(name, 0, 5));
        Assert.Equal(Errno.ENOENT, socket.Set(6, 13, "vegas"u8.ToArray()));
        Assert.Equal(Errno.EINVAL, socket.Set(6, 13, Array.Empty<byte>()));
        socket.Send(s_hello, MessageFlags.DoNotWait);
        peer.AcknowledgeAll(peer.Settle());
        Assert.Equal(0, peer.Connection!.Unacknowledged);
    }

    [Fact]
    public void MaximumSegment_BoundsWhatIsSentAndAnnounced()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(synOptions: Opt.Modern, prepare: static listener => Assert.Equal(Errno.Success, listener.Set(6, 2, 700)));
        socket.Send(new byte[3000], MessageFlags.DoNotWait);
        Assert.Equal(700, peer.Settle().Max(static answer => answer.Data.Length));
        Tester tester = new();
        using TestSocket client = new(tester.Node.Stack, SocketType.Tcp);
        Assert.Equal(536, client.Get(6, 2));
        Assert.Equal(Errno.Success, client.Set(6, 2, 700));
        Assert.Equal((Errno.EINVAL, Errno.EINVAL), (client.Set(6, 2, 40_000), client.Set(6, 2, -1)));
        Assert.Equal(Errno.Success, client.Set(6, 2, 700));
        Assert.Equal(Errno.EINPROGRESS, client.Connect(Tester.SelfIp, 4000, MessageFlags.DoNotWait));
        Assert.Equal(700, (int)Assert.Single(new TcpPeer(tester, client.Name.Port).Settle()).MaximumSegment!);
    }

    [Fact]
    public void ReceiveBuffer_OfTheUser_BoundsTheFirstWindow()
    {
        Tester tester = new();
        using TestSocket listener = TestSocket.Listening(tester.Node.Stack, 80);
        Assert.Equal(Errno.Success, listener.Set(1, 8, 2048));
        TcpPeer peer = new(tester);
        Assert.Equal(2048, peer.Open().Window);
    }

    [Fact]
    public void Disconnect_ResetsAndFreesTheSocket()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Connected();
        Assert.Equal(Errno.Success, socket.Disconnect());
        Assert.Equal(TcpFlags.Rst, Assert.Single(peer.Settle()).Flags & TcpFlags.Rst);
        Assert.Equal(Errno.ENOTCONN, socket.GetPeer(out _));
        Assert.Equal(Errno.EINPROGRESS, socket.Connect(Tester.SelfIp, 4000, MessageFlags.DoNotWait));
    }

    [Fact]
    public void Connect_ToOneself_SimultaneousOpenOverLoopback()
    {
        Tester tester = new();
        using TestSocket socket = new(tester.Node.Stack, SocketType.Tcp);
        Assert.Equal(Errno.Success, socket.Bind("127.0.0.1", 7777));
        Assert.Equal(Errno.Success, socket.Connect("127.0.0.1", 7777));
        Assert.Equal(5, socket.Send(s_hello).Count);
        Assert.Equal(s_hello, socket.Receive(TestSocket.Blocking).Data);
    }

    [Fact]
    public void Connect_ToAClosedPortOfOneself_Refused()
    {
        Tester tester = new();
        using TestSocket socket = new(tester.Node.Stack, SocketType.Tcp);
        Assert.Equal(Errno.ECONNREFUSED, socket.Connect("127.0.0.1", 7777));
    }

    [Fact]
    public void Connect_NeighbourDoesNotAnswer_HostUnreachable()
    {
        Tester tester = new();
        using TestSocket socket = new(tester.Node.Stack, SocketType.Tcp);
        Assert.Equal(Errno.EHOSTUNREACH, socket.Connect("10.0.0.99", 80));
        Assert.Equal(Errno.ENETUNREACH, socket.Connect("192.0.2.1", 80));
    }
}
