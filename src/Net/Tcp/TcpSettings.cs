namespace KernelSockets.Net;

/// <summary>What tcp(7)'s options have set for a socket and its connection.</summary>
/// <remarks>Under the stack's gate. What a listener has accepted shares its options with it until either is given others (<see cref="TcpBlock.OwnTcp"/>).</remarks>
internal sealed class TcpSettings : SharableSettings<TcpSettings>
{
    /// <summary>TCP_NODELAY: small segments are sent at once.</summary>
    public bool IsNoDelay { get; set; }

    /// <summary>TCP_CORK: only full segments are sent.</summary>
    public bool IsCorked { get; set; }

    /// <summary>SO_KEEPALIVE.</summary>
    public bool IsKeepAlive { get; set; }

    /// <summary>TCP_KEEPIDLE: how long a connection is silent before it is probed (RFC 1122 §4.2.3.6: at least two hours by default).</summary>
    public TimeSpan KeepAliveIdle { get; set; } = TimeSpan.FromHours(2);

    /// <summary>TCP_KEEPINTVL: time between probes.</summary>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(75);

    /// <summary>TCP_KEEPCNT: probes without an answer before the connection is given up.</summary>
    public int KeepAliveCount { get; set; } = 9;

    /// <summary>TCP_USER_TIMEOUT (RFC 5482 §3.1 in part): how long data may stay without acknowledgement; null for the time-outs' own bound.</summary>
    public TimeSpan? UserTimeout { get; set; }

    /// <summary>TCP_MAXSEG: the user's bound of the segment size; 0 for none.</summary>
    public int MaximumSegment { get; set; }

    /// <summary>TCP_SYNCNT; 0 for the default.</summary>
    public int SynRetries { get; set; }

    /// <summary>TCP_LINGER2: how long an orphan stays in FIN-WAIT-2; null for the default.</summary>
    public TimeSpan? FinWait2Timeout { get; set; }

    /// <summary>TCP_CONGESTION.</summary>
    public string Congestion { get; set; } = Cubic.AlgorithmName;

    /// <summary>SO_RCVBUF where the user has set it: the receive buffer does not grow by itself then; 0 else.</summary>
    public int ReceiveBuffer { get; set; }

    /// <summary>SO_SNDBUF where the user has set it; 0 else.</summary>
    public int SendBuffer { get; set; }

    /// <summary>SO_OOBINLINE.</summary>
    public bool IsUrgentInline { get; set; }

    /// <summary>Options of IPPROTO_IP; shared like these.</summary>
    public IpSettings Ip { get; private set; } = new();

    /// <inheritdoc/>
    protected override TcpSettings Copy()
    {
        Ip.IsShared = true;
        return base.Copy();
    }

    /// <summary>Options of IPPROTO_IP that may be changed, on settings that may.</summary>
    public IpSettings OwnIp()
    {
        Ip = Ip.Own();
        return Ip;
    }
}
