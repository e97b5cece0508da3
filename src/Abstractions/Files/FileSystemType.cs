namespace KernelSockets;

/// <summary>The kinds of file systems; an index into <see cref="FileSystemTable"/>.</summary>
public enum FileSystemType
{
    /// <summary>None.</summary>
    None,

    /// <summary>Files in memory: the first root, /dev, /tmp.</summary>
    Memory,

    /// <summary>Device nodes of any file system, once they are open.</summary>
    Device,

    /// <summary>Pipes and FIFOs.</summary>
    Pipe,

    /// <summary>Sockets.</summary>
    Socket,

    /// <summary>Minix V1, V2 and V3.</summary>
    Minix,

    /// <summary>/proc.</summary>
    Proc,

    /// <summary>Event counters and epoll sets.</summary>
    Event,

    /// <summary>Nodes of block devices, once they are open.</summary>
    Block,

    /// <summary>How many there are; not a type.</summary>
    Count,
}
