using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace KernelSockets.UserApps.Network;

/// <summary>The calls of libc that the class library does not offer, by P/Invoke. Each returns -1 on failure and sets errno.</summary>
internal static class Libc
{
    /// <summary>AF_INET.</summary>
    public const int Inet = 2;

    /// <summary>AF_PACKET.</summary>
    public const int Packet = 17;

    /// <summary>SOCK_STREAM.</summary>
    public const int Stream = 1;

    /// <summary>SOCK_NONBLOCK.</summary>
    public const int NonBlocking = 0x800;

    /// <summary>MSG_DONTWAIT.</summary>
    public const int DoNotWait = 0x40;

    /// <summary>MSG_MORE.</summary>
    public const int More = 0x8000;

    /// <summary>MSG_NOSIGNAL.</summary>
    public const int NoSignal = 0x4000;

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

    /// <summary>MSG_WAITFORONE.</summary>
    public const int WaitForOne = 0x10000;

    /// <summary>SOL_SOCKET.</summary>
    public const int SocketLevel = 1;

    private const int InterfaceNameSize = 16;
    private const int InterfaceRequestSize = 40;
    private const int GetInterfaceName = 0x8910;
    private const int GetOutputQueue = 0x5411; // SIOCOUTQ
    private const int GetInterfaceIndex = 0x8933;

    /// <summary>The error of the last call, in words.</summary>
    public static string LastError => ((Errno)Marshal.GetLastPInvokeError()).Describe();

    /// <summary>The address of an element of a pinned array.</summary>
    public static nint AddressOf(byte[] pinned, int offset = 0) => Marshal.UnsafeAddrOfPinnedArrayElement(pinned, offset);

