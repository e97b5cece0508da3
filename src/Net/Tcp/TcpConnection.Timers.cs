namespace KernelSockets.Net;

/// <content>What happens when nothing happens: retransmission, probes, delayed acknowledgements, keep-alive, the end of FIN-WAIT-2.</content>
internal sealed partial class TcpConnection
{
    private const int MostRetries = 15; // Linux's tcp_retries2: 13 to 30 minutes
    private const int MostOrphanRetries = 7; // Linux's tcp_orphan_retries is 8; with one less nothing is left of it after a minute
    private const int MostSynAckRetries = 4; // Linux has 5: 63 s; with one less nothing is left of a flood of SYNs after half a minute
    private const int MostLossProbes = 4;

    /// <summary>TCP_SYNCNT as it is told when nothing was set: with it R2 for SYN is passed.</summary>
    internal const int DefaultSynRetries = 7;

    /// <summary>R2 for SYN (RFC 9293 MUST-23): a connection attempt is not given up before.</summary>
    private static readonly TimeSpan s_synLimit = TimeSpan.FromMinutes(3);

    /// <summary>How long an acknowledgement is held back (Linux's TCP_DELACK_MIN; RFC 1122 §4.2.3.2: less than 500 ms).</summary>
    private static readonly TimeSpan s_acknowledgeDelay = TimeSpan.FromMilliseconds(40);

    /// <summary>What a peer may hold back an acknowledgement for (RFC 8985 §7.2: TLP.max_ack_delay).</summary>
    private static readonly TimeSpan s_peerDelay = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan s_leastRenegingDelay = TimeSpan.FromMilliseconds(10);

    /// <summary>How long an orphan waits for the peer's FIN (Linux's tcp_fin_timeout).</summary>
    internal static readonly TimeSpan FinWait2Limit = TimeSpan.FromSeconds(60);

    /// <summary>How long an orphan's segments are sent again, however long the round trip is: memory has to be back after a minute.</summary>
    private static readonly TimeSpan s_orphanLimit = TimeSpan.FromSeconds(60);

    private readonly StackTimer _timer; // for the three deadlines below: it fires at the first of them, or before
    private RetransmitPurpose _purpose;
    private Instant _retransmitAt = Instant.Never;
    private Instant _acknowledgeAt = Instant.Never;
    private Instant _keepAliveAt = Instant.Never;
    private Instant _openedAt;
    private Instant _progressAt; // when data were acknowledged last, or began to wait
    private int _backoff; // RTO is doubled so often; until a round trip is measured (Karn's algorithm)
    private int _timeouts; // time-outs in a row
    private int _probes; // window probes in a row
    private byte _lossProbes; // tail loss probes since the peer has told of data
    private byte _keepAliveProbes;

    /// <summary>A timer without a delegate: connections are many.</summary>
    private sealed class ConnectionTimer(TcpConnection connection) : StackTimer
    {
        internal override void Fire(Instant now) => connection.OnTimer(now);
    }

    private enum RetransmitPurpose : byte
    {
        None,

        /// <summary>RTO (RFC 6298).</summary>
        Timeout,

        /// <summary>Tail loss probe (RFC 8985 §7).</summary>
        LossProbe,

        /// <summary>The reordering window ends (RFC 8985 §6.3).</summary>
        Reordering,

        /// <summary>Zero window (RFC 9293 §3.8.6.1).</summary>
        Persist,
    }

    /// <summary>Segments sent again, for TCP_INFO.</summary>
    public int Retransmitted { get; private set; }

    /// <summary>Sets the deadline. The timer is moved only when it would come too late, since most deadlines never come.</summary>
    private void Arm(RetransmitPurpose purpose, Instant deadline)
    {
        _purpose = purpose;
        _retransmitAt = deadline;
        Wake(deadline);
    }

    private void Disarm()
    {
        _purpose = RetransmitPurpose.None;
        _retransmitAt = Instant.Never;
    }

