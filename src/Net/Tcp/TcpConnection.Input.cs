namespace KernelSockets.Net;

/// <content>Segments that arrive, by the steps of RFC 9293 §3.10.7.</content>
internal sealed partial class TcpConnection
{
    private const int MaximumShift = 14; // RFC 7323 §2.3

    /// <summary>How old a timestamp may be before it says nothing (RFC 7323 §5.5: 24 days).</summary>
    private static readonly TimeSpan s_timestampLife = TimeSpan.FromDays(24);

    private Instant _recentTimestampAt;
    private SequenceNumber _lastAckSent; // Last.ACK.sent
    private Instant _receivedAt; // of the last acceptable segment
    private SequenceNumber? _earlyFin; // the peer's FIN, when it is here before data that go before it
    private byte _challengesLeft;
    private Instant _challengesSince;

    /// <summary>TS.Recent (RFC 7323 §4.3).</summary>
    public uint RecentTimestamp { get; private set; }

    /// <summary>RCV.UP: the number behind the peer's urgent data.</summary>
    public SequenceNumber RcvUp { get; private set; }

    /// <summary>A segment for this connection has arrived; the checksum is right.</summary>
    /// <returns>True when it has passed all checks and its data were the next of the stream, so that another like it may follow.</returns>
    public bool OnSegment(TcpSegment segment, Instant now)
    {
        bool isNext = false;
        if (State == TcpState.SynSent)
        {
            ArriveInSynSent(ref segment, now);
        }
        else if (CheckTimestamp(segment, now)
            && CheckSequence(ref segment, now)
            && CheckReset(segment, now)
            && CheckSyn(segment, now)
            && CheckAcknowledgement(segment, now))
        {
            CheckUrgent(segment);
            isNext = TakeData(segment, now);
            CheckFin(segment, now);
        }

        if (State is TcpState.Closed or TcpState.SynSent)
        {
            return false;
        }

        if (_tcp.IsInBatch && MayWait)
        {
            Defer();
        }
        else
        {
            Respond(now);
        }

        return isNext;
    }

    /// <summary>Sends what segments have led to: data, or an acknowledgement.</summary>
    private void Respond(Instant now)
    {
        Output(now);
        SendOwedAcknowledgement(now);
    }

    /// <summary>"If the state is SYN-SENT" (RFC 9293 §3.10.7.3).</summary>
    private void ArriveInSynSent(ref TcpSegment segment, Instant now)
    {
        // "If SEG.ACK =< ISS or SEG.ACK > SND.NXT, send a reset (unless the RST bit is set, if so drop the segment and return)."
        bool hasAck = segment.Has(TcpFlags.Ack);
        if (hasAck && (segment.Acknowledgement <= Iss || segment.Acknowledgement > SndNxt))
        {
            if (!segment.Has(TcpFlags.Rst))
            {
                _tcp.SendReset(Key, segment);
            }

            return;
        }

        // "If the ACK was acceptable, then signal to the user 'error: connection reset' … Otherwise (no ACK), drop the segment and return."
        if (segment.Has(TcpFlags.Rst))
        {
            if (hasAck)
            {
                Die(Errno.ECONNREFUSED);
            }

            return;
        }

        if (!segment.Has(TcpFlags.Syn))
        {
            return;
        }

        TakeSyn(segment);
        Negotiate(segment.Options, now);
        SndWnd = MaxSndWnd = segment.Window;
        (_sndWl1, _sndWl2) = (segment.Sequence, segment.Acknowledgement);
        _receivedAt = now;
        if (!hasAck)
        {
            // Simultaneous open: "enter SYN-RECEIVED, form a SYN,ACK segment and send it".
            Enter(TcpState.SynReceived);
            SendSyn(now);
            Arm(RetransmitPurpose.Timeout, now + _rtt.Timeout);
            return;
        }

        SndUna = segment.Acknowledgement;
        SampleSyn(segment.Options, now);
        Establish(now);
        _owesAcknowledgement = true;
        SendOwedAcknowledgement(now);
    }

