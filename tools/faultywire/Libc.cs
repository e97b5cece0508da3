using System.Runtime.InteropServices;

namespace KernelSockets.FaultyWire;

/// <summary>The calls of libc that a TAP device needs. Each returns -1 on failure and sets errno.</summary>
internal static class Libc
{
    /// <summary>O_RDWR | O_NONBLOCK.</summary>
    public const int ReadWriteNonBlocking = 0x802;

    /// <summary>POLLIN.</summary>
    public const short PollIn = 1;

    /// <summary>TUNSETIFF.</summary>
    public const nuint TunSetInterface = 0x400454CA;

    /// <summary>IFF_TAP | IFF_NO_PI.</summary>
    public const short TapWithoutHeader = 0x1002;

    /// <summary>EAGAIN.</summary>
    public const int TryAgain = 11;

    /// <summary>EINTR.</summary>
    public const int Interrupted = 4;

    /// <summary>open(2).</summary>
    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    public static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    /// <summary>ioctl(2) with a structure.</summary>
    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static extern int Control(int fd, nuint request, byte[] value);

    /// <summary>read(2).</summary>
    [DllImport("libc", EntryPoint = "read", SetLastError = true)]
    public static extern nint Read(int fd, ref byte buffer, nuint size);

    /// <summary>write(2).</summary>
    [DllImport("libc", EntryPoint = "write", SetLastError = true)]
    public static extern nint Write(int fd, in byte buffer, nuint size);

    /// <summary>ppoll(2), without a signal mask.</summary>
    [DllImport("libc", EntryPoint = "ppoll", SetLastError = true)]
    public static extern int Poll([In, Out] PollRequest[] requests, nuint count, in TimeSpecification timeout, nint signals);

    /// <summary>ppoll(2) without end.</summary>
    [DllImport("libc", EntryPoint = "ppoll", SetLastError = true)]
    public static extern int PollForEver([In, Out] PollRequest[] requests, nuint count, nint timeout, nint signals);
}

/// <summary>struct pollfd.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollRequest
{
    /// <summary>The descriptor.</summary>
    public int Descriptor;

    /// <summary>What is asked for.</summary>
    public short Events;

    /// <summary>What has happened.</summary>
    public short Returned;
}

/// <summary>struct timespec.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimeSpecification
{
    /// <summary>Seconds.</summary>
    public long Seconds;

    /// <summary>And nanoseconds.</summary>
    public long Nanoseconds;
}