    private void Wake(Instant deadline)
    {
        if (!_timer.IsScheduled || _timer.Deadline > deadline)
        {
            _tcp.Timers.Schedule(_timer, deadline);
        }
    }

    private void OnTimer(Instant now)
    {
        if (_retransmitAt <= now)
        {
            OnRetransmitTimer(now);
        }

        if (_acknowledgeAt <= now && State != TcpState.Closed)
        {
            _acknowledgeAt = Instant.Never; // even if there is no buffer for it: the peer asks again
            SendAcknowledgement(now);
        }

        if (_keepAliveAt <= now && State != TcpState.Closed)
        {
            OnKeepAliveTimer(now);
        }

        Instant next = Instant.Min(_retransmitAt, Instant.Min(_acknowledgeAt, _keepAliveAt));
        if (next != Instant.Never && State != TcpState.Closed)
        {
            Wake(next);
        }
    }

    /// <summary>What the state of the send queue asks for.</summary>
    private void ArmRetransmit(Instant now)
    {
        if (_segments.Count > 0)
        {
            if (_reorderWait > TimeSpan.Zero)
            {
                Arm(RetransmitPurpose.Reordering, now + _reorderWait);
                return;
            }

            bool hasReneged = _segments[0].IsSacked;
            Instant timeout = _segments[0].SentAt + _rtt.TimeoutAfter(_backoff);
            timeout = hasReneged ? Instant.Min(timeout, _progressAt + RenegingDelay()) : timeout;
            timeout = timeout > now ? timeout : now + s_timestampTick;
            if (!hasReneged && MayProbe())
            {
                Instant probe = Later(Later(_sentAt, _repeatedAt), _deliveredAt) + ProbeTimeout();
                if (probe < timeout)
                {
                    Arm(RetransmitPurpose.LossProbe, probe);
                    return;
                }
            }

            Arm(RetransmitPurpose.Timeout, timeout);
        }
        else if (Unsent > 0 || (_isFinQueued && !_isFinSent))
        {
            if (_purpose != RetransmitPurpose.Persist)
            {
                _progressAt = _probes == 0 ? now : _progressAt;
                Arm(RetransmitPurpose.Persist, now + _rtt.TimeoutAfter(_probes));
            }
        }
        else
        {
            Disarm();
        }
    }

    /// <summary>
    /// RFC 8985 §7.2 has one probe, and none in recovery: then the loss of the one acknowledgement that answers a repair costs a whole RTO. As QUIC
    /// (RFC 9002 §6.2) we send some more, each after twice the time, and in recovery, too.
    /// </summary>
    private bool MayProbe() => HasSack && _rtt.HasSample && _backoff == 0 && _lossState != LossState.Timeout && _lossProbes < MostLossProbes;

    /// <summary>
    /// The peer acknowledges up to what it had acknowledged selectively, and not beyond: it has thrown that away (RFC 2018 §8), unless another
    /// acknowledgement is close behind. As long as Linux waits for that one.
    /// </summary>
    private TimeSpan RenegingDelay() => TimeSpan.FromTicks(Math.Max(_rtt.Smoothed.Ticks / 2, s_leastRenegingDelay.Ticks));

    /// <summary>PTO (RFC 8985 §7.2).</summary>
    private TimeSpan ProbeTimeout()
    {
        TimeSpan timeout = (2 * _rtt.Smoothed + s_timestampTick) * (1 << _lossProbes);
        return _segments.Count == 1 ? timeout + s_peerDelay : timeout;
    }

    private void OnRetransmitTimer(Instant now)
    {
        RetransmitPurpose purpose = _purpose;
        Disarm();
        switch (purpose)
        {
            case RetransmitPurpose.None:
                break;
            case RetransmitPurpose.Reordering:
                DetectByTime(now);
                if (_lossState == LossState.Open && _segments.LostBytes > 0)
                {
                    EnterRecovery(_segments.Bytes, now);
                    ReduceProportionally(0);
                }

                Output(now);
                break;
            case RetransmitPurpose.LossProbe:
                ProbeTail(now);
                break;
            case RetransmitPurpose.Persist:
                ProbeWindow(now);
                break;
            default:
                OnTimeout(now);
                break;
        }
    }

