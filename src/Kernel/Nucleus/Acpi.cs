namespace KernelSockets.Kernel.Nucleus;

/// <summary>
/// The few ACPI tables that a kernel without an AML interpreter needs (ACPI 6.5 chapter 5): MADT for the interrupt controllers, FADT and the
/// \_S5 package for switching off, and the reset register.
/// </summary>
internal static unsafe class Acpi
{
    private const ulong BiosAreaStart = 0xE_0000;
    private const ulong BiosAreaEnd = 0x10_0000;
    private const ulong RootSignature = 0x2052_5450_2044_5352; // "RSD PTR "
    private const uint MadtSignature = 0x4349_5041; // "APIC"
    private const uint FadtSignature = 0x5043_4146; // "FACP"
    private const int HeaderBytes = 36;
    private const ushort SleepEnable = 1 << 13;
    private const int SleepTypeShift = 10;
    private const uint ResetSupported = 1 << 10;
    private const byte SystemIo = 1;

    private static byte* s_madt;
    private static byte* s_fadt;

    /// <summary>The MADT, or null.</summary>
    public static byte* Madt => s_madt;

    public static void Initialize()
    {
        byte* root = FindRoot();
        if (root == null)
        {
            KernelLog.Line(LogLevel.Warning, "acpi: no root pointer found"u8);
            return;
        }

        bool isExtended = root[15] >= 2 && *(ulong*)(root + 24) != 0;
        byte* table = Table(isExtended ? *(ulong*)(root + 24) : *(uint*)(root + 16));
        int entrySize = isExtended ? 8 : 4;
        uint length = *(uint*)(table + 4);
        for (uint offset = HeaderBytes; offset + (uint)entrySize <= length; offset += (uint)entrySize)
        {
            byte* entry = Table(isExtended ? *(ulong*)(table + offset) : *(uint*)(table + offset));
            switch (*(uint*)entry)
            {
                case MadtSignature:
                    s_madt = entry;
                    break;
                case FadtSignature:
                    s_fadt = entry;
                    break;
            }
        }
    }

    /// <summary>Enters S5, soft off. Returns when the machine has not obeyed for a second.</summary>
    public static void PowerOff()
    {
        if (s_fadt == null || !TryFindSleepType(out byte typeA, out byte typeB))
        {
            return;
        }

        ushort controlA = (ushort)*(uint*)(s_fadt + 64);
        ushort controlB = (ushort)*(uint*)(s_fadt + 68);
        Cpu.Out16(controlA, (ushort)((typeA << SleepTypeShift) | SleepEnable));
        if (controlB != 0)
        {
            Cpu.Out16(controlB, (ushort)((typeB << SleepTypeShift) | SleepEnable));
        }

        long patience = Tsc.Nanoseconds() + 1_000_000_000;
        while (Tsc.Nanoseconds() < patience)
        {
            Cpu.Pause();
        }
    }

    /// <summary>Writes the reset register (ACPI 6.5 §4.8.3.6). Returns when there is none.</summary>
    public static void Reset()
    {
        if (s_fadt != null && *(uint*)(s_fadt + 4) > 128 && (*(uint*)(s_fadt + 112) & ResetSupported) != 0 && s_fadt[116] == SystemIo)
        {
            Cpu.Out8((ushort)*(ulong*)(s_fadt + 120), s_fadt[128]);
        }
    }

    /// <summary>Finds <c>Name(\_S5, Package(){a, b, ...})</c> in the DSDT's bytes: the package's first two integers.</summary>
    private static bool TryFindSleepType(out byte typeA, out byte typeB)
    {
        byte* dsdt = Table(*(uint*)(s_fadt + 40));
        uint length = *(uint*)(dsdt + 4);
        typeA = 0;
        typeB = 0;
        for (uint i = HeaderBytes; i + 16 < length; i++)
        {
            if (*(uint*)(dsdt + i) == 0x5F35_535F && dsdt[i + 4] == 0x12)
            {
                // PkgLength (its top two bits tell how many bytes follow), NumElements, then the elements.
                byte* element = dsdt + i + 5;
                element += 1 + (*element >> 6) + 1;
                typeA = ReadInteger(&element);
                typeB = ReadInteger(&element);
                return true;
            }
        }

        return false;
    }

    private static byte ReadInteger(byte** element)
    {
        const byte BytePrefix = 0x0A;
        if (**element == BytePrefix)
        {
            (*element)++;
        }

        byte value = **element;
        (*element)++;
        return value;
    }

    private static byte* FindRoot()
    {
        if (BootInformation.AcpiRootCopy != null)
        {
            return BootInformation.AcpiRootCopy;
        }

        if (BootInformation.AcpiRoot != 0)
        {
            return Table(BootInformation.AcpiRoot);
        }

        for (ulong address = BiosAreaStart; address < BiosAreaEnd; address += 16)
        {
            if (*(ulong*)Table(address) == RootSignature)
            {
                return Table(address);
            }
        }

        return null;
    }

    private static byte* Table(ulong physical) => (byte*)(physical + PageTables.DirectMap);
}