    /// <summary>Goes to ESTABLISHED: our SYN is acknowledged.</summary>
    private void Establish(Instant now)
    {
        Disarm();
        _tcp.Timers.Cancel(_timer);
        _backoff = 0;
        Enter(TcpState.Established);
        _congestion.ChangeSegment(EffectiveSegment);

        // RFC 6928 §2: the window of a path on which more than one SYN was lost starts with one segment.
        _congestion.Window = (Retransmitted > 1 ? 1 : CongestionControl.InitialSegments) * EffectiveSegment;
        StartKeepAlive(now);
        if (_acknowledgeAt != Instant.Never)
        {
            Wake(_acknowledgeAt);
        }

        if (!IsPassive || User is not null)
        {
            User?.OnEstablished(this);
        }
    }

    /// <summary>PAWS (RFC 7323 §5.3 R1 to R3), before everything else.</summary>
    private bool CheckTimestamp(in TcpSegment segment, Instant now)
    {
        if (!HasTimestamps || !segment.Options.HasTimestamps)
        {
            return true; // RFC 7323 §3.2 would drop a segment without one; as Linux we take it
        }

        if (IsOlder(segment.Options.TimestampValue, now) && !segment.Has(TcpFlags.Rst) && !IsOvertakenAck(segment))
        {
            Statistics.PawsDrops++;
            Acknowledge(segment, now);
            return false;
        }

        return true;
    }

    private bool IsOlder(uint timestamp, Instant now) => (int)(timestamp - RecentTimestamp) < 0 && now - _recentTimestampAt < s_timestampLife;

    /// <summary>
    /// An ACK that later ones have overtaken: it changes nothing but what is known of ranges, which recovery needs (Linux's tcp_disordered_ack). It is
    /// not older than RTO, so that it is not one from before a wrap of the numbers.
    /// </summary>
    private bool IsOvertakenAck(in TcpSegment segment) =>
        segment.Length == 0 && segment.Sequence == RcvNxt && segment.Acknowledgement == SndUna && WindowOf(segment) == SndWnd
            && (RecentTimestamp - segment.Options.TimestampValue) * s_timestampTick <= _rtt.Timeout;

    /// <summary>
    /// "If SEG.TSval >= TS.Recent and SEG.SEQ &lt;= Last.ACK.sent, then record SEG.TSval in TS.Recent" (RFC 7323 §5.3 R3): only of a segment that
    /// is acceptable, or anybody could make the peer's next ones look old.
    /// </summary>
    private void RecordTimestamp(in TcpSegment segment, Instant now)
    {
        bool isRecordable = HasTimestamps && segment.Options.HasTimestamps && !segment.Has(TcpFlags.Rst) && segment.Sequence <= _lastAckSent
            && !IsOlder(segment.Options.TimestampValue, now);
        if (isRecordable)
        {
            RecentTimestamp = segment.Options.TimestampValue;
            _recentTimestampAt = now;
        }
    }

    /// <summary>"First, check sequence number" (RFC 9293 §3.10.7.4).</summary>
    private bool CheckSequence(ref TcpSegment segment, Instant now)
    {
        if (State == TcpState.SynReceived && segment.Has(TcpFlags.Syn) && segment.Sequence == Irs && !segment.Has(TcpFlags.Rst | TcpFlags.Ack))
        {
            SendSyn(now); // the peer's SYN again: ours was lost
            return false;
        }

        int window = RcvEdge - RcvNxt;
        int length = segment.Length;
        bool isAcceptable = length == 0
            ? segment.Sequence >= RcvNxt && segment.Sequence <= RcvEdge
            : segment.Sequence < RcvEdge && segment.End > RcvNxt;
        if (window == 0)
        {
            // "If the RCV.WND is zero, no segments will be acceptable, but special allowance should be made to accept valid ACKs, URGs, and RSTs."
            isAcceptable = segment.Sequence == RcvNxt;
            _owesAcknowledgement |= isAcceptable && length > 0;
        }

        // Both have opened at the same time: the SYN of the peer's SYN,ACK is old, but its ACK is what is waited for (RFC 9293 §3.5, figure 8).
        isAcceptable |= State == TcpState.SynReceived && segment.Has(TcpFlags.Syn) && segment.Has(TcpFlags.Ack) && segment.Sequence == Irs;
        if (!isAcceptable)
        {
            // "If an incoming segment is not acceptable, an acknowledgment should be sent in reply (unless the RST bit is set)."
            if (!segment.Has(TcpFlags.Rst))
            {
                NoteDuplicate(segment);
                Acknowledge(segment, now);
            }

            return false;
        }

        RecordTimestamp(segment, now);
        if (length > 0)
        {
            if (segment.Sequence < RcvNxt)
            {
                NoteDuplicate(segment);
                _owesAcknowledgement = true;
            }

            segment.TrimTo(RcvNxt, RcvEdge);
        }

        _receivedAt = now;
        _keepAliveProbes = 0;
        return true;
    }

