namespace KernelSockets.Net;

/// <content>The user's calls (RFC 9293 §3.9.1): SEND, RECEIVE, CLOSE, ABORT; and news of the path.</content>
internal sealed partial class TcpConnection
{
    /// <summary>TCP_QUICKACK: no acknowledgement is held back.</summary>
    public bool IsQuickAcknowledge { get; set; }

    /// <summary>True while the user may write.</summary>
    public bool MayWrite => State is TcpState.Established or TcpState.CloseWait && !_isFinQueued;

    /// <summary>True when the user has closed his direction.</summary>
    public bool IsFinQueued => _isFinQueued;

    /// <summary>Bytes that are written and not acknowledged.</summary>
    public int Unacknowledged => (int)(_sendEnd - _sendData.Start);

    /// <summary>The peer will send no more.</summary>
    public bool IsPeerFinished => _isFinReceived || State == TcpState.Closed;

    /// <summary>Bytes that may wait to be read.</summary>
    public int ReceiveLimit => _receiveLimit;

    /// <summary>An urgent byte waits.</summary>
    public bool HasUrgentByte => _urgent == UrgentState.Received;

    /// <summary>SEND: queues data and sends what may be sent.</summary>
    /// <param name="data">The data.</param>
    /// <param name="skip">Bytes of it to leave away.</param>
    /// <param name="more">MSG_MORE: more follows at once, so that a segment that is not full waits.</param>
    /// <param name="isUrgent">MSG_OOB: the last byte is urgent.</param>
    /// <param name="now">When.</param>
    /// <returns>Bytes taken: none when there is no room.</returns>
    public int Write(in Sockets.IoVector data, int skip, bool more, bool isUrgent, Instant now)
    {
        int taken = 0;
        Span<byte> piece = stackalloc byte[StackPiece];
        while (skip + taken < data.Length && SendRoom > 0)
        {
            int size = Math.Min(data.Length - skip - taken, SendRoom);
            int written;
            if (data.TryGetSingle(out Span<byte> single))
            {
                written = _sendData.Write(_sendEnd, single.Slice(skip + taken, size));
                size = written == size ? size : -1;
            }
            else
            {
                size = data.CopyTo(skip + taken, piece[..Math.Min(size, piece.Length)]);
                written = _sendData.Write(_sendEnd, piece[..size]);
                size = written == size ? size : -1;
            }

            _sendEnd += written;
            taken += written;
            if (size < 0)
            {
                Starve(now);
                break; // no memory
            }
        }

        if (isUrgent && taken > 0)
        {
            SndUp = SndUna + (int)(_sendEnd - _sendData.Start); // before it is sent, so that the segment says so
        }

        if (taken > 0)
        {
            _isMoreToCome = more;
            Output(now); // also where all waits for more: it does not wait for ever
            _isMoreToCome = false;
        }

        return taken;
    }

    private const int StackPiece = 2048;

    /// <summary>SO_RCVBUF was set. A window that was announced stays so (RFC 9293 §3.8.6).</summary>
    public void ChangeReceiveBuffer(int size) => _receiveLimit = size;

    /// <summary>TCP_CONGESTION was set: another algorithm goes on with the window as it is.</summary>
    public void ChangeCongestion(string name)
    {
        CongestionControl other = CongestionControl.Create(name, EffectiveSegment)!;
        other.Window = _congestion.Window;
        _congestion = other;
    }

    /// <summary>For TCP_INFO.</summary>
    public TcpReport Report(Instant now) => new()
    {
        LossState = _lossState switch { LossState.Recovery => 3, LossState.Timeout => 4, _ => 0 },
        Backoff = _backoff,
        Probes = _probes,
        Timeout = _rtt.TimeoutAfter(_backoff),
        AcknowledgeDelay = s_acknowledgeDelay,
        LargestReceived = _largestReceived,
        SegmentsUnderWay = _segments.Count,
        SackedBytes = _segments.SackedBytes,
        LostBytes = _segments.LostBytes,
        SinceSent = now - _sentAt,
        SinceReceived = now - _receivedAt,
        RoundTrip = _rtt.Smoothed,
        Variation = _rtt.Variation,
        Threshold = _congestion.Threshold,
        Window = _congestion.Window,
    };

