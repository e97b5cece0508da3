namespace KernelSockets.Net;

/// <summary>Options of <see cref="SocketLevel.Socket"/>, with Linux's values (include/uapi/asm-generic/socket.h); socket(7) describes them.</summary>
internal enum SocketOption
{
    /// <summary>SO_DEBUG: stored, without effect.</summary>
    Debug = 1,

    /// <summary>SO_REUSEADDR.</summary>
    ReuseAddress = 2,

    /// <summary>SO_ERROR: the pending error, which reading clears.</summary>
    Error = 4,

    /// <summary>SO_DONTROUTE: stored; only hosts on a connected network are reached.</summary>
    DoNotRoute = 5,

    /// <summary>SO_BROADCAST: sending to broadcast addresses is allowed.</summary>
    Broadcast = 6,

    /// <summary>SO_SNDBUF.</summary>
    SendBuffer = 7,

    /// <summary>SO_RCVBUF.</summary>
    ReceiveBuffer = 8,

    /// <summary>SO_KEEPALIVE.</summary>
    KeepAlive = 9,

    /// <summary>SO_OOBINLINE: stored.</summary>
    OutOfBandInline = 10,

    /// <summary>SO_PRIORITY: stored, without effect.</summary>
    Priority = 12,

    /// <summary>SO_LINGER.</summary>
    Linger = 13,

    /// <summary>SO_REUSEPORT.</summary>
    ReusePort = 15,

    /// <summary>SO_RCVLOWAT.</summary>
    ReceiveLowWater = 18,

    /// <summary>SO_SNDLOWAT: always 1, cannot be set.</summary>
    SendLowWater = 19,

    /// <summary>SO_RCVTIMEO.</summary>
    ReceiveTimeout = 20,

    /// <summary>SO_SNDTIMEO.</summary>
    SendTimeout = 21,

    /// <summary>SO_BINDTODEVICE.</summary>
    BindToDevice = 25,

    /// <summary>SO_ATTACH_FILTER; read, SO_GET_FILTER. Its value is the instructions: the system call boundary has followed sock_fprog's pointer.</summary>
    AttachFilter = 26,

    /// <summary>SO_DETACH_FILTER.</summary>
    DetachFilter = 27,

    /// <summary>SO_TIMESTAMP: a SCM_TIMESTAMP with each message.</summary>
    Timestamp = 29,

    /// <summary>SO_ACCEPTCONN.</summary>
    AcceptConnections = 30,

    /// <summary>SO_SNDBUFFORCE: as SO_SNDBUF, without the limit.</summary>
    SendBufferForce = 32,

    /// <summary>SO_RCVBUFFORCE: as SO_RCVBUF, without the limit.</summary>
    ReceiveBufferForce = 33,

    /// <summary>SO_TIMESTAMPNS: a SCM_TIMESTAMPNS with each message.</summary>
    TimestampNanoseconds = 35,

    /// <summary>SO_RXQ_OVFL: the number of drops with each message.</summary>
    ReceiveQueueOverflow = 40,

    /// <summary>SO_LOCK_FILTER: the filter cannot be changed any more.</summary>
    LockFilter = 44,
}
