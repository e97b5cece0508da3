namespace KernelSockets.Kernel.Nucleus;

/// <summary>What may be done with a virtual region; the values of PROT_READ, PROT_WRITE and PROT_EXEC.</summary>
[Flags]
internal enum Protection
{
    None = 0,
    Read = 1,
    Write = 2,
    Execute = 4,
}

/// <summary>
/// The one virtual address space: regions that are reserved (no rights) or accessible, with frames behind those pages only that were
/// touched. Kept as a sorted array; neighbours with the same rights are merged. Interrupts off.
/// </summary>
internal static unsafe class AddressSpace
{
    public const ulong PageSize = FrameAllocator.FrameSize;

    /// <summary>Regions lie between these; the image and everything below stays out of reach.</summary>
    public const ulong Lowest = 0x10_0000_0000;
    public const ulong Highest = 0x7000_0000_0000;

    private const ulong InitialTableFrames = 4;
    private const ulong PageMask = PageSize - 1;

    private static Region* s_regions;
    private static int s_count;
    private static int s_capacity;
    private static ulong s_mapped;

    /// <summary>Frames behind regions.</summary>
    public static ulong MappedFrames => s_mapped;

    public static void Initialize()
    {
        s_regions = (Region*)(FrameAllocator.AllocateRun(InitialTableFrames) + PageTables.DirectMap);
        s_capacity = (int)(InitialTableFrames * PageSize / (ulong)sizeof(Region));
    }

    /// <summary>Makes a region of zeros.</summary>
    /// <param name="address">Where, page-aligned; 0 for anywhere.</param>
    /// <param name="length">Bytes; rounded up to pages.</param>
    /// <param name="protection">Its rights; none only reserves it.</param>
    /// <returns>Its address, or a negated errno.</returns>
    public static long Map(ulong address, ulong length, Protection protection)
    {
        if (length == 0 || length > Highest - Lowest)
        {
            return length == 0 ? -(long)Errno.EINVAL : -(long)Errno.ENOMEM;
        }

        length = (length + PageMask) & ~PageMask;
        if (!HasRoomForTwo() || !IsAffordable(length, protection))
        {
            return -(long)Errno.ENOMEM;
        }

        if (address == 0)
        {
            address = FindGap(length);
        }
        else if (!IsInRange(address, length))
        {
            return -(long)Errno.ENOMEM;
        }
        else if (Unmap(address, length) != Errno.Success)
        {
            return -(long)Errno.ENOMEM;
        }

        if (address == 0)
        {
            return -(long)Errno.ENOMEM;
        }

        Insert(IndexAfter(address), address, address + length, protection);
        MergeAround(address, address + length);
        return (long)address;
    }

    /// <summary>Takes a range away and frees the frames behind it. Holes in it do not matter.</summary>
    public static Errno Unmap(ulong address, ulong length)
    {
        length = (length + PageMask) & ~PageMask;
        if ((address & PageMask) != 0 || length == 0 || !IsInRange(address, length))
        {
            return Errno.EINVAL;
        }

        ulong end = address + length;
        if (!TrySplit(address) || !TrySplit(end))
        {
            return Errno.ENOMEM;
        }

        int first = IndexAfter(address);
        int last = first;
        while (last < s_count && s_regions[last].Start < end)
        {
            s_mapped -= PageTables.Unmap(s_regions[last].Start, s_regions[last].End);
            last++;
        }

        Remove(first, last - first);
        return Errno.Success;
    }

    /// <summary>Changes the rights of a range that is mapped throughout.</summary>
    public static Errno Protect(ulong address, ulong length, Protection protection)
    {
        length = (length + PageMask) & ~PageMask;
        ulong end = address + length;
        if ((address & PageMask) != 0)
        {
            return Errno.EINVAL;
        }

        if (length == 0)
        {
            return Errno.Success;
        }

        if (!IsInRange(address, length) || !IsCovered(address, end))
        {
            return Errno.ENOMEM;
        }

        if (!IsAffordable(length, protection) || !TrySplit(address) || !TrySplit(end))
        {
            return Errno.ENOMEM;
        }

        for (int i = IndexAfter(address); i < s_count && s_regions[i].Start < end; i++)
        {
            s_regions[i].Protection = protection;
        }

        PageTables.Protect(address, end, protection == Protection.None ? 0 : EntryFlags(protection) | PageTables.Present);
        MergeAround(address, end);
        return Errno.Success;
    }

