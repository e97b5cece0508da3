using System.Runtime;

namespace KernelSockets.Kernel.Nucleus;

/// <summary>
/// From the boot loader to musl's start-up code: brings up memory, traps, time and the first task, and enters libc with the stack that a Linux program
/// finds at its start (System V ABI, "Process Initialization"). On the boot stack, interrupts off.
/// </summary>
internal static unsafe class NucleusMain
{
    /// <summary>The first task's stack.</summary>
    public const ulong FirstStackBytes = 1024 * 1024;

    /// <summary>Less free memory than this, in MiB, cannot hold the runtime, the packet buffers and a shell.</summary>
    private const ulong MinimumFreeMib = 8;

    private const ulong Mib = 1024 * 1024;
    private const uint StarMsr = 0xC000_0081;
    private const uint LstarMsr = 0xC000_0082;
    private const uint FmaskMsr = 0xC000_0084;

    /// <summary>TF, IF, DF and AC are off in the nucleus.</summary>
    private const ulong SyscallFlagMask = 0x4_0700;

    private const ulong AuxProgramHeaders = 3;
    private const ulong AuxProgramHeaderSize = 4;
    private const ulong AuxProgramHeaderCount = 5;
    private const ulong AuxPageSize = 6;
    private const ulong AuxSecure = 23;
    private const ulong AuxRandom = 25;
    private const ulong ProgramHeaderBytes = 56;
    private const int RandomBytes = 16;

    private static ulong s_heapLimit;

    /// <summary>The managed heap's hard limit in bytes.</summary>
    public static ulong HeapLimit => s_heapLimit;

    [RuntimeExport("nucleus_main")]
    private static void Start(uint loaderMagic, ulong loaderInformation)
    {
        Tsc.Start();
        SerialPort.Initialize();
        KernelLog.Initialize();
        SegmentTables.Initialize();
        if (!BootInformation.TryRead(loaderMagic, loaderInformation))
        {
            Panic.Stop("the boot loader is neither multiboot2 nor PVH"u8, loaderMagic);
        }

        ulong end = KernelImage.Physical(KernelImage.End);
        FrameAllocator.Initialize(KernelImage.Physical(KernelImage.End - KernelImage.Size), end);
        PageTables.Initialize();
        BootOptions.Initialize();
        RequireMemory();
        ExtendedState.Initialize();
        Acpi.Initialize();
        LocalApic.Initialize();
        IoApic.Initialize();
        Tsc.Calibrate(out ulong timerFrequency);
        RealTimeClock.Initialize();
        Entropy.Initialize();
        AddressSpace.Initialize();
        TaskTable.Initialize();
        LocalApic.EnableTimer(timerFrequency);
        Scheduler.Initialize();
        Cpu.WriteMsr(StarMsr, TrapFrame.KernelCode << 32);
        Cpu.WriteMsr(LstarMsr, Symbols.SyscallEntry());
        Cpu.WriteMsr(FmaskMsr, SyscallFlagMask);
        Report(timerFrequency);
        Cpu.EnterLibc(BuildFirstStack());
    }

    private static void RequireMemory()
    {
        ulong free = FrameAllocator.Free * FrameAllocator.FrameSize / Mib;
        ulong total = ((FrameAllocator.Total * FrameAllocator.FrameSize) + Mib - 1) / Mib;
        if (free < MinimumFreeMib)
        {
            Panic.Explain(
                "too little memory"u8, "this machine needs at least "u8, total + MinimumFreeMib - free, " MiB of memory to run KernelSockets"u8);
        }
    }

    private static void Report(ulong timerFrequency)
    {
        KernelLog.Begin(LogLevel.Information);
        KernelLog.Text(BootInformation.IsMultiboot ? "boot: multiboot2, "u8 : "boot: PVH, "u8);
        KernelLog.Decimal(FrameAllocator.Total * FrameAllocator.FrameSize / Mib);
        KernelLog.Text(" MiB of memory, "u8);
        KernelLog.Decimal(FrameAllocator.Free * FrameAllocator.FrameSize / Mib);
        KernelLog.Text(" MiB free, image "u8);
        KernelLog.Decimal(KernelImage.Size / 1024);
        KernelLog.Text(" KiB"u8);
        KernelLog.End();
        KernelLog.Begin(LogLevel.Information);
        KernelLog.Text("clock: TSC "u8);
        KernelLog.Decimal(Tsc.Frequency / 1000);
        KernelLog.Text(" kHz, APIC timer "u8);
        KernelLog.Decimal(timerFrequency / 1000);
        KernelLog.Text(" kHz"u8);
        KernelLog.End();
    }