    /// <summary>Sends what TCP_CORK or Nagle's algorithm held back.</summary>
    public void Push(Instant now) => Output(now);

    /// <summary>RECEIVE: copies data out.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="skip">Bytes of it that are filled already.</param>
    /// <param name="most">The most to take.</param>
    /// <param name="isPeek">True to leave them where they are.</param>
    /// <param name="now">When.</param>
    /// <returns>Bytes copied.</returns>
    public int Read(in Sockets.IoVector destination, int skip, int most, bool isPeek, Instant now)
    {
        int done = 0;
        long offset = StartOfReading(isPeek ? skip : 0);
        int available = (int)Math.Min(most - (isPeek ? skip : 0), EndOfReading(offset) - offset);
        while (done < available)
        {
            ReadOnlySpan<byte> piece = _receiveData.Peek(offset, available - done);
            destination.CopyFrom(skip + done, piece);
            done += piece.Length;
            offset += piece.Length;
        }

        if (done > 0 && !isPeek)
        {
            Consume(offset, now);
        }

        return Math.Max(0, done);
    }

    /// <summary>Drops received data without copying them (MSG_TRUNC).</summary>
    public int Skip(int most, Instant now)
    {
        long offset = StartOfReading(0);
        int count = (int)Math.Min(most, EndOfReading(offset) - offset);
        if (count > 0)
        {
            Consume(offset + count, now);
        }

        return count;
    }

    /// <summary>Takes the urgent byte.</summary>
    /// <returns>False when there is none.</returns>
    public bool TryReadUrgent(bool isPeek, out byte value)
    {
        value = _urgentByte;
        if (_urgent != UrgentState.Received)
        {
            return false;
        }

        _urgent = isPeek ? _urgent : UrgentState.Taken;
        return true;
    }

    /// <summary>The peer has announced an urgent byte that is not here yet.</summary>
    public bool IsUrgentAnnounced => _urgent == UrgentState.Announced;

    /// <summary>True when reading has come to the urgent byte's place (SIOCATMARK).</summary>
    public bool IsAtMark => _urgent != UrgentState.None && _readOffset == _urgentOffset;

    /// <summary>True when reading ends in front of the urgent byte after some bytes more.</summary>
    public bool StopsAfter(int bytes) => IsUrgentApart && _readOffset + bytes == _urgentOffset;

    /// <summary>The user will write no more (shutdown): queues FIN (RFC 9293 §3.10.4).</summary>
    public void CloseSending(Instant now)
    {
        if (_isFinQueued)
        {
            return;
        }

        switch (State)
        {
            case TcpState.SynReceived:
                _isFinQueued = true; // "queue for processing after entering ESTABLISHED state"
                return;
            case TcpState.Established:
                _isFinQueued = true;
                Enter(TcpState.FinWait1);
                break;
            case TcpState.CloseWait:
                _isFinQueued = true;
                Enter(TcpState.LastAck);
                break;
            default:
                return;
        }

        Output(now);
    }

    /// <summary>SHUT_RD: reading no longer waits. As in Linux, what is here and what still comes can be read.</summary>
    public void CloseReceiving() => IsReadShut = true;

    /// <summary>CLOSE: the socket is gone. Data that nobody has read mean a reset (RFC 9293 §3.10.4, RFC 2525 §2.17).</summary>
    /// <param name="isAbort">SO_LINGER with 0: a reset in any case.</param>
    /// <param name="now">When.</param>
    public void Close(bool isAbort, Instant now)
    {
        User = null;
        if (State is TcpState.Closed)
        {
            Release();
            return;
        }

        if (State is TcpState.SynSent)
        {
            Die(Errno.Success);
            return;
        }

        if (isAbort || Readable > 0)
        {
            Abort(Errno.Success);
            return;
        }

        CloseSending(now);
        if (State == TcpState.FinWait2)
        {
            StartFinWait2(now);
        }
    }

