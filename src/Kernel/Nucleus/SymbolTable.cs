using System.Runtime;
using System.Runtime.CompilerServices;

namespace KernelSockets.Kernel.Nucleus;

/// <summary>
/// Names of functions, for stack traces. The build makes the table from the linked image and links again (tools/KernelImage/FunctionTable.cs
/// describes its format). Any context.
/// </summary>
internal static unsafe class SymbolTable
{
    private const ulong ImageBase = 0x4000_0000;
    private const uint GroupSize = 16;
    private const int MaximumNameBytes = 200;

    private static Buffer s_buffer;

    /// <summary>Prints <c>name+0xoffset</c>, or nothing when the table has no function there.</summary>
    public static void Print(ulong address)
    {
        byte* table = Table();
        uint count = *(uint*)table;
        uint* addresses = (uint*)(table + sizeof(uint));
        ulong offset = address - ImageBase;
        if (count == 0 || offset < addresses[0])
        {
            return;
        }

        uint low = 0;
        uint high = count;
        while (low + 1 < high)
        {
            uint middle = (low + high) / 2;
            if (addresses[middle] <= offset)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        fixed (byte* name = s_buffer.Name)
        {
            Decode(table + addresses[count + (low / GroupSize)], low % GroupSize, name);
            KernelLog.Text(name, MaximumNameBytes);
        }

        KernelLog.Text("+0x"u8);
        KernelLog.Hex(offset - addresses[low], 4);
    }

    /// <summary>Decodes the front-coded names of a group up to the wanted one.</summary>
    private static void Decode(byte* code, uint index, byte* name)
    {
        for (uint i = 0; i <= index; i++)
        {
            int length = *code++;
            while (*code != 0 && length < MaximumNameBytes)
            {
                name[length++] = *code++;
            }

            code++;
            name[length] = 0;
        }
    }

    [RuntimeImport(Image.Library, "symbol_symbol_table")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern byte* Table();

    private struct Buffer
    {
        public fixed byte Name[MaximumNameBytes + 8];
    }
}
