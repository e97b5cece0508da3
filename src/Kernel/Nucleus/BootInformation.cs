namespace KernelSockets.Kernel.Nucleus;

/// <summary>A range of physical memory.</summary>
internal struct MemoryRange
{
    public ulong Start;
    public ulong End;
}

/// <summary>
/// What the boot loader told: usable memory, command line, ACPI root pointer, modules. Copied once, before any allocation, from
/// multiboot2 (specification 2.0 §3.6) or PVH (Xen's struct hvm_start_info).
/// </summary>
internal static unsafe class BootInformation
{
    public const int MaximumRanges = 64;
    public const int CommandLineCapacity = 1024;

    private const uint Multiboot2Magic = 0x36D76289;
    private const uint PvhMagic = 0x336EC578;
    private const uint UsableMemory = 1;

    private const uint TagEnd = 0;
    private const uint TagCommandLine = 1;
    private const uint TagModule = 3;
    private const uint TagMemoryMap = 6;
    private const uint TagAcpiOld = 14;
    private const uint TagAcpiNew = 15;
    private const uint RootPointerOffset = 8;
    private const uint MemoryMapEntryBytes = 24;

    private static Tables s_tables;
    private static int s_rangeCount;
    private static int s_moduleCount;
    private static ulong s_rootPointer;
    private static bool s_hasRootCopy;

    /// <summary>True when the machine was started through multiboot2.</summary>
    public static bool IsMultiboot { get; private set; }

    public static int RangeCount => s_rangeCount;

    public static int ModuleCount => s_moduleCount;

    /// <summary>Physical address of the ACPI root pointer, or 0 when only a copy is known, or nothing.</summary>
    public static ulong AcpiRoot => s_rootPointer;

    /// <summary>The copy of the ACPI root pointer that multiboot2 hands over, or null.</summary>
    public static byte* AcpiRootCopy
    {
        get
        {
            fixed (byte* copy = s_tables.AcpiRoot)
            {
                return s_hasRootCopy ? copy : null;
            }
        }
    }

    public static MemoryRange Range(int index)
    {
        MemoryRange range;
        range.Start = s_tables.Ranges[index * 2];
        range.End = s_tables.Ranges[(index * 2) + 1];
        return range;
    }

    public static MemoryRange Module(int index)
    {
        MemoryRange range;
        range.Start = s_tables.Modules[index * 2];
        range.End = s_tables.Modules[(index * 2) + 1];
        return range;
    }

    /// <summary>Copies the command line, without the terminating zero.</summary>
    /// <returns>Bytes copied.</returns>
    public static int ReadCommandLine(byte* destination, int capacity)
    {
        int length = 0;
        while (length < capacity && length < CommandLineCapacity && s_tables.CommandLine[length] != 0)
        {
            destination[length] = s_tables.CommandLine[length];
            length++;
        }

        return length;
    }

    /// <summary>Reads the loader's tables, which lie in identity-mapped memory.</summary>
    /// <returns>False when the loader is unknown.</returns>
    public static bool TryRead(uint magic, ulong information)
    {
        if (magic == Multiboot2Magic)
        {
            IsMultiboot = true;
            ReadMultiboot2((byte*)information);
            return true;
        }

        if (magic == 0 && *(uint*)information == PvhMagic)
        {
            ReadPvh((byte*)information);
            return true;
        }

        return false;
    }

    private static void ReadMultiboot2(byte* information)
    {
        byte* end = information + *(uint*)information;
        byte* tag = information + 8;
        while (tag + 8 <= end && *(uint*)tag != TagEnd && *(uint*)(tag + 4) >= 8)
        {
            uint size = *(uint*)(tag + 4);
            switch (*(uint*)tag)
            {
                case TagCommandLine:
                    CopyCommandLine(tag + 8);
                    break;
                case TagModule:
                    AddModule(*(uint*)(tag + 8), *(uint*)(tag + 12));
                    break;
                case TagMemoryMap:
                    ReadMultiboot2MemoryMap(tag, size);
                    break;
                case TagAcpiOld when !s_hasRootCopy:
                case TagAcpiNew:
                    CopyAcpiRoot(tag + RootPointerOffset, size - RootPointerOffset);
                    break;
            }

            tag += (size + 7) & ~7u;
        }
    }

    private static void ReadMultiboot2MemoryMap(byte* tag, uint size)
    {
        uint entrySize = *(uint*)(tag + 8);
        for (byte* entry = tag + 16; entrySize >= MemoryMapEntryBytes && entry + entrySize <= tag + size; entry += entrySize)
        {
            AddRange(*(ulong*)entry, *(ulong*)(entry + 8), *(uint*)(entry + 16));
        }
    }

    private static void ReadPvh(byte* information)
    {
        uint moduleCount = *(uint*)(information + 12);
        byte* modules = (byte*)*(ulong*)(information + 16);
        for (uint i = 0; i < moduleCount; i++)
        {
            ulong start = *(ulong*)(modules + (i * 32));
            AddModule(start, start + *(ulong*)(modules + (i * 32) + 8));
        }

        ulong commandLine = *(ulong*)(information + 24);
        if (commandLine != 0)
        {
            CopyCommandLine((byte*)commandLine);
        }

        s_rootPointer = *(ulong*)(information + 32);
        byte* map = (byte*)*(ulong*)(information + 40);
        uint count = *(uint*)(information + 48);
        for (uint i = 0; i < count; i++)
        {
            byte* entry = map + (i * 24);
            AddRange(*(ulong*)entry, *(ulong*)(entry + 8), *(uint*)(entry + 16));
        }
    }

    private static void AddRange(ulong start, ulong length, uint type)
    {
        if (type != UsableMemory || s_rangeCount == MaximumRanges)
        {
            return;
        }

        ulong first = (start + FrameAllocator.FrameSize - 1) & ~(FrameAllocator.FrameSize - 1);
        ulong end = (start + length) & ~(FrameAllocator.FrameSize - 1);
        if (first < end)
        {
            s_tables.Ranges[s_rangeCount * 2] = first;
            s_tables.Ranges[(s_rangeCount * 2) + 1] = end;
            s_rangeCount++;
        }
    }

    private static void AddModule(ulong start, ulong end)
    {
        if (start < end && s_moduleCount < Tables.MaximumModules)
        {
            s_tables.Modules[s_moduleCount * 2] = start;
            s_tables.Modules[(s_moduleCount * 2) + 1] = end;
            s_moduleCount++;
        }
    }

    private static void CopyAcpiRoot(byte* root, uint size)
    {
        for (uint i = 0; i < size && i < Tables.AcpiRootBytes; i++)
        {
            s_tables.AcpiRoot[i] = root[i];
        }

        s_hasRootCopy = true;
    }

    private static void CopyCommandLine(byte* text)
    {
        int length = 0;
        while (length < CommandLineCapacity - 1 && text[length] != 0)
        {
            s_tables.CommandLine[length] = text[length];
            length++;
        }

        s_tables.CommandLine[length] = 0;
    }

    private struct Tables
    {
        public const int MaximumModules = 4;
        public const int AcpiRootBytes = 36;

        public fixed ulong Ranges[MaximumRanges * 2];
        public fixed ulong Modules[MaximumModules * 2];
        public fixed byte CommandLine[CommandLineCapacity];
        public fixed byte AcpiRoot[AcpiRootBytes];
    }
}
