using System.Text;

namespace KernelSockets.KernelImage;

/// <summary>
/// The table of function names that the kernel prints stack traces with, as src/Kernel/Nucleus/SymbolTable.cs reads it. Names are front-coded: neighbours in the
/// image come from the same class and share most of their names.
/// </summary>
/// <remarks>
/// Little-endian: u32 count; u32 address of each function less the image's base, ascending; for each group of 16, u32 offset of its first name from
/// the table's start; names, each a byte that says how many bytes it shares with the one before (0 at the start of a group), then the
/// rest and a zero.
/// </remarks>
internal static class FunctionTable
{
    public const int GroupSize = 16;
    public const int MaximumNameBytes = 200;

    public static byte[] Encode(IReadOnlyList<ElfFunction> functions, ulong imageBase)
    {
        int groupCount = (functions.Count + GroupSize - 1) / GroupSize;
        using MemoryStream names = new();
        int namesStart = sizeof(uint) * (1 + functions.Count + groupCount);
        uint[] groups = new uint[groupCount];
        byte[] previous = [];
        for (int i = 0; i < functions.Count; i++)
        {
            byte[] name = Encoding.UTF8.GetBytes(ManagedName.From(functions[i].Name));
            name = name.Length > MaximumNameBytes ? name[..MaximumNameBytes] : name;
            int shared = i % GroupSize == 0 ? 0 : name.AsSpan().CommonPrefixLength(previous);
            if (i % GroupSize == 0)
            {
                groups[i / GroupSize] = (uint)(namesStart + names.Length);
            }

            names.WriteByte((byte)shared);
            names.Write(name.AsSpan(shared));
            names.WriteByte(0);
            previous = name;
        }

        using MemoryStream table = new();
        using BinaryWriter writer = new(table);
        writer.Write((uint)functions.Count);
        foreach (ElfFunction function in functions)
        {
            writer.Write((uint)(function.Address - imageBase));
        }

        foreach (uint group in groups)
        {
            writer.Write(group);
        }

        writer.Write(names.ToArray());
        return table.ToArray();
    }
}