    /// <summary>ABORT: sends a reset and is gone (RFC 9293 §3.10.5).</summary>
    public void Abort(Errno error)
    {
        if (State.IsSynchronized() || State == TcpState.SynReceived)
        {
            _tcp.SendReset(this);
        }

        Die(error);
    }

    /// <summary>The connection is dropped without a word: a half-open one of a listener that goes.</summary>
    public void Drop(Errno error) => Die(error);

    /// <summary>ICMP says that a segment of ours was not delivered. Its number has been checked (RFC 5927 §4).</summary>
    public void OnUnreachable(Errno error, bool isHard)
    {
        // RFC 9293 MUST-56: 3/0, 3/1 and 3/5 never abort. RFC 5461: a hard error ends an attempt, and is a soft one afterwards.
        if (State is TcpState.SynSent && isHard)
        {
            Die(error);
        }
        else
        {
            SoftError = error;
        }
    }

    /// <summary>A router needs smaller packets (RFC 1191): segments shrink, and what was too large is sent again.</summary>
    public void ShrinkPath(int mtu, Instant now)
    {
        mtu = Math.Max(mtu, Tcp.LeastPathMtu);
        if (mtu >= PathMtu)
        {
            return;
        }

        PathMtu = mtu;
        PrepareSegments();
        if (State is TcpState.SynSent or TcpState.SynReceived)
        {
            return;
        }

        for (int i = 0; i < _segments.Count; i++)
        {
            if (_segments[i].Length > EffectiveSegment && !_segments[i].IsSacked)
            {
                _segments.MarkLost(i, isLost: true); // not a sign of congestion (RFC 1191 §6.4)
            }
        }

        Output(now);
    }

    private const int LeastPathSegment = Tcp.LeastPathMtu - Ipv4Header.MinimumSize - TcpHeader.MinimumSize;

    /// <summary>
    /// RFC 1191 §6 and RFC 2923: a router that drops what is too large without a word; after two time-outs smaller segments are tried. Where large ones
    /// have arrived already it takes more, since on a path that loses much two are no sign of it, and segments stay small.
    /// </summary>
    private void ProbeSmallerPath()
    {
        const int TimeoutsBefore = 2;
        const int TimeoutsAfterArrival = 5;
        if (_timeouts >= (_hasLargeArrived ? TimeoutsAfterArrival : TimeoutsBefore) && _segments.Count > 0 && _segments[0].Length > LeastPathSegment)
        {
            PathMtu = Math.Max(Tcp.LeastPathMtu, PathMtu / 2);
            PrepareSegments();
            _hasLargeArrived = false;
        }
    }

    /// <summary>Offset that reading starts at: the byte out of band is passed over (Linux's tcp_recvmsg).</summary>
    private long StartOfReading(int skip) => _readOffset + skip + (StopsAfter(skip) ? 1 : 0);

    /// <summary>Offset that reading ends at: in front of the byte out of band.</summary>
    private long EndOfReading(long offset) => Math.Max(offset, IsUrgentApart && _urgentOffset >= offset ? _urgentOffset : _receiveEnd);

    private void Consume(long offset, Instant now)
    {
        _readOffset = offset;
        _receiveData.DiscardTo(offset);
        if (_urgent is UrgentState.Received or UrgentState.Taken && offset > _urgentOffset)
        {
            _urgent = UrgentState.None; // who has read past it has missed it
        }

        if (offset == _receiveEnd && _ranges is null or { Count: 0 })
        {
            _receiveData.Clear();
        }

        UpdateWindowAfterRead(now);
    }
}
