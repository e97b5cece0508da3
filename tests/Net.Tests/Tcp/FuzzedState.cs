using KernelSockets.Net.Tests.Sockets;
using KernelSockets.Sockets;

namespace KernelSockets.Net.Tests.Tcp;

/// <summary>Brings a connection of the node into one of the eleven states, whose socket then may be used.</summary>
internal sealed class FuzzedState(Tester tester, Random random)
{
    private const ushort ListeningPort = 80;
    private const ushort ClosedPort = 81;
    private const ushort FirstPort = 2000;

    private static readonly TimeSpan s_timeWaits = TimeWaitTable.Life * 2;

    private readonly TestSocket _listener = TestSocket.Listening(tester.Node.Stack, ListeningPort, backlog: 8);
    private ushort _lastPort = FirstPort;

    /// <summary>The socket of the newest connection; null where nobody has it.</summary>
    public TestSocket? Socket { get; private set; }

    /// <summary>Makes one.</summary>
    /// <returns>Its peer.</returns>
    public TcpPeer Make(TcpState state)
    {
        Socket = null;
        TcpPeer peer = state switch
        {
            TcpState.Closed => MakePeer(ClosedPort),
            TcpState.Listen => MakePeer(ListeningPort),
            TcpState.SynSent => Connecting(),
            TcpState.SynReceived => random.Next(3) == 0 ? OpenedByBoth() : HalfOpen(),
            _ => Further(state, random.Next(3) == 0 ? Connected() : Accepted()),
        };
        Assert.Equal(state, StateOf(peer));
        return peer;
    }

    /// <summary>The state that a segment of the peer meets.</summary>
    public TcpState StateOf(TcpPeer peer)
    {
        NetStack stack = tester.Node.Stack;
        return peer.Connection is { } connection ? connection.State
            : stack.Tcp.TimeWaits.Contains(new TcpKey(Tester.Node4, peer.Port, Tester.Self4, peer.OwnPort)) ? TcpState.TimeWait
            : peer.Port == ListeningPort ? TcpState.Listen
            : TcpState.Closed;
    }

    /// <summary>Closes the sockets that nobody has taken.</summary>
    public void Clear()
    {
        Socket?.Dispose();
        Socket = null;
        while (_listener.Accept(out TestSocket? socket) == Errno.Success)
        {
            socket!.Dispose();
        }
    }

    public void Finish()
    {
        Clear();
        _listener.Dispose();
    }

    private TcpPeer MakePeer(ushort port) => new(tester, port, NextPort(), (uint)random.NextInt64()) { Window = (ushort)random.Next(3000, 65_536) };

    private ushort NextPort()
    {
        if (_lastPort == ushort.MaxValue)
        {
            _lastPort = FirstPort;
            tester.Settle(s_timeWaits);
        }

        return ++_lastPort;
    }

    private TcpPeer HalfOpen()
    {
        TcpPeer peer = MakePeer(ListeningPort);
        Answer[] answers = peer.Exchange(TcpFlags.Syn, options: SegmentFuzzer.SynOptions[random.Next(SegmentFuzzer.SynOptions.Length)]);
        peer.Next++;
        peer.Expected = Assert.Single(answers).Sequence + 1;
        return peer;
    }

    private TcpPeer Accepted()
    {
        TcpPeer peer = HalfOpen();
        peer.Exchange(TcpFlags.Ack);
        Assert.Equal(Errno.Success, _listener.Accept(out TestSocket? socket));
        Socket = socket;
        return peer;
    }

    private TcpPeer Connecting()
    {
        Socket = new TestSocket(tester.Node.Stack, SocketType.Tcp);
        ushort port = NextPort();
        Assert.Equal(Errno.EINPROGRESS, Socket.Connect(Tester.SelfIp, port, MessageFlags.DoNotWait));
        TcpPeer peer = new(tester, Socket.Name.Port, port, (uint)random.NextInt64());
        peer.Expected = Assert.Single(peer.Settle()).Sequence + 1;
        return peer;
    }

    private TcpPeer OpenedByBoth()
    {
        TcpPeer peer = Connecting();
        peer.Exchange(TcpFlags.Syn, ack: 0, options: SegmentFuzzer.SynOptions[random.Next(SegmentFuzzer.SynOptions.Length)]);
        peer.Next++;
        return peer;
    }

    private TcpPeer Connected()
    {
        TcpPeer peer = Connecting();
        peer.Exchange(TcpFlags.Syn | TcpFlags.Ack, options: SegmentFuzzer.SynOptions[random.Next(SegmentFuzzer.SynOptions.Length)]);
        peer.Next++;
        return peer;
    }

    /// <summary>From ESTABLISHED on.</summary>
    private TcpPeer Further(TcpState state, TcpPeer peer)
    {
        if (random.Next(2) == 0)
        {
            peer.SendData(new byte[random.Next(1, 1000)]);
            TcpPeer.ReadAll(Socket!);
        }

        if (state is TcpState.CloseWait or TcpState.LastAck)
        {
            peer.SendData([], TcpFlags.Fin);
        }

        if (random.Next(2) == 0)
        {
            Assert.True(Socket!.Send(new byte[random.Next(1, 2000)], MessageFlags.DoNotWait).IsSuccess);
            AcknowledgeEverything(peer);
        }

        if (state is TcpState.Established or TcpState.CloseWait)
        {
            return peer;
        }

        Close();
        if (state is TcpState.FinWait2 or TcpState.TimeWait)
        {
            AcknowledgeEverything(peer);
        }

        peer.Settle();

        if (state is TcpState.Closing or TcpState.TimeWait)
        {
            peer.SendData([], TcpFlags.Fin);
        }

        return peer;
    }

    private static void AcknowledgeEverything(TcpPeer peer)
    {
        while (peer.Connection is { } connection && (connection.Unacknowledged > 0 || connection.SndUna != connection.SndNxt))
        {
            peer.AcknowledgeAll(peer.Settle(1.0));
        }
    }

    /// <summary>The node's FIN, of a socket that stays or goes.</summary>
    private void Close()
    {
        if (random.Next(2) == 0)
        {
            Assert.Equal(Errno.Success, Socket!.Shutdown(ShutdownHow.Write));
        }
        else
        {
            Socket!.Dispose();
            Socket = null;
        }
    }
}
