namespace KernelSockets.Kernel.Nucleus;

/// <summary>
/// The time stamp counter as the monotonic clock. Its frequency comes from CPUID where the processor or hypervisor tells it (leaves 0x15 and
/// 0x40000010), else from the PIT, 20 ms of it at a time. Any context.
/// </summary>
internal static unsafe class Tsc
{
    private const ulong NanosecondsPerSecond = 1_000_000_000;
    private const uint PitFrequency = 1_193_182;
    private const int CalibrationMilliseconds = 20;
    private const ushort PitCount = (ushort)(PitFrequency * CalibrationMilliseconds / 1000);

    /// <summary>A measurement is good when it is certain to one part in this many; else the best of some attempts counts.</summary>
    private const ulong CalibrationPrecision = 500;
    private const int CalibrationAttempts = 5;
    private const ushort PitChannel2 = 0x42;
    private const ushort PitCommand = 0x43;
    private const ushort PitGate = 0x61;
    private const byte PitOneShotChannel2 = 0xB0;
    private const byte PitOutput = 0x20;
    private const uint HypervisorTimingLeaf = 0x4000_0010;

    private static ulong s_start;
    private static ulong s_frequency;
    private static ulong s_nanosecondsPerTick;
    private static ulong s_ticksPerNanosecond;

    /// <summary>Ticks a second.</summary>
    public static ulong Frequency => s_frequency;

    /// <summary>Time since <see cref="Start"/>; 0 until the frequency is known.</summary>
    public static long Nanoseconds() => (long)Cpu.Scale(Cpu.ReadTsc() - s_start, s_nanosecondsPerTick);

    /// <summary>Converts a time span to ticks.</summary>
    public static ulong ToTicks(ulong nanoseconds) => Cpu.Scale(nanoseconds, s_ticksPerNanosecond);

    /// <summary>The clock reads 0 here.</summary>
    public static void Start() => s_start = Cpu.ReadTsc();

    /// <summary>Finds the frequency, and how far the local APIC's timer counts down meanwhile.</summary>
    /// <param name="apicTicksPerSecond">Frequency of the APIC timer at divisor 1 as it is used here.</param>
    public static void Calibrate(out ulong apicTicksPerSecond)
    {
        ulong ticks = 0;
        ulong apicTicks = 0;
        ulong least = ulong.MaxValue;
        for (int i = 0; i < CalibrationAttempts && least > ticks / CalibrationPrecision; i++)
        {
            ulong doubt = Measure(out ulong measured, out ulong apicMeasured);
            if (doubt < least)
            {
                least = doubt;
                ticks = measured;
                apicTicks = apicMeasured;
            }
        }

        SetFrequency(ToldFrequency() is ulong told and not 0 ? told : ticks * PitFrequency / PitCount);
        apicTicksPerSecond = apicTicks * PitFrequency / PitCount;
    }

    /// <summary>Counts both timers while the PIT counts down.</summary>
    /// <returns>By how many ticks that may be wrong: where a host runs this machine, it may stop it for a while at either end.</returns>
    private static ulong Measure(out ulong ticks, out ulong apicTicks)
    {
        Cpu.Out8(PitGate, (byte)((Cpu.In8(PitGate) & ~2) | 1));
        Cpu.Out8(PitCommand, PitOneShotChannel2);
        Cpu.Out8(PitChannel2, PitCount & 0xFF);
        ulong before = Cpu.ReadTsc();
        Cpu.Out8(PitChannel2, PitCount >> 8);
        LocalApic.StartCounting();
        ulong start = Cpu.ReadTsc();
        ulong last = start;
        while ((Cpu.In8(PitGate) & PitOutput) == 0)
        {
            last = Cpu.ReadTsc();
        }

        apicTicks = LocalApic.StopCounting();
        ulong end = Cpu.ReadTsc();
        ticks = end - start;
        return start - before + (end - last);
    }

    private static void SetFrequency(ulong frequency)
    {
        s_frequency = frequency;
        s_nanosecondsPerTick = ((NanosecondsPerSecond << 32) / frequency) + 1;
        s_ticksPerNanosecond = DivideShifted(frequency);
    }

    /// <summary>frequency · 2³² / 10⁹ without overflow.</summary>
    private static ulong DivideShifted(ulong frequency) =>
        ((frequency / NanosecondsPerSecond) << 32) + (((frequency % NanosecondsPerSecond) << 32) / NanosecondsPerSecond);

    private static ulong ToldFrequency()
    {
        CpuIdResult result;
        Cpu.Id(0, 0, &result);
        if (result.Eax >= 0x15)
        {
            Cpu.Id(0x15, 0, &result);
            if (result.Eax != 0 && result.Ebx != 0 && result.Ecx != 0)
            {
                return (ulong)result.Ecx * result.Ebx / result.Eax;
            }
        }

        Cpu.Id(1, 0, &result);
        bool isHypervisor = (result.Ecx >> 31) != 0;
        if (!isHypervisor)
        {
            return 0;
        }

        Cpu.Id(0x4000_0000, 0, &result);
        if (result.Eax < HypervisorTimingLeaf)
        {
            return 0;
        }

        Cpu.Id(HypervisorTimingLeaf, 0, &result);
        return result.Eax * 1000ul;
    }
}
