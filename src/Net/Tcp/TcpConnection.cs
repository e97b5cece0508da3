namespace KernelSockets.Net;

/// <summary>
/// A connection (RFC 9293's TCB): the state machine without I/O. It is told of segments, timers and the user's calls together with the time,
/// and hands segments to <see cref="Tcp"/>; it waits for nothing and reads no clock.
/// </summary>
/// <remarks>
/// The parts: this file holds state and what changes it; <c>Input</c> takes segments by the steps of RFC 9293 §3.10.7; <c>Acknowledge</c> and
/// <c>Recovery</c> work out what has arrived and what is lost; <c>Output</c> decides what to send; <c>Timers</c> and <c>User</c> are the other two
/// sides it is called from. Everything runs under the stack's gate.
/// </remarks>
internal sealed partial class TcpConnection
{
    private readonly Tcp _tcp;
    private readonly uint _timestampOffset;

    /// <summary>A closed connection.</summary>
    /// <param name="tcp">The module.</param>
    /// <param name="key">Addresses and ports.</param>
    /// <param name="settings">Options; the user may change them later.</param>
    /// <param name="initialSequence">ISS (RFC 6528).</param>
    /// <param name="pathMtu">The MTU of the way to the peer.</param>
    public TcpConnection(Tcp tcp, TcpKey key, TcpSettings settings, SequenceNumber initialSequence, int pathMtu)
    {
        _tcp = tcp;
        Key = key;
        Settings = settings;
        PathMtu = pathMtu;
        Iss = initialSequence;
        SndUna = SndNxt = SndUp = _highestSacked = _smallEnd = initialSequence;
        _sendData = new StreamBuffer(tcp.Memory);
        _receiveData = new ReceiveBuffer(tcp.Memory);
        _segments = new Scoreboard(tcp.SegmentRings);
        _congestion = CongestionControl.Create(settings.Congestion, Tcp.DefaultSegment)!;
        _timer = new ConnectionTimer(this);
        _timestampOffset = tcp.TimestampOffset(key);
        _receiveLimit = settings.ReceiveBuffer > 0 ? settings.ReceiveBuffer : InitialReceiveBuffer;
        _firstWindow = (ushort)Math.Min(_receiveLimit, Tcp.SynWindow);
    }

    private TcpStatistics Statistics => _tcp.Statistics;

    /// <summary>Addresses and ports.</summary>
    public TcpKey Key { get; }

    /// <summary>Options.</summary>
    public TcpSettings Settings { get; set; }

    /// <summary>Who hears of it; null for an orphan, whose socket is closed.</summary>
    public ITcpUser? User { get; set; }

    /// <summary>The state.</summary>
    public TcpState State { get; private set; } = TcpState.Closed;

    /// <summary>Why it was closed; success for an orderly end.</summary>
    public Errno Error { get; private set; }

    /// <summary>What ICMP has said, to be told when the connection times out (RFC 5461).</summary>
    public Errno SoftError { get; set; }

    /// <summary>It came from a SYN of the peer to a listener.</summary>
    public bool IsPassive { get; private set; }

    /// <summary>The interface it is bound to (SO_BINDTODEVICE); null for any.</summary>
    public NetInterface? BoundInterface { get; set; }

    /// <summary>ISS: our first number.</summary>
    public SequenceNumber Iss { get; }

    /// <summary>SND.UNA: the oldest number that is not acknowledged.</summary>
    public SequenceNumber SndUna { get; private set; }

    /// <summary>SND.NXT: the next number to be sent.</summary>
    public SequenceNumber SndNxt { get; private set; }

    /// <summary>SND.WND: the peer's window, in bytes.</summary>
    public int SndWnd { get; private set; }

    /// <summary>SND.UP: the number behind our urgent data.</summary>
    public SequenceNumber SndUp { get; private set; }

    /// <summary>IRS: the peer's first number.</summary>
    public SequenceNumber Irs { get; private set; }

    /// <summary>RCV.NXT: the next number expected.</summary>
    public SequenceNumber RcvNxt { get; private set; }

    /// <summary>The number behind the window that the peer was told: RCV.NXT + RCV.WND. It never goes back (RFC 9293 §3.8.6).</summary>
    public SequenceNumber RcvEdge { get; private set; }

    /// <summary>The MTU of the way to the peer, as far as known (RFC 1191).</summary>
    public int PathMtu { get; private set; }

    /// <summary>The most data a segment of ours may carry, options taken off: Eff.snd.MSS (RFC 9293 §3.7.1).</summary>
    public int EffectiveSegment { get; private set; } = Tcp.DefaultSegment;

    /// <summary>Options that both sides agreed on.</summary>
    public bool HasTimestamps { get; private set; }

    /// <summary>SACK was agreed on.</summary>
    public bool HasSack { get; private set; }