    /// <summary>"Second, check the RST bit", as RFC 5961 §3.2 has it.</summary>
    private bool CheckReset(in TcpSegment segment, Instant now)
    {
        if (!segment.Has(TcpFlags.Rst))
        {
            return true;
        }

        if (segment.Sequence != RcvNxt)
        {
            Challenge(now);
            return false;
        }

        if (State.IsSynchronized())
        {
            Statistics.EstabResets++;
        }

        // A passive connection "returns to LISTEN": its listener is still there, and nobody hears of it.
        // In CLOSING and LAST-ACK the RFC has nothing to tell; as Linux we tell the user, who cannot know what the peer has read.
        Die(State == TcpState.SynReceived ? Errno.ECONNREFUSED : State == TcpState.CloseWait ? Errno.EPIPE : Errno.ECONNRESET);
        return false;
    }

    /// <summary>"Fourth, check the SYN bit", as RFC 5961 §4.2 has it.</summary>
    private bool CheckSyn(in TcpSegment segment, Instant now)
    {
        if (!segment.Has(TcpFlags.Syn))
        {
            return true;
        }

        Challenge(now);
        return false;
    }

    /// <summary>"Fifth, check the ACK field."</summary>
    private bool CheckAcknowledgement(in TcpSegment segment, Instant now)
    {
        if (!segment.Has(TcpFlags.Ack))
        {
            return false;
        }

        if (State == TcpState.SynReceived && !CompleteHandshake(segment, now))
        {
            return false;
        }

        // RFC 5961 §5.2: "SND.UNA - MAX.SND.WND =< SEG.ACK =< SND.NXT".
        if (segment.Acknowledgement < SndUna - MaxSndWnd)
        {
            Challenge(now);
            return false;
        }

        // "If the ACK acks something not yet sent (SEG.ACK > SND.NXT), then send an ACK, drop the segment, and return."
        if (segment.Acknowledgement > SndNxt)
        {
            Acknowledge(segment, now);
            return false;
        }

        TakeAcknowledgement(segment, now);
        return FollowOwnFin(now);
    }

    /// <summary>In SYN-RECEIVED: "if SND.UNA &lt; SEG.ACK =&lt; SND.NXT, then enter ESTABLISHED state".</summary>
    private bool CompleteHandshake(in TcpSegment segment, Instant now)
    {
        if (segment.Acknowledgement <= SndUna || segment.Acknowledgement > SndNxt)
        {
            _tcp.SendReset(Key, segment);
            return false;
        }

        if (IsPassive && !_tcp.MayAccept(this))
        {
            return false; // the queue of finished connections is full: the peer sends again, as does our SYN,ACK
        }

        SndUna = Iss + 1;
        SndWnd = WindowOf(segment);
        MaxSndWnd = Math.Max(MaxSndWnd, SndWnd);
        (_sndWl1, _sndWl2) = (segment.Sequence, segment.Acknowledgement);
        SampleSyn(segment.Options, now);
        bool closesAtOnce = _isFinQueued;
        Establish(now);
        if (closesAtOnce)
        {
            Enter(TcpState.FinWait1);
        }

        return State != TcpState.Closed;
    }

    /// <summary>What an acknowledgement of our FIN leads to.</summary>
    /// <returns>False when the connection is over.</returns>
    private bool FollowOwnFin(Instant now)
    {
        if (!_isFinSent || SndUna != SndNxt)
        {
            return true;
        }

        switch (State)
        {
            case TcpState.FinWait1:
                Enter(TcpState.FinWait2);
                StartFinWait2(now);
                User?.OnChange(this, PollEvents.Writable);
                return true;
            case TcpState.Closing:
                EnterTimeWait(now);
                return false;
            case TcpState.LastAck:
                Die(Errno.Success);
                return false;
            default:
                return true;
        }
    }