    private static ulong* BuildFirstStack()
    {
        // The page below stays reserved: a guard.
        long mapped = AddressSpace.Map(0, FirstStackBytes + FrameAllocator.FrameSize, Protection.None);
        ulong bottom = (ulong)mapped + FrameAllocator.FrameSize;
        ulong top = bottom + FirstStackBytes;
        if (mapped < 0 || AddressSpace.Protect(bottom, FirstStackBytes, Protection.Read | Protection.Write) != Errno.Success
            || !AddressSpace.TryMakePresent(top - FrameAllocator.FrameSize, FrameAllocator.FrameSize, true))
        {
            Panic.Stop("no memory for the first stack"u8, FirstStackBytes);
        }

        byte* text = (byte*)top;
        byte* random = text -= RandomBytes;
        Entropy.Fill(random, RandomBytes);
        byte* name = Push(&text, "kernelsockets"u8);
        ulong free = FrameAllocator.Free * FrameAllocator.FrameSize;
        s_heapLimit = free - (free / 4 > 4 * Mib ? free / 4 : 4 * Mib);
        byte* heapLimit = PushSetting(&text, "DOTNET_GCHeapHardLimit="u8, s_heapLimit & ~(Mib - 1));
        byte* generation0 = PushSetting(&text, "DOTNET_GCgen0size="u8, Clamp(s_heapLimit / 8, Mib / 4, 8 * Mib));

        // Regions of 1 MiB fit a small heap. The range that they come from is a multiple of 256 MiB, which costs nothing: with the five times
        // the limit that the collector reserves by itself, some limits make it touch a page of its tables that it has not committed.
        byte* regionSize = PushSetting(&text, "DOTNET_GCRegionSize="u8, Mib);
        byte* regionRange = PushSetting(&text, "DOTNET_GCRegionRange="u8, ((s_heapLimit * 5) + (256 * Mib) - 1) & ~((256 * Mib) - 1));
        byte* concurrent = Push(&text, "DOTNET_gcConcurrent=0"u8);

        // Each word of a stack that could be a reference counts as one. To unwind some 20 stacks frame by frame, through the tables of each, was most of a pause.
        byte* conservative = Push(&text, "DOTNET_gcConservative=1"u8);
        byte* stackSize = Push(&text, "DOTNET_Thread_DefaultStackSize=100000"u8);
        byte* home = Push(&text, "HOME=/root"u8);
        byte* terminal = Push(&text, "TERM=linux"u8);
        ulong* stack = (ulong*)((ulong)text & ~15ul) - 32;
        ulong* slot = stack;
        *slot++ = 1;
        *slot++ = (ulong)name;
        *slot++ = 0;
        *slot++ = (ulong)heapLimit;
        *slot++ = (ulong)generation0;
        *slot++ = (ulong)regionSize;
        *slot++ = (ulong)regionRange;
        *slot++ = (ulong)concurrent;
        *slot++ = (ulong)conservative;
        *slot++ = (ulong)stackSize;
        *slot++ = (ulong)home;
        *slot++ = (ulong)terminal;
        *slot++ = 0;
        slot = Auxiliary(slot, AuxProgramHeaders, KernelImage.ProgramHeaders);
        slot = Auxiliary(slot, AuxProgramHeaderSize, ProgramHeaderBytes);
        slot = Auxiliary(slot, AuxProgramHeaderCount, (ulong)KernelImage.ProgramHeaderCount);
        slot = Auxiliary(slot, AuxPageSize, FrameAllocator.FrameSize);
        slot = Auxiliary(slot, AuxSecure, 0);
        slot = Auxiliary(slot, AuxRandom, (ulong)random);
        Auxiliary(slot, 0, 0);
        return stack;
    }

    private static ulong Clamp(ulong value, ulong low, ulong high) => value < low ? low : value > high ? high : value;

    private static ulong* Auxiliary(ulong* slot, ulong kind, ulong value)
    {
        slot[0] = kind;
        slot[1] = value;
        return slot + 2;
    }

    private static byte* Push(byte** text, ReadOnlySpan<byte> value)
    {
        byte* start = *text - value.Length - 1;
        for (int i = 0; i < value.Length; i++)
        {
            start[i] = value[i];
        }

        start[value.Length] = 0;
        *text = start;
        return start;
    }

    /// <summary>Pushes <c>name</c> followed by a number in hexadecimal, as the runtime reads its settings.</summary>
    private static byte* PushSetting(byte** text, ReadOnlySpan<byte> name, ulong value)
    {
        const int Digits = 16;
        byte* start = *text - name.Length - Digits - 1;
        for (int i = 0; i < name.Length; i++)
        {
            start[i] = name[i];
        }

        for (int i = 0; i < Digits; i++)
        {
            uint digit = (uint)(value >> ((Digits - 1 - i) * 4)) & 15;
            start[name.Length + i] = (byte)(digit < 10 ? '0' + digit : 'a' + digit - 10);
        }

        start[name.Length + Digits] = 0;
        *text = start;
        return start;
    }
}
