namespace KernelSockets.Kernel.Nucleus;

/// <summary>mmap and its relatives, for anonymous memory. Interrupts off.</summary>
internal static unsafe class MemoryCalls
{
    private const ulong MapFixed = 0x10;
    private const ulong MapAnonymous = 0x20;
    private const ulong MapFixedNoReplace = 0x10_0000;
    private const ulong AdviseDontNeed = 4;
    private const ulong AdviseFree = 8;
    private const ulong RemapMayMove = 1;
    private const ulong PageMask = AddressSpace.PageSize - 1;

    /// <summary>Serves the call if it is one of these.</summary>
    public static bool TryServe(TrapFrame* frame, out long result)
    {
        switch (frame->Rax)
        {
            case Linux.Mmap:
                result = Map(frame);
                return true;
            case Linux.Munmap:
                result = Unmap(frame->Rdi, frame->Rsi, frame->Rsp);
                return true;
            case Linux.Mprotect:
                result = -(long)Protect(frame->Rdi, frame->Rsi, (Protection)(frame->Rdx & 7));
                return true;
            case Linux.Mremap:
                result = Remap(frame->Rdi, frame->Rsi, frame->Rdx, frame->R10);
                return true;
            case Linux.Madvise:
                result = Advise(frame->Rdi, frame->Rsi, frame->Rdx);
                return true;
            case Linux.Brk:
                // No heap by brk: musl's allocator then uses mmap throughout.
                result = 0;
                return true;
            case Linux.Mlock:
                // Nothing is ever paged out.
                result = AddressSpace.TryMakePresent(frame->Rdi, frame->Rsi, false) ? 0 : -(long)Errno.ENOMEM;
                return true;
            default:
                result = 0;
                return false;
        }
    }

    private static long Map(TrapFrame* frame)
    {
        ulong address = frame->Rdi;
        ulong flags = frame->R10;
        if ((flags & MapAnonymous) == 0)
        {
            return -(long)Errno.ENODEV;
        }

        bool isFixed = (flags & (MapFixed | MapFixedNoReplace)) != 0;
        if (isFixed && (address & PageMask) != 0)
        {
            return -(long)Errno.EINVAL;
        }

        if ((flags & MapFixedNoReplace) != 0 && AddressSpace.Overlaps(address, frame->Rsi))
        {
            return -(long)Errno.EEXIST;
        }

        return AddressSpace.Map(isFixed ? address : 0, frame->Rsi, (Protection)(frame->Rdx & 7));
    }

    /// <summary>
    /// The rights of a region, or of a page of constants in the image: the runtime unprotects the one that holds its stack cookie to set it.
    /// </summary>
    private static Errno Protect(ulong address, ulong length, Protection protection)
    {
        ulong end = (address + length + PageMask) & ~PageMask;
        if (address >= AddressSpace.Lowest || end < address)
        {
            return AddressSpace.Protect(address, length, protection);
        }

        if ((address & PageMask) != 0 || !KernelImage.Contains(address, end, false) || KernelImage.IsText(address) || KernelImage.IsText(end - 1)
            || (protection & Protection.Execute) != 0)
        {
            return (address & PageMask) != 0 ? Errno.EINVAL : Errno.EACCES;
        }

        PageTables.Protect(address, end, PageTables.Present | PageTables.NoExecute | ((protection & Protection.Write) != 0 ? PageTables.Writable : 0));
        return Errno.Success;
    }

    /// <summary>A thread that ends unmaps the stack it stands on; that has to wait until it has left it.</summary>
    private static long Unmap(ulong address, ulong length, ulong stack)
    {
        if (stack >= address && stack < address + length)
        {
            TaskRecord* task = Scheduler.Current;
            task->DeferredUnmap = address;
            task->DeferredUnmapBytes = length;
            return 0;
        }

        return -(long)AddressSpace.Unmap(address, length);
    }

    /// <summary>Shrinks in place; grows in place where there is room, else moves when that is allowed.</summary>
    private static long Remap(ulong address, ulong oldLength, ulong newLength, ulong flags)
    {
        oldLength = (oldLength + PageMask) & ~PageMask;
        newLength = (newLength + PageMask) & ~PageMask;
        if ((address & PageMask) != 0 || newLength == 0 || (flags & ~RemapMayMove) != 0)
        {
            return -(long)Errno.EINVAL;
        }

        if (!AddressSpace.TryFind(address, out Region region) || region.Protection == Protection.None || region.End - address < oldLength)
        {
            return -(long)Errno.EFAULT;
        }

        if (newLength <= oldLength)
        {
            return newLength < oldLength && AddressSpace.Unmap(address + newLength, oldLength - newLength) != Errno.Success
                ? -(long)Errno.EINVAL
                : (long)address;
        }

        if (!AddressSpace.Overlaps(address + oldLength, newLength - oldLength))
        {
            long grown = AddressSpace.Map(address + oldLength, newLength - oldLength, region.Protection);
            return grown < 0 ? grown : (long)address;
        }

        return (flags & RemapMayMove) == 0 ? -(long)Errno.ENOMEM : Move(address, oldLength, newLength, region.Protection);
    }

    private static long Move(ulong address, ulong oldLength, ulong newLength, Protection protection)
    {
        long target = AddressSpace.Map(0, newLength, protection);
        if (target < 0)
        {
            return target;
        }

        if (!AddressSpace.TryMakePresent(address, oldLength, false) || !AddressSpace.TryMakePresent((ulong)target, oldLength, true))
        {
            AddressSpace.Unmap((ulong)target, newLength);
            return -(long)Errno.ENOMEM;
        }

        Cpu.Copy((void*)target, (void*)address, oldLength);
        AddressSpace.Unmap(address, oldLength);
        return target;
    }

    private static long Advise(ulong address, ulong length, ulong advice) =>
        advice is AdviseDontNeed or AdviseFree ? -(long)AddressSpace.Discard(address, length) : 0;
}
