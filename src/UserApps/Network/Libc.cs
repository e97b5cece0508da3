using System.Runtime.InteropServices;

namespace KernelSockets.UserApps.Network;

/// <summary>The calls of libc that the class library does not offer, by P/Invoke. Each returns -1 on failure and sets errno.</summary>
internal static class Libc
{
    /// <summary>AF_INET.</summary>
    public const int Inet = 2;

    /// <summary>SOCK_DGRAM.</summary>
    public const int Datagram = 2;

    /// <summary>SOCK_RAW.</summary>
    public const int Raw = 3;

    /// <summary>IPPROTO_IP, as a level and as a protocol.</summary>
    public const int Ip = 0;

    /// <summary>IP_HDRINCL.</summary>
    public const int HeaderIncluded = 3;

    /// <summary>IP_PKTINFO.</summary>
    public const int PacketInformation = 8;

    /// <summary>The error of the last call, in words.</summary>
    public static string LastError => ((Errno)Marshal.GetLastPInvokeError()).Describe();

    /// <summary>socket(2).</summary>
    [DllImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static extern int Socket(int domain, int type, int protocol);

    /// <summary>bind(2).</summary>
    [DllImport("libc", EntryPoint = "bind", SetLastError = true)]
    public static extern int Bind(int fd, nint address, uint length);

    /// <summary>setsockopt(2) of an int.</summary>
    [DllImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static extern int SetOption(int fd, int level, int name, in int value, uint length);

    /// <summary>recvmsg(2).</summary>
    [DllImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    public static extern nint ReceiveMessage(int fd, nint message, int flags);

    /// <summary>sendmsg(2).</summary>
    [DllImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    public static extern nint SendMessage(int fd, nint message, int flags);

    /// <summary>close(2).</summary>
    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    public static extern int Close(int fd);

    /// <summary>Turns an option on.</summary>
    /// <returns>False on failure.</returns>
    public static bool TryTurnOn(int fd, int level, int name) => SetOption(fd, level, name, 1, sizeof(int)) == 0;
}