    /// <summary>Frees the frames behind a range; its pages are zeros again when next touched.</summary>
    public static Errno Discard(ulong address, ulong length)
    {
        length = (length + PageMask) & ~PageMask;
        if ((address & PageMask) != 0)
        {
            return Errno.EINVAL;
        }

        if (length != 0 && (!IsInRange(address, length) || !IsCovered(address, address + length)))
        {
            return Errno.ENOMEM;
        }

        s_mapped -= PageTables.Unmap(address, address + length);
        return Errno.Success;
    }

    /// <summary>True when any region lies in a range.</summary>
    public static bool Overlaps(ulong address, ulong length)
    {
        int index = IndexAfter(address);
        return (index < s_count && s_regions[index].Start < address + length) || (index > 0 && s_regions[index - 1].End > address);
    }

    /// <summary>The rights at an address.</summary>
    /// <returns>False when there is no region.</returns>
    public static bool TryFind(ulong address, out Region region)
    {
        int index = IndexAfter(address + 1) - 1;
        region = default;
        if (index < 0 || s_regions[index].End <= address)
        {
            return false;
        }

        region = s_regions[index];
        return true;
    }

    /// <summary>Puts a frame of zeros behind a page that may be accessed and has none yet.</summary>
    public static PageInResult PageIn(ulong address, bool isWrite, bool isFetch)
    {
        if (!TryFind(address, out Region region))
        {
            return PageInResult.NoAccess;
        }

        Protection needed = isFetch ? Protection.Execute : isWrite ? Protection.Write : Protection.Read;
        if ((region.Protection & needed) == 0)
        {
            return PageInResult.NoAccess;
        }

        ulong page = address & ~PageMask;
        if ((PageTables.Entry(page) & PageTables.Present) != 0)
        {
            return PageInResult.Done;
        }

        ulong frame = FrameAllocator.AllocateZeroed();
        if (frame == 0)
        {
            return PageInResult.NoMemory;
        }

        if (!PageTables.TryMap(page, frame, EntryFlags(region.Protection)))
        {
            FrameAllocator.Release(frame);
            return PageInResult.NoMemory;
        }

        s_mapped++;
        return PageInResult.Done;
    }

    /// <summary>True when a range of regions can be touched as it is. Callable with interrupts on.</summary>
    /// <returns>False also when it merely lacks frames, and for the image.</returns>
    public static bool IsPresent(ulong address, ulong length, bool isWrite)
    {
        ulong end = address + length;
        return address >= Lowest && end >= address && end <= Highest && PageTables.FirstUntouchable(address & ~PageMask, end, isWrite) >= end;
    }

    /// <summary>Makes a range safe to touch from the nucleus: every page is there.</summary>
    /// <returns>False when some of it may not be accessed, or memory is full.</returns>
    public static bool TryMakePresent(ulong address, ulong length, bool isWrite)
    {
        if (length == 0)
        {
            return true;
        }

        ulong end = address + length;
        if (end < address)
        {
            return false;
        }

        if (end <= Lowest)
        {
            return KernelImage.Contains(address, end, isWrite);
        }

        for (ulong page = address & ~PageMask; page < end; page += PageSize)
        {
            if (PageIn(page, isWrite, false) != PageInResult.Done)
            {
                return false;
            }
        }

        return true;
    }

    private static ulong EntryFlags(Protection protection)
    {
        ulong flags = (protection & Protection.Write) != 0 ? PageTables.Writable : 0;
        return (protection & Protection.Execute) != 0 ? flags : flags | PageTables.NoExecute;
    }

