namespace KernelSockets.Net;

/// <summary>Options of <see cref="SocketLevel.Tcp"/>, with Linux's values (include/uapi/linux/tcp.h); tcp(7) describes them.</summary>
internal enum TcpOption
{
    /// <summary>TCP_NODELAY.</summary>
    NoDelay = 1,

    /// <summary>TCP_MAXSEG.</summary>
    MaximumSegment = 2,

    /// <summary>TCP_CORK.</summary>
    Cork = 3,

    /// <summary>TCP_KEEPIDLE, in seconds.</summary>
    KeepIdle = 4,

    /// <summary>TCP_KEEPINTVL, in seconds.</summary>
    KeepInterval = 5,

    /// <summary>TCP_KEEPCNT.</summary>
    KeepCount = 6,

    /// <summary>TCP_SYNCNT.</summary>
    SynCount = 7,

    /// <summary>TCP_LINGER2, in seconds.</summary>
    Linger2 = 8,

    /// <summary>TCP_INFO: struct tcp_info.</summary>
    Information = 11,

    /// <summary>TCP_QUICKACK.</summary>
    QuickAcknowledge = 12,

    /// <summary>TCP_CONGESTION: the name of the algorithm.</summary>
    Congestion = 13,

    /// <summary>TCP_USER_TIMEOUT, in milliseconds.</summary>
    UserTimeout = 18,

    /// <summary>TCP_FASTOPEN: refused.</summary>
    FastOpen = 23,
}
