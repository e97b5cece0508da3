namespace KernelSockets.Net;

/// <content>What is sent, and when: data, acknowledgements, windows.</content>
internal sealed partial class TcpConnection
{
    private static readonly TimeSpan s_timestampTick = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// Shorter segments are not left to the device: some, as the 82540EM, want that no buffer makes more than four segments (Linux's e1000,
    /// max_per_txd), and ours have 4 KiB.
    /// </summary>
    private const int LeastOffloaded = 1024;

    /// <summary>
    /// So many bytes does a packet that the device cuts up lack to be full segments only, where data follow: behind such a packet QEMU's e1000 sends one
    /// more frame, without data. The hardware does not, and does not mind.
    /// </summary>
    private const int ShortOfFull = 1;

    /// <summary>A last part that is shorter goes by itself: cut off by a device its frame may stay below Ethernet's least.</summary>
    private const int LeastRest = EthernetHeader.MinimumFrame - EthernetHeader.Size - Ipv4Header.MinimumSize - TcpHeader.MinimumSize;

    private const int LeastWindowShare = 4;

    private readonly StreamBuffer _sendData;
    private long _sendEnd; // offset behind the last byte that the user has written
    private bool _isFinQueued; // the user will write no more
    private bool _isFinSent;
    private bool _isMoreToCome; // MSG_MORE: the user is writing, and goes on
    private bool _isWindowLimited; // the congestion window was what held data back (RFC 7661)
    private SequenceNumber _smallEnd; // Snd.SML: behind the last segment that was not full (Minshall's variant of Nagle)
    private Instant _sentAt; // of the last new data, or SYN
    private Instant _repeatedAt; // of the last data sent again

    private bool _owesAcknowledgement; // at once
    private int _unacknowledged; // bytes received since the last acknowledgement
    private byte _quickLeft = 16; // acknowledgements at once at the start, so that the peer's window opens (Linux's quickack)
    private int _changedRanges; // ranges behind a hole that have grown since the last acknowledgement
    private SackBlock? _duplicate; // to be told as D-SACK

    /// <summary>The peer's MSS option.</summary>
    public int PeerSegment { get; private set; } = Tcp.DefaultSegment;

    /// <summary>Bytes that are written and not sent.</summary>
    public int Unsent => Math.Max(0, (int)(_sendEnd - _sendData.Start) - (State is TcpState.SynSent or TcpState.SynReceived ? 0 : SndNxt - SndUna));

    /// <summary>Offset in the stream of the byte that a number names.</summary>
    private long OffsetOf(SequenceNumber number) => _sendData.Start + (number - SndUna);

    /// <summary>How large segments may be, with the options that each carries taken off (RFC 6691).</summary>
    private void PrepareSegments()
    {
        int segment = Math.Min(PeerSegment, PathMtu - Ipv4Header.MinimumSize - TcpHeader.MinimumSize);
        segment = Settings.MaximumSegment > 0 ? Math.Min(segment, Settings.MaximumSegment) : segment;
        segment -= HasTimestamps ? TcpOptions.PaddedTimestampsSize : 0;
        EffectiveSegment = Math.Max(Tcp.LeastSegment - TcpOptions.MaximumSize, segment);
        _congestion.ChangeSegment(EffectiveSegment);
    }

    /// <summary>Sends what may be sent: first what is lost, then new data, then FIN.</summary>
    private void Output(Instant now)
    {
        if (!State.MaySend() && State != TcpState.FinWait2)
        {
            return;
        }

        if (_segments.Count == 0 && Unsent > 0 && _rtt.HasSample && now - _sentAt > _rtt.Timeout)
        {
            _congestion.OnIdle();
        }

        bool goesOn = true;
        while (goesOn)
        {
            goesOn = _segments.LostBytes > 0 ? TryRetransmit(now) : TrySendNew(now);
        }

        ArmRetransmit(now);
    }

    /// <summary>Sends the first lost segment again, if the congestion window lets it.</summary>
    private bool TryRetransmit(Instant now)
    {
        int index = _segments.FirstLost();
        if (index < 0)
        {
            return false;
        }

        if (Pipe > 0 && Pipe + Math.Min(_segments[index].Length, EffectiveSegment) > _congestion.Window)
        {
            _isWindowLimited = true;
            return false;
        }

        return Retransmit(index, now);
    }