    /// <summary>RFC 6298 (5.4) to (5.7).</summary>
    private void OnTimeout(Instant now)
    {
        Statistics.Timeouts++;
        if (State is TcpState.SynSent or TcpState.SynReceived)
        {
            RepeatSyn(now);
            return;
        }

        if (IsHopeless(now))
        {
            GiveUp();
            return;
        }

        _backoff++;
        _timeouts++;
        ProbeSmallerPath();
        LoseAll(now);
        Output(now);
        Arm(RetransmitPurpose.Timeout, now + _rtt.TimeoutAfter(_backoff));
    }

    private void RepeatSyn(Instant now)
    {
        _backoff++;
        bool isHopeless = IsPassive ? _backoff > MostSynAckRetries
            : Settings.SynRetries > 0 ? _backoff > Settings.SynRetries
            : now - _openedAt >= (Settings.UserTimeout ?? s_synLimit);
        if (isHopeless)
        {
            GiveUp();
            return;
        }

        Retransmitted++;
        Statistics.RetransSegs++;
        SendSyn(now);
        Arm(RetransmitPurpose.Timeout, now + _rtt.TimeoutAfter(_backoff));
    }

    /// <summary>RFC 9293 §3.8.3: R2, or the user's time-out, has been reached.</summary>
    private bool IsHopeless(Instant now)
    {
        if (Settings.UserTimeout is { } limit && limit > TimeSpan.Zero)
        {
            return now - _progressAt >= limit;
        }

        if (User is null)
        {
            return IsForlorn(_timeouts, _backoff, now);
        }

        // RFC 9293 MUST-37: a peer that has shut its window over data under way, and answers, is not gone.
        bool isShut = SndWnd == 0 && now - _receivedAt < RttEstimator.MaximumTimeout + RttEstimator.MaximumTimeout;
        return _timeouts >= MostRetries && !isShut;
    }

    /// <summary>Nobody waits for an orphan: it must not hold memory for as long as the peer likes.</summary>
    private bool IsForlorn(int retries, int backoff, Instant now) =>
        User is null && (retries >= MostOrphanRetries || (retries > 0 && now + _rtt.TimeoutAfter(backoff + 1) - _progressAt > s_orphanLimit));

    private void GiveUp()
    {
        Statistics.AbortOnTimeout++;
        Die(SoftError == Errno.Success ? Errno.ETIMEDOUT : SoftError);
    }

    /// <summary>
    /// RFC 8985 §7.3, but the last segment again even where there are new data: a peer that has it says so at once, while a single new segment
    /// makes it wait for the next one. In recovery, and when the last one brought no answer, it is the oldest.
    /// </summary>
    private void ProbeTail(Instant now)
    {
        Statistics.LossProbes++;
        bool isLast = _lossProbes++ == 0 && _lossState == LossState.Open;
        int index = isLast ? _segments.Count - 1 : 0;
        if (_segments.Count > 0 && !_segments[index].IsSacked && Retransmit(index, now))
        {
            _probedEnd = _segments[index].End;
            _probeEnd = _lossState == LossState.Open ? SndNxt : null;
        }

        ArmRetransmit(now);
    }

