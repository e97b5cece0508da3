namespace KernelSockets.Kernel.Nucleus;

/// <summary>The local APIC (SDM vol. 3 chapter 11): end of interrupt, one-shot timer, interrupts to itself. Any context.</summary>
internal static unsafe class LocalApic
{
    public const int TimerVector = 0xF0;
    public const int RescheduleVector = 0xF1;
    public const int SelfTestVector = 0xF2;
    public const int SpuriousVector = 0xFF;

    private const uint BaseMsr = 0x1B;
    private const ulong BaseEnable = 1 << 11;
    private const ulong BaseAddressMask = 0xF_FFFF_F000;

    private const uint TaskPriority = 0x80;
    private const uint EndOfInterrupt = 0xB0;
    private const uint Spurious = 0xF0;
    private const uint CommandLow = 0x300;
    private const uint CommandHigh = 0x310;
    private const uint TimerEntry = 0x320;
    private const uint Lint0 = 0x350;
    private const uint Lint1 = 0x360;
    private const uint ErrorEntry = 0x370;
    private const uint InitialCount = 0x380;
    private const uint CurrentCount = 0x390;
    private const uint DivideConfiguration = 0x3E0;
    private const uint IdRegister = 0x20;

    private const uint Masked = 1 << 16;
    private const uint SoftwareEnable = 1 << 8;
    private const uint DivideBy1 = 0xB;
    private const uint ToSelf = 1 << 18;

    private static ulong s_base;
    private static ulong s_ticksPerNanosecond;
    private static long s_programmed;

    /// <summary>This processor's APIC id.</summary>
    public static byte Id => (byte)(Read(IdRegister) >> 24);

    public static void Initialize()
    {
        ulong physical = Cpu.ReadMsr(BaseMsr);
        Cpu.WriteMsr(BaseMsr, physical | BaseEnable);
        s_base = PageTables.MapDevice(physical & BaseAddressMask, FrameAllocator.FrameSize);
        s_programmed = long.MaxValue;
        Write(TaskPriority, 0);
        Write(Lint0, Masked);
        Write(Lint1, Masked);
        Write(ErrorEntry, Masked);
        Write(TimerEntry, Masked | TimerVector);
        Write(DivideConfiguration, DivideBy1);
        Write(Spurious, SoftwareEnable | SpuriousVector);
    }

    /// <summary>Starts the timer from its highest count, masked, for calibration.</summary>
    public static void StartCounting() => Write(InitialCount, uint.MaxValue);

    /// <summary>Stops it.</summary>
    /// <returns>Ticks since <see cref="StartCounting"/>.</returns>
    public static ulong StopCounting()
    {
        ulong ticks = uint.MaxValue - Read(CurrentCount);
        Write(InitialCount, 0);
        return ticks;
    }

    /// <summary>Sets the timer's frequency and lets it interrupt.</summary>
    public static void EnableTimer(ulong ticksPerSecond)
    {
        s_ticksPerNanosecond = (ticksPerSecond << 32) / 1_000_000_000;
        Write(TimerEntry, TimerVector);
    }

    /// <summary>Makes sure that the timer fires no later than a point in time; it may fire earlier.</summary>
    public static void FireBy(long deadline)
    {
        if (deadline >= s_programmed)
        {
            return;
        }

        s_programmed = deadline;
        long left = deadline - Tsc.Nanoseconds();
        ulong ticks = left <= 0 ? 1 : Cpu.Scale((ulong)left, s_ticksPerNanosecond);
        Write(InitialCount, ticks == 0 ? 1 : ticks > uint.MaxValue ? uint.MaxValue : (uint)ticks);
    }

    /// <summary>The timer has fired: nothing is programmed any more.</summary>
    public static void OnTimer() => s_programmed = long.MaxValue;

    public static void Acknowledge() => Write(EndOfInterrupt, 0);

    /// <summary>Raises a vector on this processor; it strikes as soon as interrupts are on.</summary>
    public static void RaiseSelf(int vector)
    {
        Write(CommandHigh, 0);
        Write(CommandLow, ToSelf | (uint)vector);
    }

    private static uint Read(uint register) => Volatile.Read(ref *(uint*)(s_base + register));

    private static void Write(uint register, uint value) => Volatile.Write(ref *(uint*)(s_base + register), value);
}