    /// <summary>The peer's shift count (Snd.Wind.Shift).</summary>
    public int SendScale { get; private set; }

    /// <summary>Our shift count (Rcv.Wind.Shift).</summary>
    public int ReceiveScale { get; private set; }

    /// <summary>Goes to another state; the only way to.</summary>
    private void Enter(TcpState state)
    {
        if (!TcpStates.HasEdge(State, state))
        {
            throw new InvalidOperationException($"a TCP connection cannot go from {State} to {state}");
        }

        bool wasOpen = State is TcpState.Established or TcpState.CloseWait;
        bool isOpen = state is TcpState.Established or TcpState.CloseWait;
        Statistics.CurrEstab += (isOpen ? 1 : 0) - (wasOpen ? 1 : 0);
        State = state;
    }

    /// <summary>Starts an active open: sends a SYN (RFC 9293 §3.10.1).</summary>
    public void Open(Instant now)
    {
        Enter(TcpState.SynSent);
        Statistics.ActiveOpens++;
        PrepareSegments();
        ReceiveScale = _tcp.ReceiveScale;
        SndNxt = Iss + 1;
        _openedAt = now;
        SendSyn(now);
        Arm(RetransmitPurpose.Timeout, now + _rtt.Timeout);
    }

    /// <summary>Starts a passive open: takes over a SYN that came to a listener, and answers it (RFC 9293 §3.10.7.2).</summary>
    public void OpenPassively(in TcpSegment syn, Instant now)
    {
        Enter(TcpState.SynReceived);
        IsPassive = true;
        Statistics.PassiveOpens++;
        PrepareSegments();
        TakeSyn(syn);
        Negotiate(syn.Options, now);
        SndNxt = Iss + 1;
        _openedAt = now;
        SndWnd = syn.Window; // of a SYN: not scaled (RFC 7323 §2.2)
        SendSyn(now);
        Arm(RetransmitPurpose.Timeout, now + _rtt.Timeout);
    }

    /// <summary>Starts established: a SYN cookie has come back with everything that was agreed on.</summary>
    /// <param name="acknowledgement">The ACK that brought it.</param>
    /// <param name="agreed">The options of the SYN, as the cookie tells them.</param>
    /// <param name="now">When.</param>
    public void OpenByCookie(in TcpSegment acknowledgement, in TcpOptions agreed, Instant now)
    {
        Enter(TcpState.SynReceived);
        IsPassive = true;
        Statistics.PassiveOpens++;
        PrepareSegments();
        Irs = acknowledgement.Sequence - 1;
        RcvNxt = RcvUp = acknowledgement.Sequence;
        Negotiate(agreed, now);
        SndNxt = Iss + 1;
        _openedAt = Instant.Never; // nobody knows when the SYN,ACK was sent
        RcvEdge = RcvNxt + Tcp.SynWindow;
    }

    /// <summary>The peer's SYN: where its numbers start.</summary>
    private void TakeSyn(in TcpSegment syn)
    {
        Irs = syn.Sequence;
        RcvNxt = Irs + 1;
        RcvEdge = RcvNxt + _firstWindow;
        RcvUp = RcvNxt;
    }

    /// <summary>The connection is over.</summary>
    /// <param name="error">What the user shall hear; success for an orderly end.</param>
    private void Die(Errno error)
    {
        if (State == TcpState.Closed)
        {
            return;
        }

        if (State is TcpState.SynSent or TcpState.SynReceived)
        {
            Statistics.AttemptFails++;
        }

        Enter(TcpState.Closed);
        Error = error;
        ReleaseSending();
        _tcp.Remove(this);
        if (User is { } user)
        {
            user.OnClosed(this);
        }
        else
        {
            Release();
        }
    }

    /// <summary>Both directions are closed: leaves the rest to the table of TIME-WAIT.</summary>
    private void EnterTimeWait(Instant now)
    {
        Enter(TcpState.TimeWait);
        _tcp.Remove(this);
        _tcp.TimeWaits.Add(this, now);
        Enter(TcpState.Closed);
        ReleaseSending();
        User?.OnChange(this, PollEvents.Readable | PollEvents.Writable | PollEvents.HangUp | PollEvents.ReadHangUp);
        if (User is null)
        {
            Release();
        }
    }

    /// <summary>Gives back timers and memory for sending; what has been received can still be read.</summary>
    private void ReleaseSending()
    {
        _tcp.Timers.Cancel(_timer);
        _sendData.DiscardTo(_sendEnd);
        _sendData.Clear();
        _segments.Clear();
    }

    /// <summary>Gives everything back: nobody will read what has been received.</summary>
    public void Release()
    {
        ReleaseSending();
        _receiveData.DiscardTo(_receiveEnd);
        _receiveData.Clear();
        _readOffset = _receiveEnd;
    }
}
