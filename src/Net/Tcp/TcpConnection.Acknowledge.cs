namespace KernelSockets.Net;

/// <content>What an acknowledgement tells: data that have arrived, the peer's window, the round trip.</content>
internal sealed partial class TcpConnection
{
    private readonly Scoreboard _segments;
    private RttEstimator _rtt = new();
    private SequenceNumber _sndWl1; // SND.WL1: SEG.SEQ of the last window update
    private SequenceNumber _sndWl2; // SND.WL2: SEG.ACK of it
    private SequenceNumber _highestSacked; // the last byte that a SACK block has covered
    private int _duplicates; // duplicate acknowledgements in a row, where there is no SACK
    private Instant _deliveredAt; // when the peer told last of data that have arrived
    private bool _hasLargeArrived; // a segment that the smallest of paths would not carry

    /// <summary>MAX.SND.WND (RFC 5961 §5.2).</summary>
    public int MaxSndWnd { get; private set; }

    /// <summary>Bytes taken to be in the network.</summary>
    private int Pipe => HasSack ? _segments.Pipe : Math.Max(0, _segments.Pipe - (_duplicates * EffectiveSegment));

    /// <summary>ESTABLISHED and beyond: "If SND.UNA &lt; SEG.ACK =&lt; SND.NXT, then set SND.UNA &lt;- SEG.ACK" and what follows.</summary>
    private void TakeAcknowledgement(in TcpSegment segment, Instant now)
    {
        int acknowledged = segment.Acknowledgement - SndUna;
        if (acknowledged < 0)
        {
            return; // "If the ACK is a duplicate (SEG.ACK =< SND.UNA), it can be ignored."
        }

        int oldWindow = SndWnd;
        UpdateWindow(segment);
        bool isDuplicate = acknowledged == 0 && segment.Length == 0 && SndWnd == oldWindow && _segments.Count > 0;
        Delivery delivery = new() { OldestSentAt = Instant.Never, Echo = EchoIn(segment.Options) };
        TakeSackBlocks(segment, now, ref delivery);
        if (acknowledged > 0)
        {
            DetectSpuriousByTimestamp(segment);
            Advance(segment.Acknowledgement, now, ref delivery);
        }

        if (Sample(segment, acknowledged, delivery, now))
        {
            _backoff = 0; // RFC 6298 §5: only a measurement ends the doubling
        }

        delivery.Bytes += isDuplicate && !HasSack ? EffectiveSegment : 0; // RFC 6937 §3: a duplicate says that one segment has left
        if (delivery.Bytes > 0)
        {
            _deliveredAt = now;
            _lossProbes = 0;
        }

        Recover(acknowledged, isDuplicate, delivery, now);
        if (acknowledged > 0)
        {
            _timeouts = 0;
            _progressAt = now;
            SoftError = Errno.Success;
            NotifyWritable();
        }
    }

    /// <summary>"The send window should be updated. If (SND.WL1 &lt; SEG.SEQ or (SND.WL1 = SEG.SEQ and SND.WL2 =&lt; SEG.ACK)), set SND.WND &lt;- SEG.WND."</summary>
    private void UpdateWindow(in TcpSegment segment)
    {
        if (_sndWl1 < segment.Sequence || (_sndWl1 == segment.Sequence && _sndWl2 <= segment.Acknowledgement))
        {
            SndWnd = WindowOf(segment);
            MaxSndWnd = Math.Max(MaxSndWnd, SndWnd);
            (_sndWl1, _sndWl2) = (segment.Sequence, segment.Acknowledgement);
            _probes = SndWnd > 0 ? 0 : _probes;
        }
    }

    /// <summary>SEG.WND in bytes.</summary>
    private int WindowOf(in TcpSegment segment) => segment.IsWindowScaled ? segment.Window << SendScale : segment.Window;

    /// <summary>Takes what is acknowledged off the queues.</summary>
    private void Advance(SequenceNumber acknowledgement, Instant now, ref Delivery delivery)
    {
        while (_segments.Count > 0 && _segments[0].End <= acknowledgement)
        {
            if (!_segments[0].IsSacked)
            {
                Deliver(_segments[0], now, ref delivery);
            }

            _segments.RemoveFirst();
        }

        if (_segments.Count > 0 && _segments[0].Start < acknowledgement)
        {
            int part = acknowledgement - _segments[0].Start;
            delivery.Bytes += _segments[0].IsSacked ? 0 : part;
            _segments.ShortenFirst(part);
        }

        _sendData.DiscardTo(Math.Min(_sendEnd, _sendData.Start + (acknowledgement - SndUna)));
        SndUna = acknowledgement;
        SndUp = SequenceNumber.Max(SndUp, SndUna); // so that it does not lie ahead again after 2 GiB
        _highestSacked = SequenceNumber.Max(_highestSacked, SndUna);
        if (_sendData.Start == _sendEnd)
        {
            _sendData.Clear();
        }
    }

