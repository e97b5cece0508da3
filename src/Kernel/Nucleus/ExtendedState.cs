namespace KernelSockets.Kernel.Nucleus;

/// <summary>
/// Floating-point and vector registers (SDM vol. 1 chapter 13): XSAVE where the processor has it, with AVX and AVX-512 switched on, else
/// FXSAVE. Interrupts off.
/// </summary>
internal static unsafe class ExtendedState
{
    public const int XmmOffset = 160;

    private const uint FxsaveBytes = 512;
    private const ulong Cr4OsXsave = 1 << 18;
    private const ulong X87AndSse = 3;
    private const ulong Avx = 4;
    private const ulong Avx512 = 0xE0;
    private const uint HasXsave = 1 << 26;
    private const uint DefaultMxcsr = 0x1F80;
    private const ushort DefaultControlWord = 0x37F;

    private static uint s_bytes;
    private static bool s_isXsave;

    /// <summary>Bytes of a saved state.</summary>
    public static uint Bytes => s_bytes;

    public static void Initialize()
    {
        s_bytes = FxsaveBytes;
        CpuIdResult result;
        Cpu.Id(1, 0, &result);
        if ((result.Ecx & HasXsave) == 0)
        {
            return;
        }

        Cpu.WriteCr4(Cpu.ReadCr4() | Cr4OsXsave);
        Cpu.Id(0xD, 0, &result);
        ulong supported = result.Eax;
        ulong wanted = X87AndSse | (supported & Avx);
        if ((supported & Avx) != 0 && (supported & Avx512) == Avx512)
        {
            wanted |= Avx512;
        }

        Cpu.WriteXcr0(wanted);
        Cpu.Id(0xD, 0, &result);
        s_bytes = result.Ebx;
        s_isXsave = true;
    }

    /// <summary>Saves the running task's registers. Its xmm registers are in its frame: the nucleus has used them since.</summary>
    public static void Save(byte* area, TrapFrame* frame)
    {
        if (s_isXsave)
        {
            Cpu.Xsave(area);
        }
        else
        {
            Cpu.Fxsave(area);
        }

        Cpu.Copy(area + XmmOffset, frame->Xmm, TrapFrame.XmmBytes);
        if (s_isXsave)
        {
            // XSTATE_BV: the xmm part is in use whatever XSAVE found.
            *(ulong*)(area + FxsaveBytes) |= 2;
        }
    }

    public static void Restore(byte* area)
    {
        if (s_isXsave)
        {
            Cpu.Xrstor(area);
        }
        else
        {
            Cpu.Fxrstor(area);
        }
    }

    /// <summary>The state of a new task.</summary>
    public static void Clear(byte* area)
    {
        Cpu.Zero(area, (s_bytes + 7) & ~7u);
        *(ushort*)area = DefaultControlWord;
        *(uint*)(area + 24) = DefaultMxcsr;
    }
}
