namespace KernelSockets.Sockets;

/// <summary>The second argument of shutdown(2).</summary>
public enum ShutdownHow
{
    /// <summary>SHUT_RD.</summary>
    Read,

    /// <summary>SHUT_WR.</summary>
    Write,

    /// <summary>SHUT_RDWR.</summary>
    Both,
}