    private static bool IsInRange(ulong address, ulong length) =>
        address >= Lowest && address <= Highest && length <= Highest - address;

    /// <summary>As Linux's heuristic overcommit: only what can never fit is refused. Reservations cost nothing.</summary>
    private static bool IsAffordable(ulong length, Protection protection) =>
        (protection & Protection.Write) == 0 || length / PageSize <= FrameAllocator.Total;

    private static bool IsCovered(ulong start, ulong end)
    {
        for (int i = IndexAfter(start + 1) - 1; start < end; i++)
        {
            if (i < 0 || i >= s_count || s_regions[i].Start > start || s_regions[i].End <= start)
            {
                return false;
            }

            start = s_regions[i].End;
        }

        return true;
    }

    private static ulong FindGap(ulong length)
    {
        ulong candidate = Lowest;
        for (int i = 0; i < s_count; i++)
        {
            if (s_regions[i].Start - candidate >= length)
            {
                return candidate;
            }

            candidate = s_regions[i].End;
        }

        return Highest - candidate >= length ? candidate : 0;
    }

    /// <summary>Index of the first region that starts at or after an address.</summary>
    private static int IndexAfter(ulong address)
    {
        int low = 0;
        int high = s_count;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if (s_regions[middle].Start < address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>Makes an address a border between regions, if it lies inside one.</summary>
    private static bool TrySplit(ulong address)
    {
        int index = IndexAfter(address) - 1;
        if (index < 0 || s_regions[index].End <= address)
        {
            return true;
        }

        if (!HasRoomForTwo())
        {
            return false;
        }

        Insert(index + 1, address, s_regions[index].End, s_regions[index].Protection);
        s_regions[index].End = address;
        return true;
    }

    private static void MergeAround(ulong start, ulong end)
    {
        int i = IndexAfter(start) - 1;
        i = i < 0 ? 0 : i;
        while (i + 1 < s_count && s_regions[i].Start <= end)
        {
            if (s_regions[i].End == s_regions[i + 1].Start && s_regions[i].Protection == s_regions[i + 1].Protection)
            {
                s_regions[i].End = s_regions[i + 1].End;
                Remove(i + 1, 1);
            }
            else
            {
                i++;
            }
        }
    }

    private static void Insert(int index, ulong start, ulong end, Protection protection)
    {
        for (int i = s_count; i > index; i--)
        {
            s_regions[i] = s_regions[i - 1];
        }

        s_count++;
        s_regions[index].Start = start;
        s_regions[index].End = end;
        s_regions[index].Protection = protection;
    }

    private static void Remove(int index, int count)
    {
        s_count -= count;
        for (int i = index; i < s_count; i++)
        {
            s_regions[i] = s_regions[i + count];
        }
    }

    /// <summary>Grows the table before it is full. An operation adds at most two regions.</summary>
    private static bool HasRoomForTwo()
    {
        if (s_count + 4 < s_capacity)
        {
            return true;
        }

        ulong oldFrames = (((ulong)s_capacity * (ulong)sizeof(Region)) + PageMask) / PageSize;
        ulong run = FrameAllocator.AllocateRun(oldFrames * 2);
        if (run == 0)
        {
            return false;
        }

        Region* old = s_regions;
        s_regions = (Region*)(run + PageTables.DirectMap);
        Cpu.Copy(s_regions, old, (ulong)s_count * (ulong)sizeof(Region));
        s_capacity = (int)(oldFrames * 2 * PageSize / (ulong)sizeof(Region));
        FrameAllocator.ReleaseRun((ulong)old - PageTables.DirectMap, oldFrames);
        return true;
    }
}

/// <summary>A range of virtual addresses with the same rights.</summary>
internal struct Region
{
    public ulong Start;
    public ulong End;
    public Protection Protection;
}

/// <summary>How an attempt to put a frame behind a page ended.</summary>
internal enum PageInResult
{
    Done,
    NoAccess,
    NoMemory,
}
