using KernelSockets.Net.Tests.Sockets;
using KernelSockets.Sockets;

namespace KernelSockets.Net.Tests.Tcp;

/// <summary>Losses, and what looks like losses: probes instead of time-outs, and windows that come back when nothing was lost.</summary>
public sealed class TcpRecoveryTests
{
    private const int Segment = 1460;

    [Fact]
    public void TailProbe_IsTheLastSegmentAgain_ThenTheFirst_LongBeforeTheTimeout()
    {
        (TcpPeer peer, Answer[] sent) = Started(Opt.Modern, 8 * Segment);
        Answer first = Assert.Single(peer.Settle(0.022)); // 2 SRTT + 1 ms since they were sent
        Assert.Equal(sent[^1].Sequence, first.Sequence);
        Answer second = Assert.Single(peer.Settle(0.045)); // twice that
        Assert.Equal(sent[0].Sequence, second.Sequence);
        Assert.Equal((0L, 2L), (peer.Statistics.Timeouts, peer.Statistics.LossProbes));
    }

    [Fact]
    public void TailProbe_ThatWasNotNeeded_CostsNothing()
    {
        (TcpPeer peer, Answer[] sent) = Started(Opt.Modern, 8 * Segment);
        int window = Window(peer);
        Answer probe = Assert.Single(peer.Settle(0.022));
        Assert.Empty(peer.Exchange(TcpFlags.Ack, ack: sent[^1].End));
        Assert.Empty(peer.Exchange(TcpFlags.Ack, ack: sent[^1].End, options: Opt.Sack((probe.Sequence, probe.End))));
        peer.Expected = sent[^1].End;
        Assert.True(Window(peer) >= window, $"{Window(peer)} bytes instead of {window}");
        Assert.Equal(0, peer.Statistics.FastRecoveries);
    }

    [Fact]
    public void TailProbe_ThatRepairedALoss_CountsAsOne()
    {
        (TcpPeer peer, Answer[] sent) = Started(Opt.Modern, 8 * Segment, more: 8 * Segment);
        int window = Window(peer);
        Assert.Equal(sent[^1].Sequence, Assert.Single(peer.Settle(0.022)).Sequence);
        Answer[] next = peer.Exchange(TcpFlags.Ack, ack: sent[^1].End); // and no D-SACK
        Assert.NotEmpty(next);
        peer.Exchange(TcpFlags.Ack, ack: next[^1].End);
        Assert.True(Window(peer) < window, $"{Window(peer)} bytes after a loss with {window}");
    }

    [Fact]
    public void Recovery_WhoseAnswersAreLost_GoesOnByProbes()
    {
        (TcpPeer peer, Answer[] sent) = Started(Opt.Modern, 8 * Segment);
        Answer repaired = Assert.Single(peer.Exchange(TcpFlags.Ack, ack: sent[0].Sequence, options: Opt.Sack((sent[1].Sequence, sent[^1].End))));
        Assert.Equal(sent[0].Sequence, repaired.Sequence);
        Answer again = Assert.Single(peer.Settle(0.03)); // the retransmission, or its answer, is lost
        Assert.Equal(sent[0].Sequence, again.Sequence);
        Assert.Equal((0L, 1L), (peer.Statistics.Timeouts, peer.Statistics.LossProbes));
        Assert.Empty(peer.AcknowledgeAll(sent));
        Assert.Equal(0, peer.Connection!.Unacknowledged);
    }

    [Fact]
    public void SilentPeer_ProbesAreBounded_ThenTheTimeoutDoubles()
    {
        (TcpPeer peer, Answer[] _) = Started(Opt.Modern, 8 * Segment);
        peer.Settle(10.0);
        Assert.InRange(peer.Statistics.LossProbes, 1, 4);
        Assert.InRange(peer.Statistics.Timeouts, 4, 7);
    }

    [Fact]
    public void SpuriousTimeout_ToldByTimestamps_IsTakenBack()
    {
        uint echo = 0;
        (TcpPeer peer, Answer[] sent) = Started([.. Opt.Modern, .. Opt.Timestamps(1, 0)], 8 * (Segment - 12), options: () => Opt.Timestamps(2, echo));
        int window = Window(peer);
        Assert.NotEmpty(peer.Settle(0.6));
        Assert.Equal(1, peer.Statistics.Timeouts);
        Assert.True(Window(peer) < window);
        echo = sent[0].Timestamps!.Value.Value; // the original has been late, and so is this answer
        Assert.Empty(peer.Exchange(TcpFlags.Ack, ack: sent[1].End));
        Assert.True(Window(peer) >= window, $"{Window(peer)} bytes instead of {window}");
        Assert.Equal(1, peer.Statistics.SpuriousRecoveries);
    }

    [Fact]
    public void Timeout_ToldByTimestamps_ToBeALoss_Stays()
    {
        uint echo = 0;
        (TcpPeer peer, Answer[] _) = Started([.. Opt.Modern, .. Opt.Timestamps(1, 0)], 8 * (Segment - 12), options: () => Opt.Timestamps(2, echo));
        int window = Window(peer);
        Answer again = peer.Settle(0.6)[^1];
        Assert.Equal(1, peer.Statistics.Timeouts);
        echo = again.Timestamps!.Value.Value;
        Assert.NotEmpty(peer.Exchange(TcpFlags.Ack, ack: again.End));
        Assert.True(Window(peer) < window);
        Assert.Equal(0, peer.Statistics.SpuriousRecoveries);
    }