    /// <summary>"Sixth, check the URG bit." The pointer names the byte behind the urgent data (RFC 9293 §3.8.5).</summary>
    private void CheckUrgent(in TcpSegment segment)
    {
        if (!segment.Has(TcpFlags.Urg) || segment.UrgentPointer == 0 || !State.MayReceive())
        {
            return;
        }

        SequenceNumber pointer = segment.Sequence + segment.UrgentPointer;
        if (pointer > RcvNxt && (_urgent != UrgentState.Announced || pointer > RcvUp))
        {
            RcvUp = pointer;
            _urgentOffset = _receiveEnd + (pointer - RcvNxt) - 1; // the pointer names the byte behind it, as every stack has it
            _urgent = UrgentState.Announced;
            User?.OnChange(this, PollEvents.Priority);
        }
    }

    /// <summary>"Seventh, process the segment text."</summary>
    /// <returns>True when the data were the next ones, and are kept.</returns>
    private bool TakeData(in TcpSegment segment, Instant now)
    {
        bool isEarlyFin = segment.Has(TcpFlags.Fin) && segment.Sequence > RcvNxt;
        if ((segment.Data.IsEmpty && !isEarlyFin) || !State.MayReceive())
        {
            return false;
        }

        if (User is null)
        {
            // Data for a socket that is closed: nobody will read them (RFC 9293 §3.10.4: "a TCP endpoint … should send a RST").
            Statistics.AbortOnData++;
            Abort(Errno.ECONNRESET);
            return false;
        }

        long offset = _receiveEnd + (segment.Sequence - RcvNxt);
        if (segment.Sequence == RcvNxt)
        {
            return TakeInOrder(segment, offset, now);
        }

        TakeOutOfOrder(segment, offset, now);
        return false;
    }

    private bool TakeInOrder(in TcpSegment segment, long offset, Instant now)
    {
        int taken = _receiveData.Append(offset, segment.Data, segment.Frame);
        if (taken == 0)
        {
            Statistics.MemoryDrops++;
            _tcp.Relief.OnExhausted(now);
            _owesAcknowledgement = true;
            return false;
        }

        SequenceNumber before = RcvNxt;
        RcvNxt += taken;
        bool fillsHole = _ranges is { Count: > 0 };
        if (fillsHole)
        {
            RcvNxt = _ranges!.Absorb(RcvNxt);
        }

        _receiveEnd += RcvNxt - before;
        TakeUrgentByte();
        GrowReceiveBuffer(now);
        Owe(segment.Data.Length, fillsHole || _ranges is { Count: > 0 }, now);
        NoteArrival();
        return taken == segment.Data.Length;
    }

    private void TakeOutOfOrder(in TcpSegment segment, long offset, Instant now)
    {
        _owesAcknowledgement = true; // at once, so that the peer sees the hole (RFC 5681 §4.2)
        SequenceNumber end = segment.Sequence + segment.Data.Length;
        if (segment.Has(TcpFlags.Fin))
        {
            _earlyFin = end; // beside the ranges: those hold bytes that were written and nothing else, whatever the peer claims
        }

        if (segment.Data.IsEmpty)
        {
            return;
        }

        _ranges ??= new ReceivedRanges();
        if (_ranges.Covers(segment.Sequence, end))
        {
            _duplicate = new SackBlock(segment.Sequence, end);
            return;
        }

        SequenceNumber newest = _ranges.Count > 0 ? _ranges[0].Left : end;
        int taken = _receiveData.Write(offset, segment.Data);
        if (taken == 0)
        {
            Statistics.MemoryDrops++;
            _tcp.Relief.OnExhausted(now);
        }
        else if (!_ranges.TryAdd(segment.Sequence, segment.Sequence + taken))
        {
            Statistics.MemoryDrops++;
        }

        bool isSameAgain = _changedRanges > 0 && _ranges.Count > 0 && _ranges[0].Left == newest;
        _changedRanges += isSameAgain ? 0 : 1;
        _unacknowledged += segment.Data.Length;
    }

