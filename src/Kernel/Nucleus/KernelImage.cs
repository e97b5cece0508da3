using System.Runtime;
using System.Runtime.CompilerServices;

namespace KernelSockets.Kernel.Nucleus;

/// <summary>The kernel image in memory, as its own ELF header describes it (ELF-64, System V gABI chapter 5).</summary>
internal static unsafe class KernelImage
{
    /// <summary>Virtual minus physical address of the image; Boot/boot.s has the same figures.</summary>
    private const ulong ImageBase = 0x4000_0000;
    private const ulong LoadBase = 0x20_0000;

    private const uint SegmentLoad = 1;
    private const uint FlagExecute = 1;
    private const uint FlagWrite = 2;
    private const int ProgramHeaderSize = 56;
    private const ulong PageMask = FrameAllocator.FrameSize - 1;

    /// <summary>Address of the program headers, for the auxiliary vector.</summary>
    public static ulong ProgramHeaders => Header + *(ulong*)(Header + 32);

    /// <summary>How many program headers there are.</summary>
    public static int ProgramHeaderCount => *(ushort*)(Header + 56);

    /// <summary>End of the image in virtual memory, to a page.</summary>
    public static ulong End
    {
        get
        {
            ulong end = 0;
            for (int i = 0; i < ProgramHeaderCount; i++)
            {
                byte* header = ProgramHeader(i);
                if (*(uint*)header == SegmentLoad && SegmentEnd(header) > end)
                {
                    end = SegmentEnd(header);
                }
            }

            return end;
        }
    }

    /// <summary>Bytes of memory that the image takes.</summary>
    public static ulong Size => End - ImageBase;

    public static ulong Physical(ulong address) => address - ImageBase + LoadBase;

    /// <summary>True for an address in code.</summary>
    public static bool IsText(ulong address)
    {
        if (address < ImageBase)
        {
            return false;
        }

        for (int i = 0; i < ProgramHeaderCount; i++)
        {
            byte* header = ProgramHeader(i);
            if (*(uint*)header == SegmentLoad && (*(uint*)(header + 4) & FlagExecute) != 0
                && address >= *(ulong*)(header + 16) && address < *(ulong*)(header + 16) + *(ulong*)(header + 40))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True for an address in the image that may be read, and written if asked.</summary>
    public static bool Contains(ulong start, ulong end, bool isWritten)
    {
        for (int i = 0; i < ProgramHeaderCount; i++)
        {
            byte* header = ProgramHeader(i);
            if (*(uint*)header == SegmentLoad && start >= *(ulong*)(header + 16) && end <= SegmentEnd(header)
                && (!isWritten || (*(uint*)(header + 4) & FlagWrite) != 0))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Maps every segment page by page: code read-only, constants read-only and not executable, data not executable.</summary>
    public static void MapSegments()
    {
        for (int i = 0; i < ProgramHeaderCount; i++)
        {
            byte* header = ProgramHeader(i);
            if (*(uint*)header != SegmentLoad)
            {
                continue;
            }

            uint flags = *(uint*)(header + 4);
            ulong rights = ((flags & FlagWrite) != 0 ? PageTables.Writable : 0) | ((flags & FlagExecute) != 0 ? 0 : PageTables.NoExecute);
            for (ulong page = *(ulong*)(header + 16) & ~PageMask; page < SegmentEnd(header); page += FrameAllocator.FrameSize)
            {
                PageTables.TryMap(page, Physical(page), rights);
            }
        }
    }

    private static ulong Header => ElfHeader();

    private static byte* ProgramHeader(int index) => (byte*)(ProgramHeaders + ((ulong)index * ProgramHeaderSize));

    private static ulong SegmentEnd(byte* header) => (*(ulong*)(header + 16) + *(ulong*)(header + 40) + PageMask) & ~PageMask;

    [RuntimeImport(Image.Library, "image_elf_header")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong ElfHeader();
}
