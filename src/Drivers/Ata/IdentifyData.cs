using System.Buffers.Binary;
using System.Text;

namespace KernelSockets.Drivers.Ata;

/// <summary>A view of what IDENTIFY DEVICE returns: 256 words (ATA/ATAPI-7 vol. 1 §6.17).</summary>
internal readonly ref struct IdentifyData
{
    /// <summary>Bytes of it.</summary>
    public const int Size = 512;

    private const int ModelWord = 27;
    private const int ModelWords = 20;
    private const int CapabilitiesWord = 49;
    private const int ValidityWord = 53;
    private const int SectorsWord = 60;
    private const int MultiwordDmaWord = 63;
    private const int CommandSetsWord = 83;
    private const int UltraDmaWord = 88;
    private const int ExtendedSectorsWord = 100;
    private const int SectorSizeWord = 106;

    private const ushort HasDma = 1 << 8;
    private const ushort HasLba = 1 << 9;
    private const ushort HasUltraDmaWord = 1 << 2;
    private const ushort HasExtended = 1 << 10;
    private const ushort HasFlush = 1 << 12;
    private const ushort HasFlushExtended = 1 << 13;
    private const ushort HasLargeSectors = 1 << 12;

    /// <summary>Bits 15:14 of words that are valid only with 01 there.</summary>
    private const int ValidityShift = 14;
    private const int Valid = 1;

    /// <summary>The selected modes are in the high byte.</summary>
    private const int SelectedShift = 8;

    private const long Largest = (1L << 28) - 1;
    private const long LargestExtended = (1L << 48) - 1;

    private readonly ReadOnlySpan<byte> _bytes;

    /// <summary>A view of <see cref="Size"/> bytes.</summary>
    public IdentifyData(ReadOnlySpan<byte> bytes) => _bytes = bytes[..Size];

    /// <summary>True for a drive whose sectors have numbers, as all have since ATA-2.</summary>
    public bool SupportsLba => (Word(CapabilitiesWord) & HasLba) != 0;

    /// <summary>True for 48-bit addresses.</summary>
    public bool SupportsExtended => (CommandSets & HasExtended) != 0;

    /// <summary>True for FLUSH CACHE.</summary>
    public bool SupportsFlush => (CommandSets & HasFlush) != 0;

    /// <summary>True for FLUSH CACHE EXT.</summary>
    public bool SupportsFlushExtended => (CommandSets & HasFlushExtended) != 0;

    /// <summary>True when it can do DMA and firmware has selected a mode for it, so that drive and controller agree on the timing.</summary>
    public bool IsDmaSelected
    {
        get
        {
            bool isUltra = (Word(ValidityWord) & HasUltraDmaWord) != 0 && Word(UltraDmaWord) >> SelectedShift != 0;
            return (Word(CapabilitiesWord) & HasDma) != 0 && (isUltra || Word(MultiwordDmaWord) >> SelectedShift != 0);
        }
    }

    /// <summary>True when a logical sector has 512 bytes.</summary>
    public bool HasUsualSectors => Word(SectorSizeWord) >> ValidityShift != Valid || (Word(SectorSizeWord) & HasLargeSectors) == 0;

    /// <summary>Sectors that can be addressed.</summary>
    public long SectorCount
    {
        get
        {
            long sectors = Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(_bytes[(SectorsWord * 2)..]), Largest);
            if (SupportsExtended)
            {
                ulong extended = BinaryPrimitives.ReadUInt64LittleEndian(_bytes[(ExtendedSectorsWord * 2)..]);
                sectors = Math.Max(sectors, (long)Math.Min(extended, LargestExtended));
            }

            return sectors;
        }
    }

    /// <summary>The model: printable characters only, without blanks at its ends.</summary>
    public string Model
    {
        get
        {
            // The first character of a pair is in the high byte.
            StringBuilder text = new();
            for (int i = 0; i < ModelWords; i++)
            {
                ushort word = Word(ModelWord + i);
                text.Append(Printable(word >> 8)).Append(Printable(word & 0xFF));
            }

            return text.ToString().Trim();
        }
    }

    private ushort CommandSets => Word(CommandSetsWord) >> ValidityShift == Valid ? Word(CommandSetsWord) : (ushort)0;

    private static char Printable(int character) => character is >= ' ' and <= '~' ? (char)character : ' ';

    private ushort Word(int index) => BinaryPrimitives.ReadUInt16LittleEndian(_bytes[(index * 2)..]);
}