    /// <summary>RFC 2018 §5: marks what the blocks cover. A block that lies outside of what is under way is ignored.</summary>
    private void TakeSackBlocks(in TcpSegment segment, Instant now, ref Delivery delivery)
    {
        TcpOptions options = segment.Options;
        if (!HasSack || options.SackCount == 0)
        {
            return;
        }

        for (int i = 0; i < options.SackCount; i++)
        {
            SackBlock block = options.Sack(i);
            if (i == 0 && IsDuplicateReport(options, segment.Acknowledgement))
            {
                NoteDuplicateReport(block);
                delivery.IsOfDuplicate = true;
            }
            else if (block.Left < block.Right && block.Left >= SndUna && block.Left >= segment.Acknowledgement && block.Right <= SndNxt)
            {
                MarkSacked(block, now, ref delivery);
            }
        }
    }

    private void MarkSacked(SackBlock block, Instant now, ref Delivery delivery)
    {
        int last = _segments.Count - 1;
        if (_isFinSent && last >= 0 && _segments[last].Length > 1 && _segments[last].End == block.Right + 1 && _segments[last].Start >= block.Left)
        {
            _segments.Split(last, _segments[last].Length - 1); // a peer that does not count our FIN among what it has
        }

        for (int i = _segments.Find(block.Left); i < _segments.Count && _segments[i].End <= block.Right; i++)
        {
            if (_segments[i].Start < block.Left || _segments[i].IsSacked)
            {
                continue;
            }

            if (_segments[i].Retransmissions == 0 && _segments[i].End < _highestSacked)
            {
                _isReorderingSeen = true;
            }

            Deliver(_segments[i], now, ref delivery);
            _segments.MarkSacked(i, isSacked: true);
        }

        _highestSacked = SequenceNumber.Max(_highestSacked, block.Right);
    }

    /// <summary>RFC 2883 §4: the first block tells of a duplicate when it lies below the acknowledgement or inside the second block.</summary>
    private static bool IsDuplicateReport(in TcpOptions options, SequenceNumber acknowledgement)
    {
        SackBlock first = options.Sack(0);
        return first.Right <= acknowledgement
            || (options.SackCount > 1 && options.Sack(1).Left <= first.Left && first.Right <= options.Sack(1).Right);
    }

    /// <summary>A segment has arrived: what that says of time.</summary>
    private void Deliver(in SentSegment segment, Instant now, ref Delivery delivery)
    {
        delivery.Bytes += segment.Length;
        _hasLargeArrived |= segment.Length > LeastPathSegment;
        NoteForRack(segment, delivery.Echo, now);
        if (segment.Retransmissions == 0)
        {
            delivery.OldestSentAt = Instant.Min(delivery.OldestSentAt, segment.SentAt);
        }
    }

    /// <summary>
    /// Karn's algorithm: only what was sent once is measured (RFC 6298 §3), or what a timestamp tells (RFC 7323 §4). A peer that tells of a duplicate
    /// has not taken that one's timestamp (RFC 7323 §5.3): it echoes one from before its last acknowledgement was lost.
    /// </summary>
    /// <returns>False when nothing could be measured.</returns>
    private bool Sample(in TcpSegment segment, int acknowledged, in Delivery delivery, Instant now)
    {
        if (delivery.OldestSentAt != Instant.Never)
        {
            _rtt.Add(now - delivery.OldestSentAt, now);
            return true;
        }

        if (acknowledged == 0 || delivery.IsOfDuplicate || SinceEcho(segment.Options, now) is not { } told)
        {
            return false;
        }

        _rtt.Add(told, now);
        return true;
    }

    private void NotifyWritable()
    {
        if (User is { } user && State.MaySend() && !_isFinQueued && SendRoom >= SendLimit / 3)
        {
            user.OnChange(this, PollEvents.Writable);
        }
    }

    /// <summary>What one acknowledgement has delivered.</summary>
    private struct Delivery
    {
        /// <summary>Bytes, sacked ones counted.</summary>
        public int Bytes { get; set; }

        /// <summary>TSecr of the acknowledgement; null for none.</summary>
        public uint? Echo { get; init; }

        /// <summary>When the oldest of the segments was sent that were sent once; never for none.</summary>
        public Instant OldestSentAt { get; set; }

        /// <summary>It answers a segment that had arrived before.</summary>
        public bool IsOfDuplicate { get; set; }
    }
}
