namespace KernelSockets;

/// <summary>Events of poll; epoll uses the same values (Linux include/uapi/asm-generic/poll.h).</summary>
[Flags]
public enum PollEvents
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>POLLIN: a read would not block.</summary>
    In = 0x1,

    /// <summary>POLLPRI: something exceptional.</summary>
    Priority = 0x2,

    /// <summary>POLLOUT: a write would not block.</summary>
    Out = 0x4,

    /// <summary>POLLERR: an error, or the reading end of a pipe is gone. Always reported.</summary>
    Error = 0x8,

    /// <summary>POLLHUP: the other end is gone. Always reported.</summary>
    HangUp = 0x10,

    /// <summary>POLLNVAL: no such descriptor. Always reported.</summary>
    Invalid = 0x20,

    /// <summary>POLLRDNORM.</summary>
    ReadNormal = 0x40,

    /// <summary>POLLRDBAND.</summary>
    ReadBand = 0x80,

    /// <summary>POLLWRNORM.</summary>
    WriteNormal = 0x100,

    /// <summary>POLLWRBAND.</summary>
    WriteBand = 0x200,

    /// <summary>POLLRDHUP: the peer has shut down its sending side.</summary>
    ReadHangUp = 0x2000,

    /// <summary>What a file is that never blocks (DEFAULT_POLLMASK).</summary>
    AlwaysReady = In | Out | ReadNormal | WriteNormal,

    /// <summary>Data to read.</summary>
    Readable = In | ReadNormal,

    /// <summary>Room to write.</summary>
    Writable = Out | WriteNormal,

    /// <summary>Reported whether asked for or not.</summary>
    Always = Error | HangUp | Invalid,
}