    private bool Retransmit(int index, Instant now)
    {
        if (Math.Min(_segments[index].Length, _sendEnd - OffsetOf(_segments[index].Start)) > EffectiveSegment)
        {
            _segments.Split(index, EffectiveSegment); // the path's MTU has shrunk
        }

        SentSegment segment = _segments[index];
        int data = (int)Math.Min(segment.Length, _sendEnd - OffsetOf(segment.Start));
        if (!Transmit(segment.Start, data, isFin: data < segment.Length, now))
        {
            return false;
        }

        Statistics.RetransSegs++;
        _recoverySent += segment.Length;
        Retransmitted++;
        _segments.MarkRetransmitted(index, now);
        _repeatedAt = now;
        NoteRepeatForUndo(segment, now);
        return true;
    }

    /// <summary>Sends the next segment of new data, or FIN, if windows, Nagle and silly-window avoidance let it (RFC 9293 §3.7.4, §3.8.6.2.1).</summary>
    private bool TrySendNew(Instant now)
    {
        int unsent = Unsent;
        bool isFinDue = _isFinQueued && !_isFinSent;
        if (unsent == 0 && !isFinDue)
        {
            _isWindowLimited = false;
            return false;
        }

        int usable = Math.Max(0, SndUna + SndWnd - SndNxt);
        if (TrySendTogether(Math.Min(unsent, usable), now) is { } isSent)
        {
            return isSent;
        }

        int length = Math.Min(Math.Min(unsent, EffectiveSegment), usable);
        bool isFin = isFinDue && length == unsent && usable > length; // a FIN takes a number of the window, too
        if (length == 0 && !isFin)
        {
            return false;
        }

        int pipe = Pipe;
        if (pipe > 0 && pipe + length > _congestion.Window)
        {
            _isWindowLimited = true;
            return false;
        }

        if (length < EffectiveSegment && !isFin && !MaySendSmall(length, unsent))
        {
            return false;
        }

        if (!Transmit(SndNxt, length, isFin, now))
        {
            return false;
        }

        NoteWaiting(now);
        _segments.Add(SndNxt, length + (isFin ? 1 : 0), now);
        SndNxt += length + (isFin ? 1 : 0);
        _isFinSent |= isFin;
        _smallEnd = length < EffectiveSegment ? SndNxt : _smallEnd;
        NoteSent(length, now);
        return true;
    }

    /// <summary>Sends several segments as one packet that the device cuts up, where it can: full ones, and what is left when it is the rest of all data.</summary>
    /// <param name="room">Bytes that there are to send and that the peer's window lets through.</param>
    /// <param name="now">When.</param>
    /// <returns>Null when segments have to go one by one; false when nothing is to be sent now.</returns>
    private bool? TrySendTogether(int room, Instant now)
    {
        bool isUrgent = SndUp > SndNxt;
        if (room <= EffectiveSegment || EffectiveSegment < LeastOffloaded || isUrgent)
        {
            return null;
        }

        int most = _tcp.SegmentationLimit(this) / EffectiveSegment * EffectiveSegment;
        if (most <= EffectiveSegment)
        {
            return null;
        }

        int pipe = Pipe;
        int window = _congestion.Window - pipe;
        if (IsBetterLater(pipe, window, Math.Min(room, most)))
        {
            _isWindowLimited = true;
            return false;
        }

        int length = Math.Min(Math.Min(room, most), window);
        int rest = length % EffectiveSegment;
        bool isRestSent = rest >= LeastRest && length == Unsent && !_isFinQueued && MaySendSmall(rest, rest);
        length -= isRestSent ? 0 : rest;
        if (length <= EffectiveSegment)
        {
            return null;
        }

        length -= length < Unsent ? ShortOfFull : 0;
        if (!Transmit(SndNxt, length, isFin: false, now))
        {
            return false;
        }

        NoteWaiting(now);
        for (int left = length; left > 0; left -= EffectiveSegment)
        {
            int part = Math.Min(left, EffectiveSegment);
            _segments.Add(SndNxt, part, now);
            SndNxt += part;
        }

        _smallEnd = isRestSent ? SndNxt : _smallEnd;
        NoteSent(length, now);
        return true;
    }

