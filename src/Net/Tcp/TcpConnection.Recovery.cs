namespace KernelSockets.Net;

/// <content>
/// Loss: found by time (RACK, RFC 8985) where there is SACK, by three duplicate acknowledgements (RFC 6582) where there is none; repaired at the
/// rate of proportional rate reduction (RFC 6937).
/// </content>
internal sealed partial class TcpConnection
{
    private const int DuplicateThreshold = 3; // DupThresh, RFC 5681 §3.2
    private const int MostWindowFactor = 20;
    private const int FactorRounds = 16; // RFC 8985 §7.1: RACK.reo_wnd_persist

    private CongestionControl _congestion;
    private LossState _lossState;
    private SequenceNumber _recoveryEnd; // RecoveryPoint: SND.NXT when the loss was found
    private int _recoveryFlight; // RecoverFS
    private int _recoveryDelivered; // prr_delivered
    private int _recoverySent; // prr_out

    private Instant _rackSentAt; // RACK.xmit_ts
    private SequenceNumber _rackEnd; // RACK.end_seq
    private TimeSpan _rackRoundTrip; // RACK.rtt
    private TimeSpan _reorderWait; // until more may be found lost
    private bool _isReorderingSeen;
    private byte _windowFactor = 1; // RACK.reo_wnd_mult
    private byte _windowRounds;
    private SequenceNumber? _probeEnd; // TLP.end_seq
    private SequenceNumber? _probedEnd; // end of the segment that the last probe has sent again

    private enum LossState : byte
    {
        /// <summary>Nothing is known to be lost.</summary>
        Open,

        /// <summary>Fast recovery.</summary>
        Recovery,

        /// <summary>After a retransmission time-out.</summary>
        Timeout,
    }

    /// <summary>Works out what an acknowledgement means for the congestion window and for what is lost.</summary>
    private void Recover(int acknowledged, bool isDuplicate, in Delivery delivery, Instant now)
    {
        int flight = _segments.Bytes + acknowledged;
        if (_lossState != LossState.Open && acknowledged > 0 && SndUna >= _recoveryEnd)
        {
            LeaveRecovery();
        }

        FinishProbe(acknowledged, now);
        if (HasSack)
        {
            DetectByTime(now);
        }
        else
        {
            DetectByDuplicates(acknowledged, isDuplicate);
        }

        if (_lossState == LossState.Open && _segments.LostBytes > 0)
        {
            EnterRecovery(flight, now);
        }

        if (_lossState == LossState.Recovery)
        {
            ReduceProportionally(delivery.Bytes);
        }
        else if (acknowledged > 0 && _isWindowLimited)
        {
            _congestion.OnAcknowledged(acknowledged, now, _rtt.Smoothed);
        }
    }

    private void EnterRecovery(int flight, Instant now)
    {
        Statistics.FastRecoveries++;
        _lossState = LossState.Recovery;
        _recoveryEnd = SndNxt;
        _recoveryFlight = Math.Max(1, flight);
        _recoveryDelivered = _recoverySent = 0;
        _probeEnd = null;
        StartUndo();

        // Where the window held data back, less may be under way only because segments wait to go together.
        _congestion.OnLoss(_isWindowLimited ? Math.Max(flight, _congestion.Window) : flight, now);
    }

    private void LeaveRecovery()
    {
        if (_lossState == LossState.Recovery)
        {
            _congestion.Window = Math.Max(_congestion.Threshold, EffectiveSegment);
        }

        _lossState = LossState.Open;
        _duplicates = 0;
        if (_windowRounds > 0 && --_windowRounds == 0)
        {
            _windowFactor = 1;
        }
    }

    /// <summary>RFC 6937 §3 with the slow-start reduction bound: the window shrinks as data leave the network.</summary>
    private void ReduceProportionally(int delivered)
    {
        _recoveryDelivered += delivered;
        int pipe = Pipe;
        int room;
        if (pipe > _congestion.Threshold)
        {
            room = (int)(((long)_recoveryDelivered * _congestion.Threshold + _recoveryFlight - 1) / _recoveryFlight) - _recoverySent;
        }
        else
        {
            int limit = Math.Max(_recoveryDelivered - _recoverySent, delivered) + EffectiveSegment;
            room = Math.Min(_congestion.Threshold - pipe, limit);
        }

        // The first retransmission goes out whatever the sum says.
        room = Math.Max(room, _recoverySent == 0 ? EffectiveSegment : 0);
        _congestion.Window = pipe + Math.Max(0, room);
    }

    /// <summary>RFC 6582: the third duplicate acknowledgement says that the oldest segment is lost; so does a partial acknowledgement in recovery.</summary>
    private void DetectByDuplicates(int acknowledged, bool isDuplicate)
    {
        if (acknowledged > 0)
        {
            _duplicates = 0;
            if (_lossState == LossState.Recovery && _segments.Count > 0)
            {
                _segments.MarkLost(0, isLost: true);
            }
        }
        else if (isDuplicate)
        {
            _duplicates++;
            if (_duplicates == DuplicateThreshold && _lossState == LossState.Open)
            {
                _segments.MarkLost(0, isLost: true);
            }
        }
    }

