namespace KernelSockets.Vfs.Events;

/// <summary>Events and modes of an epoll item (Linux include/uapi/linux/eventpoll.h); the events have poll's values.</summary>
[Flags]
public enum EpollEvents : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>The bits that are poll's events.</summary>
    PollMask = 0xFFFF,

    /// <summary>EPOLLEXCLUSIVE: wake one of several sets. Taken, and all are woken.</summary>
    Exclusive = 1u << 28,

    /// <summary>EPOLLWAKEUP; without meaning here.</summary>
    WakeUp = 1u << 29,

    /// <summary>EPOLLONESHOT: told once, then off until it is set anew.</summary>
    OneShot = 1u << 30,

    /// <summary>EPOLLET: told when it changes, not as long as it lasts.</summary>
    EdgeTriggered = 1u << 31,

    /// <summary>The bits that are modes.</summary>
    ModeMask = Exclusive | WakeUp | OneShot | EdgeTriggered,

    /// <summary>What may stand beside <see cref="Exclusive"/>: EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP, EPOLLWAKEUP, EPOLLET.</summary>
    ExclusiveMask = 0x1D | WakeUp | EdgeTriggered | Exclusive,
}
