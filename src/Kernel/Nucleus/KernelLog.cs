namespace KernelSockets.Kernel.Nucleus;

/// <summary>Severity of a log message, with syslog's numbers (RFC 5424 §6.2.1).</summary>
internal enum LogLevel : byte
{
    Emergency = 0,
    Alert = 1,
    Critical = 2,
    Error = 3,
    Warning = 4,
    Notice = 5,
    Information = 6,
    Debug = 7,
}

/// <summary>
/// The kernel's log: a ring of text that <c>dmesg</c> reads, echoed to the serial line up to the console's log level. Any context.
/// </summary>
internal static unsafe class KernelLog
{
    private const int RingBytes = 64 * 1024;

    private static Ring s_ring;
    private static ulong s_written;
    private static byte s_consoleLevel;
    private static bool s_isEchoed;

    /// <summary>Messages of this level and more severe ones go to the console as they come.</summary>
    public static LogLevel ConsoleLevel
    {
        get => (LogLevel)s_consoleLevel;
        set => s_consoleLevel = (byte)value;
    }

    public static void Initialize() => s_consoleLevel = (byte)LogLevel.Warning;

    /// <summary>Starts a message with its time stamp.</summary>
    public static void Begin(LogLevel level)
    {
        s_isEchoed = (byte)level <= s_consoleLevel;
        ulong microseconds = (ulong)Tsc.Nanoseconds() / 1000;
        Put((byte)'[');
        Decimal(microseconds / 1_000_000, 5, (byte)' ');
        Put((byte)'.');
        Decimal(microseconds % 1_000_000, 6, (byte)'0');
        Text("] "u8);
    }

    /// <summary>What follows goes to the console whatever its level, until <see cref="EndEcho"/>: the runtime's own last words.</summary>
    public static void BeginEcho() => s_isEchoed = true;

    public static void EndEcho() => s_isEchoed = false;

    public static void End()
    {
        Put((byte)'\n');
        s_isEchoed = false;
    }

    /// <summary>A whole message of fixed text.</summary>
    public static void Line(LogLevel level, ReadOnlySpan<byte> text)
    {
        ulong flags = Cpu.DisableInterrupts();
        Begin(level);
        Text(text);
        End();
        Cpu.RestoreInterrupts(flags);
    }

    public static void Text(ReadOnlySpan<byte> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            Put(text[i]);
        }
    }

    public static void Text(byte* text, int length)
    {
        for (int i = 0; i < length && text[i] != 0; i++)
        {
            Put(text[i]);
        }
    }

    public static void Hex(ulong value, int digits = 16)
    {
        for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4)
        {
            uint digit = (uint)(value >> shift) & 15;
            Put((byte)(digit < 10 ? '0' + digit : 'a' + digit - 10));
        }
    }

    public static void Decimal(ulong value, int width = 1, byte fill = (byte)' ')
    {
        byte* digits = stackalloc byte[20];
        int count = 0;
        do
        {
            digits[count++] = (byte)('0' + (value % 10));
            value /= 10;
        }
        while (value != 0);

        for (int i = count; i < width; i++)
        {
            Put(fill);
        }

        while (count > 0)
        {
            Put(digits[--count]);
        }
    }

    /// <summary>Copies the newest part of the log.</summary>
    /// <returns>Bytes copied.</returns>
    public static int Read(byte* destination, int capacity)
    {
        ulong flags = Cpu.DisableInterrupts();
        ulong available = s_written < RingBytes ? s_written : RingBytes;
        if (available > (ulong)capacity)
        {
            available = (ulong)capacity;
        }

        for (ulong i = 0; i < available; i++)
        {
            destination[i] = s_ring.Bytes[(s_written - available + i) % RingBytes];
        }

        Cpu.RestoreInterrupts(flags);
        return (int)available;
    }

    /// <summary>From here on everything goes to the console, whatever its level: for a panic.</summary>
    public static void EchoAlways()
    {
        s_consoleLevel = (byte)LogLevel.Debug;
        s_isEchoed = true;
    }

    public static void Put(byte value)
    {
        s_ring.Bytes[s_written % RingBytes] = value;
        s_written++;
        if (s_isEchoed)
        {
            SerialPort.Write(value);
            VgaText.Write(value);
        }
    }

    private struct Ring
    {
        public fixed byte Bytes[RingBytes];
    }
}
