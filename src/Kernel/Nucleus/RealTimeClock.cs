namespace KernelSockets.Kernel.Nucleus;

/// <summary>The PC's real-time clock (MC146818A), read once at start-up for CLOCK_REALTIME. Interrupts off.</summary>
internal static class RealTimeClock
{
    private const ushort Index = 0x70;
    private const ushort Data = 0x71;
    private const byte Seconds = 0;
    private const byte Minutes = 2;
    private const byte Hours = 4;
    private const byte Day = 7;
    private const byte Month = 8;
    private const byte Year = 9;
    private const byte StatusA = 10;
    private const byte StatusB = 11;
    private const byte UpdateInProgress = 0x80;
    private const byte IsBinary = 4;
    private const byte Is24Hours = 2;
    private const byte AfternoonFlag = 0x80;
    private const int Attempts = 1000;

    private static long s_atStart;

    /// <summary>Nanoseconds since 1970-01-01 UTC.</summary>
    public static long Now() => s_atStart + Tsc.Nanoseconds();

    /// <summary>Sets the wall clock.</summary>
    public static void Set(long nanosecondsSinceEpoch) => s_atStart = nanosecondsSinceEpoch - Tsc.Nanoseconds();

    /// <summary>Reads the clock chip; twice the same, so that no update came between.</summary>
    public static void Initialize()
    {
        long previous = ReadOnce();
        for (int i = 0; i < Attempts; i++)
        {
            long seconds = ReadOnce();
            if (seconds == previous)
            {
                break;
            }

            previous = seconds;
        }

        Set(previous * 1_000_000_000);
    }

    private static long ReadOnce()
    {
        for (int i = 0; i < Attempts && (ReadRegister(StatusA) & UpdateInProgress) != 0; i++)
        {
            Cpu.Pause();
        }

        byte mode = ReadRegister(StatusB);
        byte hour = ReadRegister(Hours);
        bool isAfternoon = (mode & Is24Hours) == 0 && (hour & AfternoonFlag) != 0;
        int hours = Decode((byte)(hour & ~((mode & Is24Hours) == 0 ? AfternoonFlag : 0)), mode);
        if ((mode & Is24Hours) == 0)
        {
            hours = (hours % 12) + (isAfternoon ? 12 : 0);
        }

        int year = 2000 + Decode(ReadRegister(Year), mode);
        int month = Decode(ReadRegister(Month), mode);
        int day = Decode(ReadRegister(Day), mode);
        return (((((DaysSinceEpoch(year, month, day) * 24) + hours) * 60) + Decode(ReadRegister(Minutes), mode)) * 60)
            + Decode(ReadRegister(Seconds), mode);
    }

    /// <summary>Days from 1970-01-01 in the proleptic Gregorian calendar, years counted from March.</summary>
    private static long DaysSinceEpoch(int year, int month, int day)
    {
        int y = month <= 2 ? year - 1 : year;
        int dayOfYear = (((153 * (month + (month > 2 ? -3 : 9))) + 2) / 5) + day - 1;
        return (y * 365L) + (y / 4) - (y / 100) + (y / 400) + dayOfYear - 719_468;
    }

    private static int Decode(byte value, byte mode) => (mode & IsBinary) != 0 ? value : ((value >> 4) * 10) + (value & 15);

    private static byte ReadRegister(byte register)
    {
        Cpu.Out8(Index, register);
        return Cpu.In8(Data);
    }
}
