namespace KernelSockets.Net;

/// <summary>A socket in LISTEN (RFC 9293 §3.10.7.2): its half-open connections and those that wait to be accepted.</summary>
/// <remarks>Under the stack's gate.</remarks>
internal sealed class TcpListener : ITcpUser
{
    private readonly Tcp _tcp;
    private readonly Queue<TcpConnection> _finished = new();
    private readonly HashSet<TcpConnection> _halfOpen = [];
    private bool _isCrowded;

    /// <param name="tcp">The module.</param>
    /// <param name="owner">The control block of its socket.</param>
    /// <param name="local">Its address; 0.0.0.0 for any.</param>
    /// <param name="port">Its port.</param>
    public TcpListener(Tcp tcp, TcpBlock owner, Ipv4Address local, ushort port)
    {
        _tcp = tcp;
        Owner = owner;
        Local = local;
        Port = port;
    }

    /// <summary>The control block of its socket.</summary>
    public TcpBlock Owner { get; }

    /// <summary>Its address; 0.0.0.0 for any.</summary>
    public Ipv4Address Local { get; }

    /// <summary>Its port.</summary>
    public ushort Port { get; }

    /// <summary>Most connections that wait to be accepted; as in Linux one more than that is taken.</summary>
    public int Backlog { get; set; }

    /// <summary>Connections that wait to be accepted.</summary>
    public int FinishedCount => _finished.Count;

    /// <summary>True while another connection may be finished.</summary>
    public bool HasRoom => _finished.Count <= Backlog;

    /// <summary>A segment for the listener that belongs to no connection.</summary>
    public void OnSegment(TcpKey key, in TcpSegment segment, NetInterface netInterface, Instant now)
    {
        // "First, check for a RST: … an incoming RST segment should be ignored."
        if (segment.Has(TcpFlags.Rst))
        {
            return;
        }

        // "Second, check for an ACK: any acknowledgment is bad if it arrives on a connection still in the LISTEN state": reset, but for cookies.
        if (segment.Has(TcpFlags.Ack))
        {
            if (segment.Has(TcpFlags.Syn) || !TryTakeCookie(key, segment, netInterface, now))
            {
                _tcp.SendReset(key, segment);
            }

            return;
        }

        // "Third, check for a SYN." Anything else is dropped, and as in Linux a SYN that ends what it begins.
        if (segment.Has(TcpFlags.Syn) && !segment.Has(TcpFlags.Fin))
        {
            TakeSyn(key, segment, netInterface, now);
        }
    }

    /// <summary>Takes the connection that has waited longest.</summary>
    public bool TryAccept(out TcpConnection? connection)
    {
        bool isThere = _finished.TryDequeue(out connection);
        NoteCrowd();
        return isThere;
    }

    /// <summary>The socket is closed: whoever was not accepted is reset.</summary>
    public void Close()
    {
        while (_finished.TryDequeue(out TcpConnection? connection))
        {
            connection.User = null;
            connection.Abort(Errno.ECONNRESET);
            connection.Release();
        }

        NoteCrowd();
        foreach (TcpConnection connection in _halfOpen.ToArray())
        {
            connection.User = null;
            connection.Drop(Errno.ECONNRESET);
        }

        _halfOpen.Clear();
    }

    /// <inheritdoc/>
    public void OnEstablished(TcpConnection connection)
    {
        _halfOpen.Remove(connection);
        _finished.Enqueue(connection);
        NoteCrowd();
        Owner.OnAcceptable();
    }

    /// <inheritdoc/>
    public void OnChange(TcpConnection connection, PollEvents events)
    {
        // Nobody reads from a connection that is not accepted.
    }

    /// <inheritdoc/>
    /// <remarks>A finished connection that is reset stays in the queue: accept gives it, and reading tells the error, as in Linux.</remarks>
    public void OnClosed(TcpConnection connection) => _halfOpen.Remove(connection);

    private void NoteCrowd()
    {
        bool isCrowded = _finished.Count > Backlog / 2;
        _tcp.CrowdedListeners += (isCrowded ? 1 : 0) - (_isCrowded ? 1 : 0);
        _isCrowded = isCrowded;
    }

    private void TakeSyn(TcpKey key, in TcpSegment syn, NetInterface netInterface, Instant now)
    {
        if (!HasRoom)
        {
            _tcp.Statistics.ListenOverflows++;
            _tcp.Statistics.ListenDrops++;
            return;
        }

        if (_halfOpen.Count > Backlog)
        {
            _tcp.SendCookie(key, syn, Owner, now);
            return;
        }

        if (_tcp.TryCreate(key, Owner, netInterface, _tcp.MakeInitialSequence(key, now), out TcpConnection? connection))
        {
            connection!.User = this;
            _halfOpen.Add(connection);
            connection.OpenPassively(syn, now);
        }
        else
        {
            _tcp.Statistics.ListenDrops++;
        }
    }

    private bool TryTakeCookie(TcpKey key, in TcpSegment segment, NetInterface netInterface, Instant now)
    {
        if (!_tcp.HasSentCookies(now))
        {
            return false;
        }

        if (!_tcp.Cookies.TryCheck(key, segment, now, out TcpOptions options))
        {
            _tcp.Statistics.SyncookiesFailed++;
            return false;
        }

        _tcp.Statistics.SyncookiesRecv++;
        if (!HasRoom || !_tcp.TryCreate(key, Owner, netInterface, segment.Acknowledgement - 1, out TcpConnection? connection))
        {
            _tcp.Statistics.ListenDrops++;
            return true;
        }

        connection!.User = this;
        _halfOpen.Add(connection);
        connection.OpenByCookie(segment, options, now);
        connection.OnSegment(segment, now);
        return true;
    }
}
