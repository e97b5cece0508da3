namespace KernelSockets.Kernel.Syscalls;

/// <summary>Time-outs that system calls are given, as deadlines.</summary>
internal static class UserTime
{
    /// <summary>Bytes of struct timespec and of struct timeval.</summary>
    public const int Size = 16;

    private const long NanosecondsPerSecond = 1_000_000_000;
    private const long MicrosecondsPerSecond = 1_000_000;

    /// <summary>A deadline by milliseconds; negative ones never end.</summary>
    public static Instant FromMilliseconds(int milliseconds) =>
        milliseconds < 0 ? Instant.Never : KernelClock.Instance.Now + TimeSpan.FromMilliseconds(milliseconds);

    /// <summary>Reads struct timespec.</summary>
    /// <returns><see cref="Errno.EFAULT"/>, <see cref="Errno.EINVAL"/>.</returns>
    public static Errno TryReadTimespec(ulong address, out Instant deadline)
    {
        deadline = default;
        return UserMemory.TryRead(address, Size, out ReadOnlySpan<byte> memory)
            ? TryMake(BitConverter.ToInt64(memory), BitConverter.ToInt64(memory[sizeof(long)..]), out deadline)
            : Errno.EFAULT;
    }

    /// <summary>Reads struct timeval; microseconds above a second count, as select takes them.</summary>
    /// <returns><see cref="Errno.EFAULT"/>, <see cref="Errno.EINVAL"/>.</returns>
    public static Errno TryReadTimeval(ulong address, out Instant deadline)
    {
        deadline = default;
        if (!UserMemory.TryRead(address, Size, out ReadOnlySpan<byte> memory))
        {
            return Errno.EFAULT;
        }

        long microseconds = BitConverter.ToInt64(memory[sizeof(long)..]);
        long seconds = unchecked(BitConverter.ToInt64(memory) + (microseconds / MicrosecondsPerSecond));
        return TryMake(seconds, microseconds % MicrosecondsPerSecond * (NanosecondsPerSecond / MicrosecondsPerSecond), out deadline);
    }

    /// <summary>Writes what is left until a deadline, as select does.</summary>
    /// <param name="address">Where the time was read.</param>
    /// <param name="deadline">It.</param>
    /// <param name="unit">Nanoseconds of the structure's smaller part: 1 for timespec, 1000 for timeval.</param>
    public static void WriteRest(ulong address, Instant deadline, long unit)
    {
        if (UserMemory.TryWrite(address, Size, out Span<byte> memory))
        {
            long rest = deadline == Instant.Never ? 0 : Math.Max(deadline.Nanoseconds - KernelClock.Instance.Now.Nanoseconds, 0);
            BitConverter.TryWriteBytes(memory, rest / NanosecondsPerSecond);
            BitConverter.TryWriteBytes(memory[sizeof(long)..], rest % NanosecondsPerSecond / unit);
        }
    }

    private static Errno TryMake(long seconds, long nanoseconds, out Instant deadline)
    {
        deadline = Instant.Never;
        if (seconds < 0 || nanoseconds is < 0 or >= NanosecondsPerSecond)
        {
            return Errno.EINVAL;
        }

        if (seconds <= int.MaxValue)
        {
            deadline = new Instant(KernelClock.Instance.Now.Nanoseconds + (seconds * NanosecondsPerSecond) + nanoseconds);
        }

        return Errno.Success;
    }
}