    /// <summary>RFC 8985 §6.2 steps 1 and 2: remembers the segment sent last of those that have arrived.</summary>
    private void NoteForRack(in SentSegment segment, uint? echo, Instant now)
    {
        TimeSpan roundTrip = now - segment.SentAt;
        bool isEarlier = echo is { } value && (int)(value - TimestampAt(segment.SentAt)) < 0;
        if (segment.Retransmissions > 0 && (isEarlier || (_rtt.HasSample && roundTrip < _rtt.Minimum)))
        {
            return; // it was an earlier transmission that has arrived
        }

        if (IsSentAfter(segment.SentAt, segment.End, _rackSentAt, _rackEnd))
        {
            _rackRoundTrip = roundTrip;
            _rackSentAt = segment.SentAt;
            _rackEnd = segment.End;
        }
    }

    /// <summary>RFC 8985 §6.2 step 5: what was sent well before something that has arrived is lost.</summary>
    private void DetectByTime(Instant now)
    {
        _reorderWait = TimeSpan.Zero;
        if (_rackSentAt == Instant.Zero)
        {
            return;
        }

        TimeSpan window = ReorderWindow();
        for (int i = 0; i < _segments.Count; i++)
        {
            ref SentSegment segment = ref _segments[i];
            if (segment.SentAt > _rackSentAt && segment.Retransmissions == 0)
            {
                break; // nothing from here on was sent before, but for retransmissions, which are sent in front
            }

            if (segment.IsSacked || segment.IsLost || !IsSentAfter(_rackSentAt, _rackEnd, segment.SentAt, segment.End))
            {
                continue;
            }

            TimeSpan left = segment.SentAt + _rackRoundTrip + window - now;
            if (left <= TimeSpan.Zero)
            {
                _segments.MarkLost(i, isLost: true);
            }
            else if (left > _reorderWait)
            {
                _reorderWait = left;
            }
        }
    }

    /// <summary>RFC 8985 §6.2 step 4: how much later than expected a segment may arrive.</summary>
    private TimeSpan ReorderWindow()
    {
        if (!_isReorderingSeen && (_lossState != LossState.Open || _segments.SackedBytes >= DuplicateThreshold * EffectiveSegment))
        {
            return TimeSpan.Zero;
        }

        if (!_rtt.HasSample)
        {
            return TimeSpan.Zero;
        }

        long window = _rtt.Minimum.Ticks / 4 * _windowFactor;
        return TimeSpan.FromTicks(Math.Min(window, _rtt.Smoothed.Ticks));
    }

    private static bool IsSentAfter(Instant leftAt, SequenceNumber leftEnd, Instant rightAt, SequenceNumber rightEnd) =>
        leftAt > rightAt || (leftAt == rightAt && leftEnd > rightEnd);

    /// <summary>The peer had data already that were sent again (D-SACK): what was late was not lost, so more patience is in place (RFC 8985 §7.1).</summary>
    private void NoteDuplicateReport(SackBlock block)
    {
        _lossProbes = 0;
        DetectSpuriousByDuplicate(block);
        if (_probedEnd is { } end && block.Right == end)
        {
            _probedEnd = _probeEnd = null; // the tail loss probe was not needed (RFC 8985 §7.4.2)
            return;
        }

        if (_lossState == LossState.Open || block.Right > SndUna)
        {
            _windowFactor = (byte)Math.Min(_windowFactor + 1, MostWindowFactor);
        }

        _windowRounds = FactorRounds;
    }

    /// <summary>RFC 8985 §7.4.2: when data behind a probe are acknowledged and no D-SACK has come, it has repaired a loss.</summary>
    private void FinishProbe(int acknowledged, Instant now)
    {
        if (_probeEnd is not { } end || acknowledged == 0 || SndUna <= end)
        {
            return;
        }

        _probedEnd = _probeEnd = null;
        if (_lossState == LossState.Open)
        {
            _congestion.OnLoss(Math.Max(_segments.Bytes, EffectiveSegment), now);
            _congestion.Window = Math.Min(_congestion.Window, _congestion.Threshold);
        }
    }

    /// <summary>The retransmission time-out has come: everything under way counts as lost (RFC 8985 §6.3; RFC 5681 §3.1).</summary>
    private void LoseAll(Instant now)
    {
        if (_segments.Count > 0 && _segments[0].IsSacked)
        {
            // The peer acknowledges up to here and not beyond: it has thrown away what it had sacked (RFC 2018 §8).
            for (int i = 0; i < _segments.Count; i++)
            {
                _segments.MarkSacked(i, isSacked: false);
            }
        }

        if (_lossState != LossState.Timeout)
        {
            _congestion.OnTimeout(_segments.Bytes, now);
            _recoveryEnd = SndNxt;
            StartUndo();
        }
        else
        {
            _congestion.Window = EffectiveSegment;
        }

        _lossState = LossState.Timeout;
        _duplicates = 0;
        _probeEnd = null;
        _rackSentAt = Instant.Zero;
        for (int i = 0; i < _segments.Count; i++)
        {
            if (!_segments[i].IsSacked)
            {
                _segments.MarkLost(i, isLost: true);
            }
        }
    }
}
