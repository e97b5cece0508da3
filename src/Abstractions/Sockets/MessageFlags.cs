namespace KernelSockets.Sockets;

/// <summary>Flags of send and recv, with Linux's values (include/linux/socket.h).</summary>
[Flags]
public enum MessageFlags
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>MSG_OOB.</summary>
    OutOfBand = 0x1,

    /// <summary>MSG_PEEK: leave the data in the queue.</summary>
    Peek = 0x2,

    /// <summary>MSG_DONTROUTE: only to hosts on a directly connected network.</summary>
    DoNotRoute = 0x4,

    /// <summary>MSG_CTRUNC (out): control data were cut off.</summary>
    ControlTruncated = 0x8,

    /// <summary>MSG_TRUNC: out, data were cut off; in, return the real length of the datagram.</summary>
    Truncated = 0x20,

    /// <summary>MSG_DONTWAIT; the system call boundary sets it for descriptors with O_NONBLOCK, too.</summary>
    DoNotWait = 0x40,

    /// <summary>MSG_WAITALL: of stream sockets, fill the whole buffer.</summary>
    WaitAll = 0x100,

    /// <summary>MSG_CONFIRM.</summary>
    Confirm = 0x800,

    /// <summary>MSG_ERRQUEUE: read the error queue.</summary>
    ErrorQueue = 0x2000,

    /// <summary>MSG_NOSIGNAL: no SIGPIPE; the boundary's affair.</summary>
    NoSignal = 0x4000,

    /// <summary>MSG_MORE: more data will follow.</summary>
    More = 0x8000,

    /// <summary>MSG_WAITFORONE: recvmmsg's own.</summary>
    WaitForOne = 0x1_0000,
}
