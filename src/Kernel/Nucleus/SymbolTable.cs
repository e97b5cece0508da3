using System.Runtime;
using System.Runtime.CompilerServices;

namespace KernelSockets.Kernel.Nucleus;

/// <summary>
/// Names of functions, for stack traces. The build appends the table to the image (tools/KernelImage): little-endian u32 count, then for each
/// function, by address, u32 offset from the image's base and u32 offset of its zero-terminated name from the table's start. Any context.
/// </summary>
internal static unsafe class SymbolTable
{
    private const ulong ImageBase = 0x4000_0000;

    /// <summary>Prints <c>name+0xoffset</c>, or nothing when the table has no function there.</summary>
    public static void Print(ulong address)
    {
        byte* table = Table();
        uint count = *(uint*)table;
        uint* entries = (uint*)(table + 4);
        ulong offset = address - ImageBase;
        if (count == 0 || offset < entries[0])
        {
            return;
        }

        uint low = 0;
        uint high = count;
        while (low + 1 < high)
        {
            uint middle = (low + high) / 2;
            if (entries[middle * 2] <= offset)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        KernelLog.Text(table + entries[(low * 2) + 1], int.MaxValue);
        KernelLog.Text("+0x"u8);
        KernelLog.Hex(offset - entries[low * 2], 4);
    }

    [RuntimeImport(Image.Library, "symbol_symbol_table")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern byte* Table();
}
