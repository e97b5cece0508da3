using System.Buffers.Binary;
using System.Text;

namespace KernelSockets.KernelImage;

/// <summary>A function in a symbol table.</summary>
/// <param name="Address">Where it begins.</param>
/// <param name="Size">Bytes, 0 when the assembler did not say.</param>
/// <param name="Name">Its native name.</param>
internal sealed record ElfFunction(ulong Address, ulong Size, string Name);

/// <summary>A 64-bit little-endian ELF file in memory (System V gABI, chapters 4 and 5): as much of it as linking a kernel needs.</summary>
internal sealed class ElfFile
{
    private const int ProgramHeaderSize = 56;
    private const int SectionHeaderSize = 64;
    private const int SymbolSize = 24;
    private const uint SectionSymbolTable = 2;
    private const int SymbolFunction = 2;
    private const int SymbolNoType = 0;
    private const ulong SectionExecutable = 4;

    private readonly byte[] _bytes;

    public ElfFile(byte[] bytes)
    {
        ReadOnlySpan<byte> magic = [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1];
        if (bytes.Length < SectionHeaderSize || !bytes.AsSpan().StartsWith(magic))
        {
            throw new InvalidDataException("not a 64-bit little-endian ELF file");
        }

        _bytes = bytes;
    }

    public ReadOnlySpan<byte> Bytes => _bytes;

    private int ProgramHeaderCount => UInt16(56);

    private int SectionCount => UInt16(60);

    /// <summary>Sets every segment's physical address to its virtual address less an offset.</summary>
    public void SetPhysicalAddresses(ulong offset)
    {
        int table = (int)UInt64(32);
        for (int i = 0; i < ProgramHeaderCount; i++)
        {
            int header = table + (i * ProgramHeaderSize);
            ulong address = UInt64(header + 16);
            if (address != 0)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(_bytes.AsSpan(header + 24), address - offset);
            }
        }
    }

    /// <summary>Functions and labels in executable sections, by address, one a place.</summary>
    public IReadOnlyList<ElfFunction> Functions()
    {
        SortedDictionary<ulong, ElfFunction> functions = [];
        for (int i = 0; i < SectionCount; i++)
        {
            int section = SectionHeader(i);
            if (UInt32(section + 4) == SectionSymbolTable)
            {
                ReadSymbols(section, functions);
            }
        }

        return [.. functions.Values];
    }

    private void ReadSymbols(int section, SortedDictionary<ulong, ElfFunction> functions)
    {
        int start = (int)UInt64(section + 24);
        int count = (int)UInt64(section + 32) / SymbolSize;
        int strings = (int)UInt64(SectionHeader((int)UInt32(section + 40)) + 24);
        for (int i = 1; i < count; i++)
        {
            int symbol = start + (i * SymbolSize);
            int type = _bytes[symbol + 4] & 15;
            int home = UInt16(symbol + 6);
            if (type is not (SymbolFunction or SymbolNoType) || home == 0 || home >= SectionCount
                || (UInt64(SectionHeader(home) + 8) & SectionExecutable) == 0)
            {
                continue;
            }

            string name = Text(strings + (int)UInt32(symbol));
            ElfFunction function = new(UInt64(symbol + 8), UInt64(symbol + 16), name);
            if (name.Length > 0 && !name.StartsWith(".L", StringComparison.Ordinal)
                && (!functions.TryGetValue(function.Address, out ElfFunction? other) || IsBetter(function, other)))
            {
                functions[function.Address] = function;
            }
        }
    }

    /// <summary>Of several names for one place, a sized function's, then the shortest, then by the alphabet.</summary>
    private static bool IsBetter(ElfFunction function, ElfFunction other)
    {
        if (function.Size == 0 != (other.Size == 0))
        {
            return function.Size != 0;
        }

        return function.Name.Length != other.Name.Length
            ? function.Name.Length < other.Name.Length
            : string.CompareOrdinal(function.Name, other.Name) < 0;
    }

    private int SectionHeader(int index) => (int)UInt64(40) + (index * SectionHeaderSize);

    private string Text(int offset)
    {
        int end = Array.IndexOf(_bytes, (byte)0, offset);
        return Encoding.UTF8.GetString(_bytes, offset, end - offset);
    }

    private ushort UInt16(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(offset));

    private uint UInt32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(offset));

    private ulong UInt64(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(offset));
}
