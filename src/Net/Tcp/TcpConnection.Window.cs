namespace KernelSockets.Net;

/// <content>What has been received and not read, and the window that the peer is told.</content>
internal sealed partial class TcpConnection
{
    /// <summary>Receive buffer at first (Linux's tcp_rmem[1]).</summary>
    internal const int InitialReceiveBuffer = 131_072;

    /// <summary>Send buffer at first.</summary>
    internal const int InitialSendBuffer = 65_536;

    private readonly ReceiveBuffer _receiveData;
    private ReceivedRanges? _ranges; // beyond the first hole; null until there was one
    private long _receiveEnd; // offset behind the last byte received in order
    private long _readOffset; // offset of the next byte for the user
    private int _receiveLimit; // bytes that may wait to be read
    private readonly ushort _firstWindow; // what the SYN announces
    private int _largestReceived = Tcp.DefaultSegment; // Linux's rcv_mss
    private bool _isFinReceived;
    private bool _isStarved; // there was no memory for what the user wrote
    private long _measuredFrom; // read offset when the measurement of the reader's rate began
    private Instant _measuredSince;
    private UrgentState _urgent;
    private byte _urgentByte;
    private long _urgentOffset; // of the urgent byte in the stream

    private enum UrgentState : byte
    {
        /// <summary>There is none.</summary>
        None,

        /// <summary>The peer has said where it ends; the byte is not here yet.</summary>
        Announced,

        /// <summary>The byte is here, apart from the stream.</summary>
        Received,

        /// <summary>The user has taken it with MSG_OOB; its place in the stream is still to be passed over.</summary>
        Taken,
    }

    /// <summary>Bytes that the user can read; one out of band is none of them.</summary>
    public int Readable => (int)(_receiveEnd - _readOffset) - (IsUrgentApart ? 1 : 0);

    /// <summary>Bytes up to the urgent one, or all (FIONREAD, as Linux's tcp_inq).</summary>
    public int ReadableToMark => (int)((IsUrgentApart ? _urgentOffset : _receiveEnd) - _readOffset);

    /// <summary>The urgent byte lies in what has been received, and reading passes over it.</summary>
    private bool IsUrgentApart => _urgent is UrgentState.Received or UrgentState.Taken && !Settings.IsUrgentInline && _urgentOffset >= _readOffset;

    /// <summary>The peer will send no more, and everything has been read.</summary>
    public bool IsAtEnd => (_isFinReceived || IsReadShut || State == TcpState.Closed) && Readable == 0;

    /// <summary>SHUT_RD: reading does not wait for more.</summary>
    public bool IsReadShut { get; private set; }

    /// <summary>Bytes that the user may still write.</summary>
    public int SendRoom => _isStarved ? 0 : Math.Max(0, SendLimit - (int)(_sendEnd - _sendData.Start));

    /// <summary>How much may be written and not acknowledged: grows with the congestion window unless the user has set it.</summary>
    /// <remarks>Under pressure it is one chunk whatever was asked for: many peers that take nothing must not hold all memory.</remarks>
    public int SendLimit => _tcp.Memory.IsUnderPressure ? TcpMemory.ChunkSize
        : Settings.SendBuffer > 0 ? Settings.SendBuffer
        : Math.Clamp(2 * _congestion.Window, InitialSendBuffer, Math.Max(InitialSendBuffer, _tcp.MaximumBuffer));

    /// <summary>Drops what has been received beyond a hole, though the peer may have been told of it: it keeps everything up to our acknowledgement (RFC 2018 §8).</summary>
    public void ForgetOutOfOrder()
    {
        if (_ranges is { Count: > 0 })
        {
            _ranges.Clear();
            _receiveData.DiscardFrom(_receiveEnd);
        }
    }

    /// <summary>True when data have waited for a while, and the peer takes nothing.</summary>
    public bool IsStalled(Instant now, TimeSpan patience) => SndWnd == 0 && State.MaySend() && Unacknowledged > 0 && now - _progressAt >= patience;

    /// <summary>There may be memory again.</summary>
    public void EndStarvation()
    {
        _isStarved = false;
        User?.OnChange(this, PollEvents.Writable);
    }

    private void Starve(Instant now)
    {
        if (!_isStarved)
        {
            _isStarved = true;
            _tcp.Relief.OnStarved(this, now);
        }
    }

    /// <summary>SEG.WND of the next segment: RCV.WND scaled, silly windows avoided (RFC 9293 §3.8.6.2.2).</summary>
    private ushort AnnounceWindow()
    {
        int announced = RcvEdge - RcvNxt;
        int free = FreeWindow;
        int units = (announced + (1 << ReceiveScale) - 1) >> ReceiveScale; // rounded up: it never goes back

        // "The receiver … should advance RCV.NXT+RCV.WND … when" a fraction of the buffer or a full segment can be gained.
        if (free - announced >= Math.Min(_receiveLimit / 2, _largestReceived))
        {
            units = Math.Max(units, free >> ReceiveScale);
        }

        units = Math.Min(units, ushort.MaxValue);
        RcvEdge = SequenceNumber.Max(RcvEdge, RcvNxt + (units << ReceiveScale));
        return (ushort)units;
    }

    /// <summary>Bytes that could be announced.</summary>
    private int FreeWindow => Math.Min(ushort.MaxValue << ReceiveScale, Math.Max(0, _receiveLimit - Readable) / (_tcp.Memory.IsUnderPressure ? 4 : 1));

    /// <summary>The user has read: tells the peer of a window that has opened (RFC 9293 §3.8.6.2.2).</summary>
    private void UpdateWindowAfterRead(Instant now)
    {
        if (!State.MayReceive())
        {
            return;
        }

        int announced = RcvEdge - RcvNxt;
        int free = FreeWindow;
        bool isWorthIt = free >= 2 * announced && free - announced >= Math.Min(_receiveLimit / 2, _largestReceived);
        if (isWorthIt)
        {
            SendAcknowledgement(now);
        }
    }

    /// <summary>Dynamic right-sizing: a reader that takes half of the buffer each round trip gets a larger one.</summary>
    private void GrowReceiveBuffer(Instant now)
    {
        TimeSpan round = _rtt.HasSample ? _rtt.Smoothed : RttEstimator.InitialTimeout;
        if (now - _measuredSince < round)
        {
            return;
        }

        long taken = _readOffset - _measuredFrom;
        if (taken > _receiveLimit / 2 && Settings.ReceiveBuffer == 0 && !_tcp.Memory.IsUnderPressure)
        {
            _receiveLimit = (int)Math.Min(2L * _receiveLimit, _tcp.MaximumBuffer);
        }

        _measuredSince = now;
        _measuredFrom = _readOffset;
    }

    /// <summary>Takes the urgent byte out of the stream when it has arrived (tcp(7): one byte out of band), unless SO_OOBINLINE leaves it there.</summary>
    private void TakeUrgentByte()
    {
        if (_urgent == UrgentState.Announced && _urgentOffset < _receiveEnd)
        {
            _urgentByte = _receiveData.Peek(_urgentOffset, 1)[0];
            _urgent = UrgentState.Received;
            User?.OnChange(this, PollEvents.Priority);
        }
    }
}
