using System.Numerics;

namespace KernelSockets.Kernel.Nucleus;

/// <summary>
/// Physical memory in frames of 4 KiB: one bit a frame, set while it is free. Allocates single frames next-fit and runs first-fit, and
/// frees both. Interrupts off.
/// </summary>
internal static unsafe class FrameAllocator
{
    public const ulong FrameSize = 4096;

    /// <summary>Memory below this belongs to the firmware's tables and the VGA hole, and stays alone.</summary>
    private const ulong LowestAddress = 0x10_0000;

    /// <summary>Where the boot page tables show the image instead of the memory with that address (Boot/boot.s).</summary>
    private const ulong BootIdentityEnd = 0x4000_0000;

    private const int BitsPerWord = 64;

    private static ulong* s_bitmap;
    private static ulong s_wordCount;
    private static ulong s_hint;
    private static ulong s_free;
    private static ulong s_total;
    private static ulong s_highest;

    /// <summary>Frames that nobody uses.</summary>
    public static ulong Free => s_free;

    /// <summary>All frames that the firmware called usable.</summary>
    public static ulong Total => s_total;

    /// <summary>End of the highest usable range.</summary>
    public static ulong HighestAddress => s_highest;

    /// <summary>Takes over the usable memory, less the image, the modules and the bitmap itself.</summary>
    /// <param name="imageStart">Physical start of the kernel image.</param>
    /// <param name="imageEnd">Physical end of it.</param>
    public static void Initialize(ulong imageStart, ulong imageEnd)
    {
        for (int i = 0; i < BootInformation.RangeCount; i++)
        {
            MemoryRange range = BootInformation.Range(i);
            s_highest = range.End > s_highest ? range.End : s_highest;
            s_total += (range.End - range.Start) / FrameSize;
        }

        s_wordCount = ((s_highest / FrameSize) + BitsPerWord - 1) / BitsPerWord;
        ulong bitmapBytes = (s_wordCount * sizeof(ulong) + FrameSize - 1) & ~(FrameSize - 1);
        ulong bitmap = FindRoom(bitmapBytes, imageStart, imageEnd);
        s_bitmap = (ulong*)bitmap;
        Cpu.Zero(s_bitmap, bitmapBytes);
        for (int i = 0; i < BootInformation.RangeCount; i++)
        {
            MemoryRange range = BootInformation.Range(i);
            for (ulong address = range.Start; address < range.End; address += FrameSize)
            {
                if (address >= LowestAddress && !Overlaps(address, imageStart, imageEnd)
                    && !Overlaps(address, bitmap, bitmap + bitmapBytes) && !IsInModule(address) && !IsFree(address / FrameSize))
                {
                    SetFree(address / FrameSize);
                    s_free++;
                }
            }
        }
    }

    /// <summary>The bitmap is reached through the direct map from now on.</summary>
    public static void UseDirectMap() => s_bitmap = (ulong*)((ulong)s_bitmap + PageTables.DirectMap);

    /// <summary>Allocates one frame with undefined contents.</summary>
    /// <returns>Its physical address, or 0 when memory is full.</returns>
    public static ulong Allocate()
    {
        for (ulong i = 0; i < s_wordCount; i++)
        {
            ulong word = s_hint + i < s_wordCount ? s_hint + i : s_hint + i - s_wordCount;
            if (s_bitmap[word] != 0)
            {
                s_hint = word;
                int bit = BitOperations.TrailingZeroCount(s_bitmap[word]);
                s_bitmap[word] &= ~(1ul << bit);
                s_free--;
                return ((word * BitsPerWord) + (ulong)bit) * FrameSize;
            }
        }

        return 0;
    }

    /// <summary>Allocates one frame of zeros.</summary>
    /// <returns>Its physical address, or 0 when memory is full.</returns>
    public static ulong AllocateZeroed()
    {
        ulong frame = Allocate();
        if (frame != 0)
        {
            Cpu.Zero((void*)(frame + PageTables.DirectMap), FrameSize);
        }

        return frame;
    }

    /// <summary>Allocates neighbouring frames of zeros.</summary>
    /// <returns>Physical address of the first, or 0 when there is no such run.</returns>
    public static ulong AllocateRun(ulong count)
    {
        ulong run = 0;
        ulong frames = s_wordCount * BitsPerWord;
        for (ulong frame = 0; frame < frames; frame++)
        {
            run = IsFree(frame) ? run + 1 : 0;
            if (run == count)
            {
                ulong first = frame + 1 - count;
                for (ulong i = first; i <= frame; i++)
                {
                    s_bitmap[i / BitsPerWord] &= ~(1ul << (int)(i % BitsPerWord));
                }

                s_free -= count;
                Cpu.Zero((void*)((first * FrameSize) + PageTables.DirectMap), count * FrameSize);
                return first * FrameSize;
            }
        }

        return 0;
    }

    /// <summary>Frees one frame.</summary>
    public static void Release(ulong address)
    {
        ulong frame = address / FrameSize;
        if ((address & (FrameSize - 1)) != 0 || frame >= s_wordCount * BitsPerWord || IsFree(frame))
        {
            Panic.Stop("a frame was freed that was not allocated"u8, address);
        }

        SetFree(frame);
        s_free++;
    }

    /// <summary>Frees a run of frames.</summary>
    public static void ReleaseRun(ulong address, ulong count)
    {
        for (ulong i = 0; i < count; i++)
        {
            Release(address + (i * FrameSize));
        }
    }

    private static bool IsFree(ulong frame) => (s_bitmap[frame / BitsPerWord] >> (int)(frame % BitsPerWord) & 1) != 0;

    private static void SetFree(ulong frame) => s_bitmap[frame / BitsPerWord] |= 1ul << (int)(frame % BitsPerWord);

    private static bool Overlaps(ulong frameAddress, ulong start, ulong end) => frameAddress + FrameSize > start && frameAddress < end;

    private static bool IsInModule(ulong address)
    {
        for (int i = 0; i < BootInformation.ModuleCount; i++)
        {
            MemoryRange module = BootInformation.Module(i);
            if (Overlaps(address, module.Start, module.End))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>First room for the bitmap in usable memory under 1 GiB, which the boot page tables show at its own address.</summary>
    private static ulong FindRoom(ulong bytes, ulong imageStart, ulong imageEnd)
    {
        for (int i = 0; i < BootInformation.RangeCount; i++)
        {
            MemoryRange range = BootInformation.Range(i);
            ulong candidate = range.Start < LowestAddress ? LowestAddress : range.Start;
            while (candidate + bytes <= range.End && candidate + bytes <= BootIdentityEnd)
            {
                if (candidate + bytes > imageStart && candidate < imageEnd)
                {
                    candidate = (imageEnd + FrameSize - 1) & ~(FrameSize - 1);
                    continue;
                }

                ulong blocked = FindModuleEnd(candidate, candidate + bytes);
                if (blocked == 0)
                {
                    return candidate;
                }

                candidate = (blocked + FrameSize - 1) & ~(FrameSize - 1);
            }
        }

        Panic.Stop("no room for the frame bitmap"u8, bytes);
        return 0;
    }

    private static ulong FindModuleEnd(ulong start, ulong end)
    {
        for (int i = 0; i < BootInformation.ModuleCount; i++)
        {
            MemoryRange module = BootInformation.Module(i);
            if (end > module.Start && start < module.End)
            {
                return module.End;
            }
        }

        return 0;
    }
}