    /// <summary>RFC 9293 §3.8.6.1: asks for the window, less and less often, and for as long as the peer answers (MUST-36, MUST-37).</summary>
    private void ProbeWindow(Instant now)
    {
        if (_segments.Count > 0)
        {
            ArmRetransmit(now);
            return;
        }

        bool isSilent = _receivedAt < _probedAt;
        _silentProbes = (byte)(isSilent ? _silentProbes + 1 : 0);
        bool isOverdue = Settings.UserTimeout is { } limit && limit > TimeSpan.Zero && now - _progressAt >= limit; // tcp(7): even while the peer answers
        if (isOverdue || IsForlorn(_probes, _probes, now) || _silentProbes > MostRetries)
        {
            GiveUp();
            return;
        }

        Output(now); // what silly-window avoidance held back goes now, as far as the window lets it
        if (_segments.Count == 0 && SndWnd > 0 && Unsent > 0)
        {
            SendAnyway(now);
        }

        if (_segments.Count > 0)
        {
            return;
        }

        // As Linux: a number that the peer has acknowledged, so that it answers whatever its window is.
        _probes++;
        _probedAt = now;
        TcpOptions options = MakeOptions(now, withSack: false);
        _tcp.Transmit(this, MakeFields(SndUna - 1, TcpFlags.Ack), options, _sendData, 0, 0);
        Arm(RetransmitPurpose.Persist, now + _rtt.TimeoutAfter(_probes));
    }

    private Instant _probedAt;
    private byte _silentProbes;

    /// <summary>RFC 9293 §3.8.6.2.1 (4): the override time-out has come, so what fits into the window is sent.</summary>
    private void SendAnyway(Instant now)
    {
        int length = Math.Min(Math.Min(Unsent, EffectiveSegment), SndWnd);
        if (Transmit(SndNxt, length, isFin: false, now))
        {
            NoteWaiting(now);
            _segments.Add(SndNxt, length, now);
            SndNxt += length;
            _sentAt = now;
            ArmRetransmit(now);
        }
    }

    private void ArmAcknowledge(Instant deadline)
    {
        if (deadline < _acknowledgeAt)
        {
            _acknowledgeAt = deadline;
            Wake(deadline);
        }
    }

    /// <summary>Starts, moves or stops keep-alive, after the handshake and when the user changes it.</summary>
    public void StartKeepAlive(Instant now)
    {
        if (Settings.IsKeepAlive && State.IsSynchronized() && State != TcpState.FinWait2)
        {
            _keepAliveAt = Later(_receivedAt, now) + Settings.KeepAliveIdle;
            Wake(_keepAliveAt);
        }
        else if (State != TcpState.FinWait2)
        {
            _keepAliveAt = Instant.Never;
        }
    }

    private static Instant Later(Instant left, Instant right) => left > right ? left : right;

    /// <summary>An orphan in FIN-WAIT-2 waits for the peer's FIN for a bounded time.</summary>
    private void StartFinWait2(Instant now)
    {
        if (User is null)
        {
            _keepAliveAt = now + (Settings.FinWait2Timeout ?? FinWait2Limit);
            Wake(_keepAliveAt);
        }
    }

    private void OnKeepAliveTimer(Instant now)
    {
        _keepAliveAt = Instant.Never;
        if (State == TcpState.FinWait2 && User is null)
        {
            Die(Errno.Success);
            return;
        }

        if (!Settings.IsKeepAlive || !State.IsSynchronized())
        {
            return;
        }

        Instant due = _receivedAt + Settings.KeepAliveIdle;
        bool isBusy = _segments.Count > 0 || Unsent > 0; // then the other timers watch over it
        if (isBusy || (now < due && _keepAliveProbes == 0))
        {
            _keepAliveAt = isBusy ? now + Settings.KeepAliveIdle : due;
            return;
        }

        bool isOver = Settings.UserTimeout is { } limit && limit > TimeSpan.Zero
            ? _keepAliveProbes > 0 && now - _receivedAt >= limit
            : _keepAliveProbes >= Settings.KeepAliveCount;
        if (isOver)
        {
            _tcp.SendReset(this);
            GiveUp();
            return;
        }

        // RFC 1122 §4.2.3.6: SEG.SEQ = SND.NXT - 1, without data.
        _keepAliveProbes++;
        _tcp.Transmit(this, MakeFields(SndNxt - 1, TcpFlags.Ack), MakeOptions(now, withSack: false), _sendData, 0, 0);
        _keepAliveAt = now + Settings.KeepAliveInterval;
    }
}
