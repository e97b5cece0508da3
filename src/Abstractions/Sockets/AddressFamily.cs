namespace KernelSockets.Sockets;

/// <summary>Address families, with the kernel's own values; the system call boundary maps Linux's (AF_PACKET is 17 there).</summary>
public enum AddressFamily
{
    /// <summary>AF_UNSPEC.</summary>
    Unspecified = 0,

    /// <summary>AF_PACKET: frames of a link.</summary>
    Packet = 1,

    /// <summary>AF_INET: IPv4.</summary>
    Inet = 2,
}
