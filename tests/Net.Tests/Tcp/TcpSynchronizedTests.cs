using KernelSockets.Net.Tests.Sockets;
using KernelSockets.Sockets;

namespace KernelSockets.Net.Tests.Tcp;

/// <summary>Segments that do not fit a connection (RFC 9293 §3.10.7.4, RFC 5961), by the numbers of the wire checklist.</summary>
public sealed class TcpSynchronizedTests
{
    private static readonly byte[] s_hello = "hello"u8.ToArray();

    [Fact]
    public void Checklist47_OldDuplicate_Acknowledged_DataDropped()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        peer.SendData(s_hello);
        Answer answer = Assert.Single(peer.Exchange(TcpFlags.Ack, s_hello, seq: peer.Next - 5));
        Assert.True(answer.IsBareAck);
        Assert.Equal(peer.Next, answer.Acknowledgement);
        Assert.Equal(s_hello, TcpPeer.ReadAll(socket));
    }

    [Fact]
    public void Checklist47_BeyondTheWindow_Acknowledged_DataDropped()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        uint edge = peer.Connection!.RcvEdge.Value;
        foreach (uint seq in (uint[])[edge, edge + 1, edge + 0x3FFF_0000, peer.Next - 0x3FFF_0000])
        {
            Answer answer = Assert.Single(peer.Exchange(TcpFlags.Ack, s_hello, seq));
            Assert.Equal((true, peer.Next), (answer.IsBareAck, answer.Acknowledgement));
        }

        Assert.Equal(0, socket.BytesAvailable());
        Assert.Equal(0, peer.Tester.Node.Stack.Tcp.Memory.ChunksInUse);
    }

    [Fact]
    public void Checklist47_PartlyOldAndPartlyBeyond_OnlyTheWindowIsTaken()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        peer.SendData(s_hello);
        peer.Exchange(TcpFlags.Ack, "lo world"u8.ToArray(), seq: peer.Next - 2);
        Assert.Equal("hello world"u8.ToArray(), TcpPeer.ReadAll(socket));
    }

    [Fact]
    public void Checklist48_ResetExactlyAtRcvNxt_Resets()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        Assert.Empty(peer.Exchange(TcpFlags.Rst));
        Assert.Equal(Errno.ECONNRESET, socket.Receive().Error);
        Assert.Equal(0, socket.Receive().Result.Count);
        Assert.Equal(Errno.EPIPE, socket.Send(s_hello).Error);
        Assert.Equal(1, peer.Statistics.EstabResets);
        peer.AssertNothingLeft(socket);
    }

    [Fact]
    public void Checklist48_ResetInTheWindow_Challenged_Outside_Silence()
    {
        (TcpPeer peer, TestSocket _) = TcpPeer.Accepted();
        Answer challenge = Assert.Single(peer.Exchange(TcpFlags.Rst, seq: peer.Next + 1));
        Assert.Equal((true, peer.Next, peer.Expected), (challenge.IsBareAck, challenge.Acknowledgement, challenge.Sequence));
        Assert.Empty(peer.Exchange(TcpFlags.Rst, seq: peer.Next - 1));
        Assert.Empty(peer.Exchange(TcpFlags.Rst, seq: peer.Next + 0x2000_0000));
        Assert.Equal((TcpState.Established, 1), (peer.State, peer.Statistics.ChallengeAcks));
    }

    [Fact]
    public void Checklist49_SynInTheWindow_Challenged()
    {
        (TcpPeer peer, TestSocket _) = TcpPeer.Accepted();
        foreach (uint seq in (uint[])[peer.Next, peer.Next + 100, peer.Next + 0x2000_0000, peer.Next - 0x2000_0000])
        {
            Answer challenge = Assert.Single(peer.Exchange(TcpFlags.Syn, seq: seq));
            Assert.Equal((true, peer.Next), (challenge.IsBareAck, challenge.Acknowledgement));
        }

        Assert.Equal((TcpState.Established, 4), (peer.State, peer.Statistics.ChallengeAcks));
    }

    [Fact]
    public void Checklist50_AckOlderThanTheLargestWindow_Acknowledged_DataDropped()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        uint tooOld = peer.Expected - ushort.MaxValue - 10;
        Answer answer = Assert.Single(peer.Exchange(TcpFlags.Ack, s_hello, ack: tooOld));
        Assert.Equal((true, peer.Next), (answer.IsBareAck, answer.Acknowledgement));
        Assert.Equal(0, socket.BytesAvailable());
        peer.Exchange(TcpFlags.Ack, s_hello, ack: peer.Expected - 10); // an old one that may be genuine
        Assert.Equal(s_hello, TcpPeer.ReadAll(socket));
    }

    [Fact]
    public void Checklist51_AckOfWhatWasNotSent_Acknowledged_DataDropped()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        Answer answer = Assert.Single(peer.Exchange(TcpFlags.Ack, s_hello, ack: peer.Expected + 1));
        Assert.Equal((true, peer.Next), (answer.IsBareAck, answer.Acknowledgement));
        Assert.Equal(0, socket.BytesAvailable());
    }

    [Fact]
    public void Checklist52_ChallengesAreThrottledForEachConnectionAlone()
    {
        Tester tester = new();
        using TestSocket listener = TestSocket.Listening(tester.Node.Stack, 80);
        TcpPeer one = new(tester, ownPort: 1001);
        TcpPeer two = new(tester, ownPort: 1002);
        one.Open();
        two.Open();
        Assert.InRange(Challenges(one, 2000), 1, 20);
        Assert.Single(two.Exchange(TcpFlags.Rst, seq: two.Next + 1)); // the other has its own
        one.Settle(1.1);
        Assert.Single(one.Exchange(TcpFlags.Rst, seq: one.Next + 1));

        static int Challenges(TcpPeer peer, int count)
        {
            for (int i = 0; i < count; i++)
            {
                peer.Send(i % 2 == 0 ? TcpFlags.Rst : TcpFlags.Syn, seq: peer.Next + 1 + (uint)(i % 2 * 0x1000_0000));
                peer.Tester.Settle(TimeSpan.FromMicroseconds(10));
            }

            return peer.Settle().Length;
        }
    }

    [Fact]
    public void Checklist53_DataWithoutAck_Dropped()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        Assert.Empty(peer.Exchange(TcpFlags.Psh, s_hello));
        Assert.Empty(peer.Exchange(TcpFlags.Fin));
        Assert.Equal((0, TcpState.Established), (socket.BytesAvailable(), peer.State));
    }

    [Fact]
    public void Checklist54_ResetAtZeroWindow_Processed()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(prepare: static listener => listener.Set(1, 8, 2048));
        FillWindow(peer);
        Assert.Empty(peer.Exchange(TcpFlags.Rst));
        Assert.NotEmpty(TcpPeer.ReadAll(socket)); // what came before it can be read
        Assert.Equal(TcpState.Closed, peer.State);
    }

    [Fact]
    public void ZeroWindow_AckIsTaken_ProbeIsAnswered()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(prepare: static listener => listener.Set(1, 8, 2048));
        FillWindow(peer);
        socket.Send(s_hello, MessageFlags.DoNotWait);
        Answer data = Assert.Single(peer.Settle());
        Assert.Equal((ushort)0, data.Window);
        peer.AcknowledgeAll(data);
        Assert.Equal(0, peer.Connection!.Unacknowledged);
        foreach (uint seq in (uint[])[peer.Next, peer.Next - 1])
        {
            Answer answer = Assert.Single(peer.Exchange(TcpFlags.Ack, [1], seq));
            Assert.Equal((peer.Next, (ushort)0), (answer.Acknowledgement, answer.Window));
        }
    }

    [Fact]
    public void SegmentForAConnectionOfAnother_DoesNotDisturb()
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted();
        TcpPeer other = new(peer.Tester, ownPort: 4001);
        Assert.Equal(TcpFlags.Rst, Assert.Single(other.Exchange(TcpFlags.Ack, s_hello)).Flags);
        peer.SendData(s_hello);
        Assert.Equal(s_hello, TcpPeer.ReadAll(socket));
    }

    private static void FillWindow(TcpPeer peer)
    {
        Answer[] answers;
        do
        {
            int window = peer.Connection!.RcvEdge - peer.Connection.RcvNxt;
            answers = peer.SendData(new byte[Math.Min(window, 1000)]);
        }
        while (answers.Length == 0 || answers[^1].Window > 0);
    }
}
