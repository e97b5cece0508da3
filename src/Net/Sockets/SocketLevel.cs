namespace KernelSockets.Net;

/// <summary>Levels of getsockopt and setsockopt, with Linux's values.</summary>
internal static class SocketLevel
{
    /// <summary>IPPROTO_IP (ip(7)).</summary>
    public const int Ip = 0;

    /// <summary>SOL_SOCKET (socket(7)).</summary>
    public const int Socket = 1;

    /// <summary>IPPROTO_TCP (tcp(7)).</summary>
    public const int Tcp = 6;

    /// <summary>IPPROTO_UDP (udp(7)).</summary>
    public const int Udp = 17;

    /// <summary>SOL_RAW (raw(7)).</summary>
    public const int Raw = 255;

    /// <summary>SOL_PACKET (packet(7)).</summary>
    public const int Packet = 263;
}