    /// <summary>
    /// The congestion window has room for a small part only of what could go together: it waits for the acknowledgements of the rest, most of which
    /// is under way (as Linux's tcp_tso_should_defer).
    /// </summary>
    private bool IsBetterLater(int pipe, int window, int wanted) =>
        _lossState == LossState.Open && pipe > 0 && window < Math.Min(wanted, _congestion.Window / LeastWindowShare);

    private void NoteSent(int length, Instant now)
    {
        _recoverySent += length;
        _sentAt = now;
        _isWindowLimited = Pipe + EffectiveSegment > _congestion.Window;
    }

    /// <summary>From now on something waits for its acknowledgement: the user's time-out counts from here.</summary>
    private void NoteWaiting(Instant now) => _progressAt = _segments.Count == 0 && _probes == 0 ? now : _progressAt;

    /// <summary>True when a segment that is not full may go.</summary>
    private bool MaySendSmall(int length, int unsent)
    {
        if (length < unsent)
        {
            // The window is what cuts it: RFC 9293 §3.8.6.2.1 (3), at least a fraction of the largest window seen.
            return length >= MaxSndWnd / 2;
        }

        if (Settings.IsCorked || _isMoreToCome)
        {
            return false;
        }

        // Nagle's algorithm (RFC 9293 §3.7.4), by Minshall's rule: only another small segment under way holds this one back.
        bool isSmallUnderWay = _smallEnd > SndUna && _smallEnd <= SndNxt;
        return Settings.IsNoDelay || _segments.Count == 0 || !isSmallUnderWay;
    }

    /// <summary>Sends a segment with data of ours from a number on.</summary>
    /// <returns>False when no buffer was left.</returns>
    private bool Transmit(SequenceNumber start, int length, bool isFin, Instant now)
    {
        long offset = OffsetOf(start);
        bool isLast = offset + length == _sendEnd;
        TcpFlags flags = TcpFlags.Ack | (isFin ? TcpFlags.Fin : TcpFlags.None) | (isLast && length > 0 ? TcpFlags.Psh : TcpFlags.None);
        ushort urgentPointer = 0;
        if (SndUp > start)
        {
            flags |= TcpFlags.Urg;
            urgentPointer = (ushort)Math.Min(ushort.MaxValue, SndUp - start);
        }

        // A full segment has room for timestamps only.
        TcpOptions options = MakeOptions(now, withSack: length + TcpOptions.MaximumSize <= EffectiveSegment);
        bool isSent = _tcp.Transmit(this, MakeFields(start, flags) with { UrgentPointer = urgentPointer }, options, _sendData, offset, length);
        if (isSent)
        {
            NoteAcknowledgementSent();
        }

        return isSent;
    }

    /// <summary>Sends a SYN, or SYN,ACK.</summary>
    private void SendSyn(Instant now)
    {
        bool isAnswer = State == TcpState.SynReceived;
        int most = Settings.MaximumSegment > 0 ? Settings.MaximumSegment : ushort.MaxValue; // tcp(7): TCP_MAXSEG is announced, too
        TcpOptions options = new()
        {
            MaximumSegmentSize = (ushort)Math.Min(most, PathMtu - Ipv4Header.MinimumSize - TcpHeader.MinimumSize),
            IsSackPermitted = !isAnswer || HasSack,
            WindowScale = !isAnswer ? (byte)ReceiveScale : ReceiveScale > 0 || SendScale > 0 ? (byte)ReceiveScale : null,
            HasTimestamps = !isAnswer || HasTimestamps,
            TimestampValue = TimestampAt(now),
            TimestampEcho = isAnswer ? RecentTimestamp : 0,
        };
        TcpFields fields = new()
        {
            SourcePort = Key.LocalPort,
            DestinationPort = Key.RemotePort,
            Sequence = Iss,
            Acknowledgement = isAnswer ? RcvNxt : default,
            Flags = TcpFlags.Syn | (isAnswer ? TcpFlags.Ack : TcpFlags.None),
            Window = _firstWindow, // not scaled (RFC 7323 §2.2)
        };
        _tcp.Transmit(this, fields, options, _sendData, 0, 0);
        _sentAt = now;
        _lastAckSent = RcvNxt;
    }