    /// <summary>"Eighth, check the FIN bit."</summary>
    private void CheckFin(in TcpSegment segment, Instant now)
    {
        SequenceNumber? fin = segment.Has(TcpFlags.Fin) ? segment.End - 1 : _earlyFin;
        if (fin != RcvNxt || State == TcpState.Closed || _isFinReceived)
        {
            return; // there is none, or something before it is missing
        }

        RcvNxt += 1;
        RcvEdge = SequenceNumber.Max(RcvEdge, RcvNxt);
        _owesAcknowledgement = true;
        _isFinReceived = true;
        switch (State)
        {
            case TcpState.SynReceived or TcpState.Established:
                Enter(TcpState.CloseWait);
                break;
            case TcpState.FinWait1:
                Enter(TcpState.Closing); // ours is not acknowledged yet, or it would be FIN-WAIT-2
                break;
            case TcpState.FinWait2:
                SendOwedAcknowledgement(now);
                EnterTimeWait(now);
                return;
            default:
                return;
        }

        User?.OnChange(this, PollEvents.Readable | PollEvents.ReadHangUp);
    }

    /// <summary>Answers a segment that is not acceptable, at a bounded rate.</summary>
    private void Acknowledge(in TcpSegment segment, Instant now)
    {
        // Two sides that each find the other's numbers wrong must not answer each other for ever: without data, the rate is bounded.
        // RFC 5961 §4.2: a SYN is answered by a challenge wherever it lies.
        if (segment.Has(TcpFlags.Syn) || (segment.Data.IsEmpty && !segment.Has(TcpFlags.Fin)))
        {
            Challenge(now);
        }
        else
        {
            _owesAcknowledgement = true;
        }
    }

    /// <summary>A challenge ACK (RFC 5961 §3.2). Its rate is bounded for each connection by itself, so that it tells others nothing (RFC 5961 §10; CVE-2016-5696).</summary>
    private void Challenge(Instant now)
    {
        const int MostEachSecond = 10;
        if (now - _challengesSince >= TimeSpan.FromSeconds(1))
        {
            _challengesSince = now;
            _challengesLeft = MostEachSecond;
        }

        if (_challengesLeft > 0)
        {
            _challengesLeft--;
            Statistics.ChallengeAcks++;
            SendAcknowledgement(now);
        }
    }

    /// <summary>Data that are here already came again: the next acknowledgement says so (D-SACK, RFC 2883).</summary>
    private void NoteDuplicate(in TcpSegment segment)
    {
        if (!segment.Data.IsEmpty && segment.Sequence < RcvNxt)
        {
            _duplicate = new SackBlock(segment.Sequence, SequenceNumber.Min(segment.Sequence + segment.Data.Length, RcvNxt));
        }
    }

    /// <summary>Settles the options of the two SYNs (RFC 7323 §2.2, §3.2; RFC 2018 §2).</summary>
    private void Negotiate(in TcpOptions peer, Instant now)
    {
        HasTimestamps = peer.HasTimestamps;
        HasSack = peer.IsSackPermitted;
        if (peer.WindowScale is { } shift)
        {
            SendScale = Math.Min((int)shift, MaximumShift);
            ReceiveScale = _tcp.ReceiveScale;
        }
        else
        {
            SendScale = ReceiveScale = 0;
        }

        if (HasTimestamps)
        {
            RecentTimestamp = peer.TimestampValue;
            _recentTimestampAt = now;
        }

        // RFC 9293 MUST-15: 536 without the option. A peer that asks for next to nothing does not get it (Linux's TCP_MIN_MSS).
        PeerSegment = Math.Max(Tcp.LeastSegment, (int)(peer.MaximumSegmentSize ?? Tcp.DefaultSegment));
        PrepareSegments();
    }

    /// <summary>
    /// The round trip of the SYN, when it was sent once or a timestamp tells (RFC 6298 §3). The peer does not take a timestamp from a SYN,ACK that
    /// comes again: what it echoes of the first one is as old as the handshake took, and no round trip.
    /// </summary>
    private void SampleSyn(in TcpOptions options, Instant now)
    {
        if (SinceEcho(options, now) is { } told && told <= now - _sentAt + s_timestampTick)
        {
            _rtt.Add(told, now);
        }
        else if (_backoff == 0 && _openedAt != Instant.Never)
        {
            _rtt.Add(now - _openedAt, now);
        }
        else
        {
            _rtt.FallBack();
        }
    }
}
