using System.Runtime.CompilerServices;

namespace KernelSockets.Kernel.Nucleus;

/// <summary>
/// The processor's four-level page tables (SDM vol. 3 §4.5): the image with each segment's rights, all physical memory at
/// <see cref="DirectMap"/>, devices, and the pages of virtual regions. Interrupts off.
/// </summary>
internal static unsafe class PageTables
{
    /// <summary>Physical address p is seen at DirectMap + p, readable and writable, not executable.</summary>
    public const ulong DirectMap = 0xFFFF_8000_0000_0000;

    /// <summary>Device registers are mapped from here on.</summary>
    private const ulong DeviceMap = 0xFFFF_C000_0000_0000;

    public const ulong Present = 1;
    public const ulong Writable = 2;
    public const ulong WriteThrough = 8;
    public const ulong CacheDisabled = 16;
    public const ulong LargePage = 0x80;
    public const ulong NoExecute = 1ul << 63;

    private const ulong AddressMask = 0x000F_FFFF_FFFF_F000;
    private const int EntryCount = 512;
    private const ulong LargePageSize = 0x20_0000;
    private const ulong PageSize = FrameAllocator.FrameSize;

    private static ulong s_root;
    private static ulong s_nextDevice;
    private static ulong s_frames;
    private static bool s_isDirect;

    /// <summary>Frames that hold page tables.</summary>
    public static ulong Frames => s_frames;

    /// <summary>False while the boot loader's or boot.s's tables are in use: there is no direct map then, and low memory is its own virtual address.</summary>
    public static bool IsActive => s_isDirect;

    /// <summary>Builds the tables for image and direct map, and switches to them.</summary>
    public static void Initialize()
    {
        s_nextDevice = DeviceMap;
        s_root = NewTable();
        ulong top = FrameAllocator.HighestAddress < 0x1_0000_0000 ? 0x1_0000_0000 : FrameAllocator.HighestAddress;
        for (ulong physical = 0; physical < top; physical += LargePageSize)
        {
            // Level 2 entries; what lies between the ranges of memory is firmware tables and registers, which are read as data.
            ulong* directory = TableFor(DirectMap + physical, 1, true);
            directory[Index(DirectMap + physical, 1)] = physical | Present | Writable | LargePage | NoExecute;
        }

        KernelImage.MapSegments();
        Cpu.WriteCr3(s_root);
        s_isDirect = true;
        FrameAllocator.UseDirectMap();
    }

    /// <summary>Maps one page.</summary>
    /// <returns>False when there is no memory for a table.</returns>
    public static bool TryMap(ulong address, ulong physical, ulong flags)
    {
        ulong* table = TableFor(address, 0, true);
        if (table == null)
        {
            return false;
        }

        table[Index(address, 0)] = physical | flags | Present;
        return true;
    }

    /// <summary>The entry of a page, 0 when it is not mapped.</summary>
    public static ulong Entry(ulong address)
    {
        ulong* table = TableFor(address, 0, false);
        return table == null ? 0 : table[Index(address, 0)];
    }

    /// <summary>The first page of a range that may not be touched as it is: it is not present, or not writable though that was asked for.</summary>
    /// <remarks>
    /// Needs no lock, unlike the rest: whoever unmaps the range meanwhile takes it from under the caller all the same, and a table that is freed under
    /// the walk stays readable.
    /// </remarks>
    /// <param name="start">First page.</param>
    /// <param name="end">Where the range ends.</param>
    /// <param name="isWrite">True to ask for writable pages.</param>
    /// <returns>Its address; <paramref name="end"/> or above when all may be touched.</returns>
    public static ulong FirstUntouchable(ulong start, ulong end, bool isWrite)
    {
        ulong needed = isWrite ? Present | Writable : Present;
        ulong address = start;
        while (address < end)
        {
            ulong* table = LowestTable(address);
            if (table == null)
            {
                return address;
            }

            ulong stop = NextTable(address) < end ? NextTable(address) : end;
            ulong* entry = table + Index(address, 0);

            // Eight at a time while all is well: buffers of 64 KiB are common.
            while (stop - address >= 8 * PageSize && address < stop
                && (entry[0] & entry[1] & entry[2] & entry[3] & entry[4] & entry[5] & entry[6] & entry[7] & needed) == needed)
            {
                entry += 8;
                address += 8 * PageSize;
            }

            while (address < stop)
            {
                if ((*entry & needed) != needed)
                {
                    return address;
                }

                entry++;
                address += PageSize;
            }
        }

        return address;
    }

    /// <summary>Physical address of a mapped byte, 0 when it is not mapped.</summary>
    public static ulong Translate(ulong address)
    {
        ulong entry = Entry(address);
        return (entry & Present) == 0 ? 0 : (entry & AddressMask) | (address & (PageSize - 1));
    }

