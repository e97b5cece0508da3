using System.Buffers.Binary;

namespace KernelSockets.Net;

/// <summary>Values of socket options in memory, in the machine's byte order.</summary>
internal static class OptionValue
{
    /// <summary>Bytes of a struct timeval of two longs.</summary>
    public const int TimeSize = 16;

    private const int MicrosecondsPerSecond = 1_000_000;
    private const int NanosecondsPerMicrosecond = 1000;

    /// <summary>Reads an int.</summary>
    /// <returns>False when the value is shorter: EINVAL.</returns>
    public static bool TryRead(ReadOnlySpan<byte> value, out int number) => BinaryPrimitives.TryReadInt32LittleEndian(value, out number);

    /// <summary>Reads an int, or one byte if there is no more, as options of IPPROTO_IP allow (ip(7)).</summary>
    /// <returns>False when there is nothing.</returns>
    public static bool TryReadShort(ReadOnlySpan<byte> value, out int number)
    {
        if (BinaryPrimitives.TryReadInt32LittleEndian(value, out number))
        {
            return true;
        }

        number = value.Length > 0 ? value[0] : 0;
        return value.Length > 0;
    }

    /// <summary>Writes an int, or as much as there is room for.</summary>
    public static IoResult Write(Span<byte> value, int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return Write(value, bytes);
    }

    /// <summary>Writes an int, or one byte when there is no room for more and it fits (ip(7)).</summary>
    public static IoResult WriteShort(Span<byte> value, int number)
    {
        if (value.Length is 0 or >= sizeof(int) || number is < 0 or > byte.MaxValue)
        {
            return Write(value, number);
        }

        value[0] = (byte)number;
        return IoResult.Ok(1);
    }

    /// <summary>Writes bytes, or as many as there is room for.</summary>
    public static IoResult Write(Span<byte> value, ReadOnlySpan<byte> bytes)
    {
        int count = Math.Min(value.Length, bytes.Length);
        bytes[..count].CopyTo(value);
        return IoResult.Ok(count);
    }

    /// <summary>Reads a struct timeval as a timeout (sock_set_timeout): zero means none, a negative one is over at once.</summary>
    /// <param name="value">The structure.</param>
    /// <param name="timeout">What it says; <see cref="TimeSpan.MaxValue"/> for none.</param>
    /// <returns><see cref="Errno.EINVAL"/> when too short, <see cref="Errno.EDOM"/> for microseconds out of range.</returns>
    public static Errno TryReadTimeout(ReadOnlySpan<byte> value, out TimeSpan timeout)
    {
        timeout = TimeSpan.MaxValue;
        if (value.Length < TimeSize)
        {
            return Errno.EINVAL;
        }

        long seconds = BinaryPrimitives.ReadInt64LittleEndian(value);
        long microseconds = BinaryPrimitives.ReadInt64LittleEndian(value[sizeof(long)..]);
        if (microseconds is < 0 or >= MicrosecondsPerSecond)
        {
            return Errno.EDOM;
        }

        if (seconds < 0)
        {
            timeout = TimeSpan.Zero;
        }
        else if ((seconds != 0 || microseconds != 0) && seconds < int.MaxValue)
        {
            timeout = TimeSpan.FromSeconds(seconds) + TimeSpan.FromMicroseconds(microseconds);
        }

        return Errno.Success;
    }

    /// <summary>Writes a timeout as a struct timeval.</summary>
    public static IoResult WriteTimeout(Span<byte> value, TimeSpan timeout)
    {
        Span<byte> bytes = stackalloc byte[TimeSize];
        WriteTime(bytes, timeout == TimeSpan.MaxValue ? TimeSpan.Zero : timeout, isNanoseconds: false);
        return Write(value, bytes);
    }

    /// <summary>Writes a time as a struct timeval or timespec.</summary>
    /// <param name="bytes"><see cref="TimeSize"/> bytes.</param>
    /// <param name="time">Since the epoch, or a span.</param>
    /// <param name="isNanoseconds">True for a timespec.</param>
    public static void WriteTime(Span<byte> bytes, TimeSpan time, bool isNanoseconds)
    {
        long microseconds = time.Ticks / TimeSpan.TicksPerMicrosecond;
        (long seconds, long rest) = Math.DivRem(microseconds, MicrosecondsPerSecond);
        BinaryPrimitives.WriteInt64LittleEndian(bytes, seconds);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[sizeof(long)..], isNanoseconds ? rest * NanosecondsPerMicrosecond : rest);
    }
}