    /// <summary>socket(2).</summary>
    [DllImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static extern int Socket(int domain, int type, int protocol);

    /// <summary>bind(2).</summary>
    [DllImport("libc", EntryPoint = "bind", SetLastError = true)]
    public static extern int Bind(int fd, nint address, uint length);

    /// <summary>setsockopt(2) of an int.</summary>
    [DllImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static extern int SetOption(int fd, int level, int name, in int value, uint length);

    /// <summary>setsockopt(2) of two ints, the first one in the lower half.</summary>
    [DllImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static extern int SetOption(int fd, int level, int name, in long value, uint length);

    /// <summary>setsockopt(2) of a structure.</summary>
    [DllImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static extern int SetOption(int fd, int level, int name, nint value, uint length);

    /// <summary>getsockopt(2).</summary>
    [DllImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    public static extern int GetOption(int fd, int level, int name, nint value, ref uint length);

    /// <summary>recvmsg(2).</summary>
    [DllImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    public static extern nint ReceiveMessage(int fd, nint message, int flags);

    /// <summary>sendmsg(2).</summary>
    [DllImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    public static extern nint SendMessage(int fd, nint message, int flags);

    /// <summary>recvmmsg(2).</summary>
    [DllImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    public static extern int ReceiveMessages(int fd, nint messages, uint count, int flags, nint timeout);

    /// <summary>sendmmsg(2).</summary>
    [DllImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    public static extern int SendMessages(int fd, nint messages, uint count, int flags);

    /// <summary>listen(2).</summary>
    [DllImport("libc", EntryPoint = "listen", SetLastError = true)]
    public static extern int Listen(int fd, int backlog);

    /// <summary>accept(2).</summary>
    [DllImport("libc", EntryPoint = "accept", SetLastError = true)]
    public static extern int Accept(int fd, nint address, ref uint length);

    /// <summary>accept4(2); addresses may be 0.</summary>
    [DllImport("libc", EntryPoint = "accept4", SetLastError = true)]
    public static extern int Accept4(int fd, nint address, nint length, int flags);

    /// <summary>recv(2).</summary>
    [DllImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static extern nint Receive(int fd, nint data, nuint size, int flags);

    /// <summary>send(2).</summary>
    [DllImport("libc", EntryPoint = "send", SetLastError = true)]
    public static extern nint Send(int fd, nint data, nuint size, int flags);

    /// <summary>epoll_create1(2).</summary>
    [DllImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static extern int CreateEpoll(int flags);

    /// <summary>epoll_ctl(2).</summary>
    [DllImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static extern int ControlEpoll(int epoll, int operation, int fd, nint change);

    /// <summary>epoll_wait(2).</summary>
    [DllImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static extern int WaitEpoll(int epoll, nint events, int most, int milliseconds);

    /// <summary>connect(2).</summary>
    [DllImport("libc", EntryPoint = "connect", SetLastError = true)]
    public static extern int Connect(int fd, nint address, uint length);

    /// <summary>shutdown(2).</summary>
    [DllImport("libc", EntryPoint = "shutdown", SetLastError = true)]
    public static extern int Shutdown(int fd, int how);

    /// <summary>recvfrom(2).</summary>
    [DllImport("libc", EntryPoint = "recvfrom", SetLastError = true)]
    public static extern nint ReceiveFrom(int fd, nint data, nuint size, int flags, nint address, ref uint length);

    /// <summary>sendto(2).</summary>
    [DllImport("libc", EntryPoint = "sendto", SetLastError = true)]
    public static extern nint SendTo(int fd, nint data, nuint size, int flags, nint address, uint length);

    /// <summary>fcntl(2) with a number.</summary>
    [DllImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static extern int Fcntl(int fd, int command, long argument);

    /// <summary>poll(2).</summary>
    [DllImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static extern int Poll(nint descriptors, nuint count, int milliseconds);

    /// <summary>ioctl(2) with a structure.</summary>
    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static extern int Ioctl(int fd, int request, nint argument);

    /// <summary>Bytes that a TCP socket has sent and its peer has not acknowledged, by SIOCOUTQ (tcp(7)); 0 where that cannot be told.</summary>
    public static int OutputQueue(int fd) => Ioctl(fd, GetOutputQueue, out int bytes) < 0 ? 0 : bytes;

    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static extern int Ioctl(int fd, int request, out int number);

    /// <summary>getrandom(2): a number that nobody can guess.</summary>
    public static ushort RandomNumber()
    {
        _ = GetRandom(out ushort number, sizeof(ushort), 0); // so few bytes always come (getrandom(2))
        return number;
    }

    [DllImport("libc", EntryPoint = "getrandom", SetLastError = true)]
    private static extern nint GetRandom(out ushort number, nuint size, uint flags);

    /// <summary>The number of an interface, by SIOCGIFINDEX (netdevice(7)).</summary>
    /// <param name="fd">Any socket.</param>
    /// <param name="name">For example <c>eth0</c>.</param>
    /// <returns>From 1; -1 for no such interface, and the error is set.</returns>
    public static int InterfaceNumber(int fd, string name)
    {
        byte[] request = GC.AllocateArray<byte>(InterfaceRequestSize, pinned: true);
        _ = System.Text.Encoding.ASCII.GetBytes(name.AsSpan(0, Math.Min(name.Length, InterfaceNameSize - 1)), request);
        return Ioctl(fd, GetInterfaceIndex, AddressOf(request)) < 0
            ? -1
            : BinaryPrimitives.ReadInt32LittleEndian(request.AsSpan(InterfaceNameSize));
    }

    /// <summary>The name of an interface, by SIOCGIFNAME (netdevice(7)).</summary>
    /// <param name="fd">Any socket.</param>
    /// <param name="number">From 1.</param>
    /// <returns>Null for no such interface.</returns>
    public static string? InterfaceName(int fd, int number)
    {
        byte[] request = GC.AllocateArray<byte>(InterfaceRequestSize, pinned: true);
        BinaryPrimitives.WriteInt32LittleEndian(request.AsSpan(InterfaceNameSize), number);
        return Ioctl(fd, GetInterfaceName, AddressOf(request)) < 0
            ? null
            : System.Text.Encoding.ASCII.GetString(request, 0, request.AsSpan(0, InterfaceNameSize).IndexOf((byte)0));
    }

    /// <summary>close(2).</summary>
    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    public static extern int Close(int fd);

    /// <summary>Turns an option on.</summary>
    /// <returns>False on failure.</returns>
    public static bool TryTurnOn(int fd, int level, int name) => SetOption(fd, level, name, 1, sizeof(int)) == 0;
}