    [Fact]
    public void SpuriousRecovery_ToldByDuplicates_IsTakenBack()
    {
        (TcpPeer peer, Answer[] sent) = Started(Opt.Modern, 8 * Segment);
        int window = Window(peer);
        Answer again = Assert.Single(peer.Exchange(TcpFlags.Ack, ack: sent[0].Sequence, options: Opt.Sack((sent[1].Sequence, sent[5].End))));
        Assert.Empty(peer.Exchange(TcpFlags.Ack, ack: sent[^1].End)); // the first was late
        Assert.True(Window(peer) < window);
        Assert.Empty(peer.Exchange(TcpFlags.Ack, ack: sent[^1].End, options: Opt.Sack((again.Sequence, again.End))));
        Assert.True(Window(peer) >= window, $"{Window(peer)} bytes instead of {window}");
        Assert.Equal(1, peer.Statistics.SpuriousRecoveries);
    }

    [Fact]
    public void DuplicateReports_WithoutALoss_TakeNothingBack()
    {
        (TcpPeer peer, Answer[] sent) = Started(Opt.Modern, 8 * Segment);
        int window = Window(peer);
        for (int i = 0; i < 8; i++)
        {
            peer.Exchange(TcpFlags.Ack, ack: sent[0].Sequence, options: Opt.Sack((sent[0].Sequence - Segment, sent[0].Sequence)));
            peer.Exchange(TcpFlags.Ack, ack: sent[0].Sequence, options: Opt.Sack((sent[i].Sequence - 0x4000_0000, sent[i].End - 0x4000_0000)));
        }

        Assert.Equal((0L, window), (peer.Statistics.SpuriousRecoveries, Window(peer)));
    }

    [Fact]
    public void AnAckThatOthersHaveOvertaken_StillTellsOfRanges_AndOfNothingElse()
    {
        uint value = 1000;
        (TcpPeer peer, Answer[] sent) = Started([.. Opt.Modern, .. Opt.Timestamps(1, 0)], 8 * (Segment - 12), options: () => Opt.Timestamps(value, 0));
        peer.Send(TcpFlags.Ack, ack: sent[0].Sequence);
        value = 990;
        byte[] ranges = [.. Opt.Timestamps(value, 0), .. Opt.Sack((sent[1].Sequence, sent[^1].End))];
        Assert.Equal(sent[0].Sequence, Assert.Single(peer.Exchange(TcpFlags.Ack, ack: sent[0].Sequence, options: ranges)).Sequence);
        Assert.Equal((1000u, 0L), (peer.Connection!.RecentTimestamp, peer.Statistics.PawsDrops));
        value = 0x8000_0000 + 1000;
        peer.Exchange(TcpFlags.Ack, ack: sent[0].Sequence);
        Assert.Equal((1000u, 1L), (peer.Connection.RecentTimestamp, peer.Statistics.PawsDrops));
    }

    [Fact]
    public void BlackHole_ForLargeSegments_MakesThemSmall()
    {
        (TcpPeer peer, Answer[] _) = Started(Opt.Modern, 8 * Segment);
        Assert.Contains(peer.Settle(3.0), static answer => answer.Data.Length is > 0 and < 1000);
    }

    [Fact]
    public void Loss_OfSegmentsThatWereLargeEnoughBefore_LeavesThemLarge()
    {
        (TcpPeer peer, Answer[] sent) = Started(Opt.Modern, 8 * Segment, more: 8 * Segment);
        Answer[] next = peer.Exchange(TcpFlags.Ack, ack: sent[^1].End); // they have arrived
        Assert.All(next, static answer => Assert.Equal(Segment, answer.Data.Length));
        Assert.All(peer.Settle(3.0), static answer => Assert.Equal(Segment, answer.Data.Length)); // three time-outs
        Assert.InRange(peer.Statistics.Timeouts, 3, 4);
        Assert.Contains(peer.Settle(20.0), static answer => answer.Data.Length is > 0 and < 1000); // it is another path by now
    }

    [Fact]
    public void Batch_BehindAHole_IsAcknowledgedTogether_AndEveryRangeIsTold()
    {
        (TcpPeer peer, TestSocket _) = TcpPeer.Accepted(new Tester(isOffloading: true), [.. Opt.Modern, .. Opt.Timestamps(1, 0)]);
        peer.Options = static () => Opt.Timestamps(2, 0);
        uint start = peer.Next;
        HashSet<uint> told = [];
        int answers = 0;
        int segments = 0;
        for (uint batch = 0; batch < 10; batch++)
        {
            for (uint i = 1; i < 40; i++)
            {
                uint number = (batch * 40) + i;
                if (number % 9 == 0)
                {
                    continue; // another hole
                }

                segments++;
                peer.Send(TcpFlags.Ack, new byte[100], start + (number * 100));
            }

            foreach (Answer answer in peer.Settle())
            {
                answers++;
                foreach ((uint left, uint right) in answer.Sack)
                {
                    for (uint at = left; at != right; at += 100)
                    {
                        told.Add((at - start) / 100);
                    }
                }
            }
        }

        Assert.Equal(segments, told.Count);
        Assert.True(answers < segments, $"{answers} answers to {segments} segments");
    }

    /// <summary>A connection with a round trip of 10 ms whose data are under way.</summary>
    private static (TcpPeer Peer, Answer[] Sent) Started(byte[] synOptions, int size, int more = 0, Func<byte[]>? options = null)
    {
        (TcpPeer peer, TestSocket socket) = TcpPeer.Accepted(synOptions: synOptions);
        peer.Options = options;
        socket.Send(new byte[size + more], MessageFlags.DoNotWait);
        return (peer, peer.Settle(0.0001));
    }

    private static int Window(TcpPeer peer) => peer.Connection!.Report(peer.Tester.Time.Now).Window;
}