    /// <summary>Changes the rights of those pages of a range that are mapped; <paramref name="flags"/> without <see cref="Present"/> takes all away.</summary>
    public static void Protect(ulong start, ulong end, ulong flags)
    {
        for (ulong address = start; address < end;)
        {
            ulong* table = TableFor(address, 0, false);
            if (table == null)
            {
                address = NextTable(address);
                continue;
            }

            ulong* entry = table + Index(address, 0);
            if (*entry != 0)
            {
                // Without rights the page keeps its frame, but is not present.
                *entry = (*entry & AddressMask) | flags;
                Cpu.InvalidatePage(address);
            }

            address += PageSize;
        }
    }

    /// <summary>Unmaps a range, frees the frames behind it, and the tables that are empty then.</summary>
    /// <returns>How many frames were behind it.</returns>
    public static ulong Unmap(ulong start, ulong end)
    {
        ulong released = 0;
        for (ulong address = start; address < end;)
        {
            ulong stop = NextTable(address) < end ? NextTable(address) : end;
            ulong* table = TableFor(address, 0, false);
            if (table != null)
            {
                released += UnmapInTable(table, address, stop);
                ReleaseIfEmpty(address);
            }

            address = stop;
        }

        return released;
    }

    /// <summary>Maps device registers, uncached.</summary>
    /// <returns>Where they are seen; 0 when there is no memory for tables.</returns>
    public static ulong MapDevice(ulong physical, ulong size)
    {
        ulong offset = physical & (PageSize - 1);
        ulong start = s_nextDevice;
        for (ulong done = 0; done < offset + size; done += PageSize)
        {
            if (!TryMap(s_nextDevice, physical - offset + done, Writable | CacheDisabled | WriteThrough | NoExecute))
            {
                return 0;
            }

            s_nextDevice += PageSize;
        }

        return start + offset;
    }

    private static ulong UnmapInTable(ulong* table, ulong start, ulong end)
    {
        ulong released = 0;
        for (ulong address = start; address < end; address += PageSize)
        {
            ulong entry = table[Index(address, 0)];
            if (entry != 0)
            {
                table[Index(address, 0)] = 0;
                Cpu.InvalidatePage(address);
                FrameAllocator.Release(entry & AddressMask);
                released++;
            }
        }

        return released;
    }

    /// <summary>Frees the lowest tables over an address from below, as long as they are empty. The root stays.</summary>
    private static void ReleaseIfEmpty(ulong address)
    {
        for (int level = 0; level < 3; level++)
        {
            ulong* table = TableFor(address, level, false);
            for (int i = 0; i < EntryCount; i++)
            {
                if (table[i] != 0)
                {
                    return;
                }
            }

            ulong* parent = TableFor(address, level + 1, false);
            ulong frame = parent[Index(address, level + 1)] & AddressMask;
            parent[Index(address, level + 1)] = 0;
            Cpu.InvalidatePage(address);
            FrameAllocator.Release(frame);
            s_frames--;
        }
    }

    private static ulong NextTable(ulong address) => (address + LargePageSize) & ~(LargePageSize - 1);

    private static int Index(ulong address, int level) => (int)(address >> (12 + (9 * level))) & (EntryCount - 1);

    /// <summary>The table of the given level (0 holds pages) that has the entry for an address.</summary>
    /// <returns>Null when it does not exist and was not to be made, or could not.</returns>
    private static ulong* TableFor(ulong address, int level, bool isCreated)
    {
        ulong* table = Visible(s_root);
        for (int i = 3; i > level; i--)
        {
            ulong* entry = table + Index(address, i);
            if ((*entry & LargePage) != 0)
            {
                return null;
            }

            if ((*entry & Present) == 0)
            {
                ulong frame = isCreated ? NewTable() : 0;
                if (frame == 0)
                {
                    return null;
                }

                *entry = frame | Present | Writable;
            }

            table = Visible(*entry & AddressMask);
        }

        return table;
    }

    /// <summary><see cref="TableFor"/> for level 0, without a loop or a call: system calls take this way for each buffer that they are given.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong* LowestTable(ulong address)
    {
        ulong entry = ((ulong*)(s_root + DirectMap))[(address >> 39) & (EntryCount - 1)];
        if ((entry & Present) == 0)
        {
            return null;
        }

        entry = ((ulong*)((entry & AddressMask) + DirectMap))[(address >> 30) & (EntryCount - 1)];
        if ((entry & (Present | LargePage)) != Present)
        {
            return null;
        }

        entry = ((ulong*)((entry & AddressMask) + DirectMap))[(address >> 21) & (EntryCount - 1)];
        return (entry & (Present | LargePage)) != Present ? null : (ulong*)((entry & AddressMask) + DirectMap);
    }

    private static ulong NewTable()
    {
        ulong frame = FrameAllocator.Allocate();
        if (frame != 0)
        {
            Cpu.Zero(Visible(frame), PageSize);
            s_frames++;
        }

        return frame;
    }

    /// <summary>While the boot tables are in use, physical addresses under 4 GiB are their own virtual addresses.</summary>
    private static ulong* Visible(ulong physical) => (ulong*)(s_isDirect ? physical + DirectMap : physical);
}