    /// <summary>Sends a segment without data.</summary>
    private void SendAcknowledgement(Instant now)
    {
        TcpOptions options = MakeOptions(now, withSack: true);
        if (_tcp.Transmit(this, MakeFields(SndNxt, TcpFlags.Ack), options, _sendData, 0, 0))
        {
            NoteAcknowledgementSent();
        }
    }

    /// <summary>Sends the acknowledgement that is owed at once.</summary>
    private void SendOwedAcknowledgement(Instant now)
    {
        if (_owesAcknowledgement && State is not (TcpState.Closed or TcpState.SynSent or TcpState.SynReceived))
        {
            SendAcknowledgement(now);
        }
    }

    private void NoteAcknowledgementSent()
    {
        _owesAcknowledgement = false;
        _unacknowledged = _changedRanges = 0;
        _acknowledgeAt = Instant.Never;
        _lastAckSent = RcvNxt;
        _quickLeft -= (byte)(_quickLeft > 0 ? 1 : 0);
        _duplicate = null;
    }

    /// <summary>Data have been received: RFC 1122 §4.2.3.2 and RFC 5681 §4.2, an acknowledgement at least for every second full segment and within 500 ms.</summary>
    private void Owe(int bytes, bool isHoleNear, Instant now)
    {
        _largestReceived = Math.Max(_largestReceived, Math.Min(bytes, PathMtu));
        _unacknowledged += bytes;
        if (isHoleNear || _quickLeft > 0 || _unacknowledged >= 2 * _largestReceived || IsQuickAcknowledge)
        {
            _owesAcknowledgement = true;
        }
        else
        {
            ArmAcknowledge(now + s_acknowledgeDelay);
        }
    }

    private TcpFields MakeFields(SequenceNumber sequence, TcpFlags flags) => new()
    {
        SourcePort = Key.LocalPort,
        DestinationPort = Key.RemotePort,
        Sequence = sequence,
        Acknowledgement = RcvNxt,
        Flags = flags,
        Window = AnnounceWindow(),
    };

    private TcpOptions MakeOptions(Instant now, bool withSack)
    {
        TcpOptions options = default;
        if (HasTimestamps)
        {
            options.HasTimestamps = true;
            options.TimestampValue = TimestampAt(now);
            options.TimestampEcho = RecentTimestamp;
        }

        if (!HasSack || !withSack)
        {
            return options;
        }

        int room = options.SackRoom;
        if (_duplicate is { } duplicate && room > 0)
        {
            options.AddSack(duplicate); // RFC 2883 §4: first
        }

        for (int i = 0; _ranges is not null && i < _ranges.Count && options.SackCount < room; i++)
        {
            options.AddSack(_ranges[i]);
        }

        return options;
    }

    /// <summary>The timestamp clock: milliseconds, from a start that tells nothing of the time since boot (RFC 7323 §7.1).</summary>
    private uint TimestampAt(Instant now) => _timestampOffset + (uint)((now - Instant.Zero).Ticks / s_timestampTick.Ticks);

    /// <summary>How long ago the timestamp was sent that the peer echoes; null without one, or when we cannot have sent it.</summary>
    private TimeSpan? SinceEcho(in TcpOptions options, Instant now)
    {
        if (EchoIn(options) is not { } echo)
        {
            return null;
        }

        TimeSpan age = (int)(TimestampAt(now) - echo) * s_timestampTick;
        TimeSpan most = _openedAt == Instant.Never ? RttEstimator.MaximumTimeout : now - _openedAt + s_timestampTick;
        return age < TimeSpan.Zero || age > most ? null : TimeSpan.FromTicks(Math.Max(age.Ticks, s_timestampTick.Ticks));
    }

    /// <summary>TSecr of an acknowledgement (RFC 7323 §3.2); null where it says nothing.</summary>
    private uint? EchoIn(in TcpOptions options) => HasTimestamps && options.HasTimestamps && options.TimestampEcho != 0 ? options.TimestampEcho : null;
}
