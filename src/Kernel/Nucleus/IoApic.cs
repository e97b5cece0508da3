namespace KernelSockets.Kernel.Nucleus;

/// <summary>
/// The I/O APIC (82093AA data sheet) and the MADT's overrides for the ISA interrupts (ACPI 6.5 §5.2.12). The two 8259A are masked. Interrupts off.
/// </summary>
internal static unsafe class IoApic
{
    /// <summary>Interrupt line n arrives at vector FirstVector + n.</summary>
    public const int FirstVector = 0x20;
    public const int LineCount = 24;

    private const int IsaLineCount = 16;
    private const ulong DefaultAddress = 0xFEC0_0000;
    private const uint Window = 0x10;
    private const uint RedirectionTable = 0x10;
    private const uint Masked = 1 << 16;
    private const uint LevelTriggered = 1 << 15;
    private const uint ActiveLow = 1 << 13;

    private const byte MadtIoApic = 1;
    private const byte MadtOverride = 2;
    private const int MadtEntries = 44;
    private const ushort PolarityMask = 3;
    private const ushort PolarityLow = 3;
    private const ushort TriggerMask = 12;
    private const ushort TriggerLevel = 12;

    private static ulong s_base;
    private static uint s_selected; // 0: none; register 0 is not used
    private static Lines s_lines;

    public static void Initialize()
    {
        MaskLegacyControllers();
        ulong physical = DefaultAddress;
        for (int i = 0; i < IsaLineCount; i++)
        {
            s_lines.Inputs[i] = (byte)i;
        }

        byte* madt = Acpi.Madt;
        for (uint offset = MadtEntries; madt != null && offset + 2 <= *(uint*)(madt + 4) && madt[offset + 1] != 0; offset += madt[offset + 1])
        {
            byte* entry = madt + offset;
            if (entry[0] == MadtIoApic && *(uint*)(entry + 8) == 0)
            {
                physical = *(uint*)(entry + 4);
            }
            else if (entry[0] == MadtOverride && entry[3] < IsaLineCount && *(uint*)(entry + 4) < LineCount)
            {
                s_lines.Inputs[entry[3]] = (byte)*(uint*)(entry + 4);
                s_lines.Modes[entry[3]] = (byte)*(ushort*)(entry + 8);
            }
        }

        s_base = PageTables.MapDevice(physical, FrameAllocator.FrameSize);
        for (int input = 0; input < LineCount; input++)
        {
            WriteEntry(input, Masked, 0);
        }
    }

    /// <summary>True when a line keeps firing until its device is served.</summary>
    public static bool IsLevelTriggered(int line, bool isPci) => isPci || (Mode(line) & TriggerMask) == TriggerLevel;

    /// <summary>Routes a line to this processor, unmasked.</summary>
    /// <param name="line">Legacy interrupt line, as in a PCI function's interrupt line register.</param>
    /// <param name="isPci">PCI lines are level-triggered; active low unless the MADT says otherwise.</param>
    public static void Enable(int line, bool isPci)
    {
        uint low = (uint)(FirstVector + line);
        if (IsLevelTriggered(line, isPci))
        {
            low |= LevelTriggered;
        }

        ushort polarity = (ushort)(Mode(line) & PolarityMask);
        if (polarity == PolarityLow || (isPci && polarity == 0))
        {
            low |= ActiveLow;
        }

        s_lines.Entries[line] = low;
        WriteEntry(Input(line), low, (uint)LocalApic.Id << 24);
    }

    public static void Mask(int line) => WriteLow(Input(line), s_lines.Entries[line] | Masked);

    public static void Unmask(int line) => WriteLow(Input(line), s_lines.Entries[line]);

    private static int Input(int line) => line < IsaLineCount ? s_lines.Inputs[line] : line;

    private static ushort Mode(int line) => line < IsaLineCount ? s_lines.Modes[line] : (ushort)0;

    private static void WriteEntry(int input, uint low, uint high)
    {
        Select(RedirectionTable + ((uint)input * 2) + 1);
        Volatile.Write(ref *(uint*)(s_base + Window), high);
        WriteLow(input, low);
    }

    private static void WriteLow(int input, uint low)
    {
        Select(RedirectionTable + ((uint)input * 2));
        Volatile.Write(ref *(uint*)(s_base + Window), low);
    }

    /// <summary>Chooses the register behind the window. It is mostly the same, and a write that is not needed costs as much as one that is.</summary>
    private static void Select(uint register)
    {
        if (register != s_selected)
        {
            s_selected = register;
            Volatile.Write(ref *(uint*)s_base, register);
        }
    }

    private static void MaskLegacyControllers()
    {
        const ushort MasterData = 0x21;
        const ushort SlaveData = 0xA1;
        Cpu.Out8(MasterData, 0xFF);
        Cpu.Out8(SlaveData, 0xFF);
    }

    private struct Lines
    {
        public fixed byte Inputs[IsaLineCount];
        public fixed byte Modes[IsaLineCount];
        public fixed uint Entries[LineCount];
    }
}
