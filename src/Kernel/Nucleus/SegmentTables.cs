namespace KernelSockets.Kernel.Nucleus;

/// <summary>
/// GDT, TSS with interrupt stacks, and IDT (SDM vol. 3 §3.5, §6.10, §7.7). One stack for device interrupts, one each for what may strike while
/// another handler runs: exceptions, page faults, double faults, NMI and machine checks.
/// </summary>
internal static unsafe class SegmentTables
{
    private const int VectorCount = 256;
    private const ulong VectorEntrySize = 16;
    private const int StackBytes = 16 * 1024;
    private const ushort TaskSelector = 24;
    private const ushort CodeSelector = 8;
    private const byte InterruptGate = 0x8E;
    private const int TssBytes = 104;

    private const int DoubleFault = 8;
    private const int NonMaskable = 2;
    private const int PageFault = 14;
    private const int MachineCheck = 18;
    private const int FirstInterrupt = 32;

    private const byte InterruptStack = 1;
    private const byte ExceptionStack = 2;
    private const byte PageFaultStack = 3;
    private const byte DoubleFaultStack = 4;
    private const byte NonMaskableStack = 5;
    private const byte MachineCheckStack = 6;
    private const int StackCount = 6;

    private static Tables s_tables;

    public static void Initialize()
    {
        fixed (Tables* tables = &s_tables)
        {
            LoadGdt(tables);
            for (int vector = 0; vector < VectorCount; vector++)
            {
                SetGate(tables, vector);
            }

            byte* descriptor = stackalloc byte[10];
            *(ushort*)descriptor = (VectorCount * 16) - 1;
            *(ulong*)(descriptor + 2) = (ulong)tables->Idt;
            Cpu.LoadIdt(descriptor);
        }
    }

    private static void LoadGdt(Tables* tables)
    {
        ulong tss = (ulong)tables->Tss;
        for (int i = 1; i <= StackCount; i++)
        {
            *(ulong*)(tables->Tss + 36 + ((i - 1) * 8)) = (ulong)(tables->Stacks + (i * StackBytes)) & ~15ul;
        }

        *(ushort*)(tables->Tss + 102) = TssBytes;
        tables->Gdt[0] = 0;
        tables->Gdt[1] = 0x00AF_9B00_0000_FFFF;
        tables->Gdt[2] = 0x00CF_9300_0000_FFFF;
        tables->Gdt[3] = (TssBytes - 1) | ((tss & 0xFF_FFFF) << 16) | (0x89ul << 40) | ((tss >> 24 & 0xFF) << 56);
        tables->Gdt[4] = tss >> 32;
        byte* descriptor = stackalloc byte[10];
        *(ushort*)descriptor = (5 * 8) - 1;
        *(ulong*)(descriptor + 2) = (ulong)tables->Gdt;
        Cpu.LoadGdt(descriptor, TaskSelector);
    }

    private static void SetGate(Tables* tables, int vector)
    {
        ulong handler = Symbols.TrapVectors() + ((ulong)vector * VectorEntrySize);
        byte* gate = tables->Idt + (vector * 16);
        *(ushort*)gate = (ushort)handler;
        *(ushort*)(gate + 2) = CodeSelector;
        gate[4] = StackOf(vector);
        gate[5] = InterruptGate;
        *(ushort*)(gate + 6) = (ushort)(handler >> 16);
        *(uint*)(gate + 8) = (uint)(handler >> 32);
        *(uint*)(gate + 12) = 0;
    }

    private static byte StackOf(int vector) => vector switch
    {
        NonMaskable => NonMaskableStack,
        DoubleFault => DoubleFaultStack,
        PageFault => PageFaultStack,
        MachineCheck => MachineCheckStack,
        < FirstInterrupt => ExceptionStack,
        _ => InterruptStack,
    };

    private struct Tables
    {
        public fixed ulong Gdt[6];
        public fixed byte Tss[TssBytes + 8];
        public fixed byte Idt[VectorCount * 16];
        public fixed byte Stacks[(StackCount * StackBytes) + 16];
    }
}
