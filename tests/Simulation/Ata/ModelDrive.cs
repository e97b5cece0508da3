using System.Buffers.Binary;

namespace KernelSockets.Simulation.Ata;

/// <summary>A drive of the model: its medium, its cache, and what IDENTIFY DEVICE tells (ATA/ATAPI-7 vol. 1 §6.17).</summary>
public sealed class ModelDrive
{
    private const int SectorSize = BlockDevice.SectorSize;

    private readonly Dictionary<long, byte[]> _medium = [];
    private readonly Dictionary<long, byte[]> _cache = [];

    /// <summary>Sectors.</summary>
    public long Sectors { get; init; } = 4096;

    /// <summary>The name, at most 40 characters.</summary>
    public string Model { get; init; } = "MODEL DISK";

    /// <summary>True for an ATAPI device.</summary>
    public bool IsPacket { get; init; }

    /// <summary>48-bit addresses.</summary>
    public bool IsExtended { get; init; } = true;

    /// <summary>Firmware has selected a DMA mode.</summary>
    public bool IsDmaSelected { get; init; } = true;

    /// <summary>False for a drive of the eighties.</summary>
    public bool HasLba { get; init; } = true;

    /// <summary>Bytes a logical sector as IDENTIFY tells them.</summary>
    public int LogicalSectorSize { get; init; } = SectorSize;

    /// <summary>False for a drive without FLUSH CACHE.</summary>
    public bool HasFlush { get; init; } = true;

    /// <summary>True when it never leaves a reset.</summary>
    public bool IsDead { get; set; }

    /// <summary>Sectors in the cache only.</summary>
    public int DirtySectors => _cache.Count;

    /// <summary>Reads a sector, newest data first.</summary>
    public void Read(long sector, Span<byte> destination)
    {
        if (_cache.TryGetValue(sector, out byte[]? data) || _medium.TryGetValue(sector, out data))
        {
            data.CopyTo(destination);
        }
        else
        {
            destination[..SectorSize].Clear();
        }
    }

    /// <summary>Writes a sector into the cache.</summary>
    public void Write(long sector, ReadOnlySpan<byte> source) => _cache[sector] = source[..SectorSize].ToArray();

    /// <summary>Empties the cache onto the medium.</summary>
    public void Flush()
    {
        foreach ((long sector, byte[] data) in _cache)
        {
            _medium[sector] = data;
        }

        _cache.Clear();
    }

    /// <summary>IDENTIFY DEVICE.</summary>
    public byte[] Identify()
    {
        byte[] words = new byte[SectorSize];
        void Put(int word, int value) => BinaryPrimitives.WriteUInt16LittleEndian(words.AsSpan(word * 2), (ushort)value);
        string model = Model.PadRight(40);
        for (int i = 0; i < 20; i++)
        {
            Put(27 + i, (model[2 * i] << 8) | (model[(2 * i) + 1] & 0xFF));
        }

        Put(0, 0x0040);
        Put(49, (HasLba ? 1 << 9 : 0) | (1 << 8));
        Put(53, 0x0006);
        BinaryPrimitives.WriteUInt32LittleEndian(words.AsSpan(60 * 2), (uint)Math.Min(Sectors, 0x0FFF_FFFF));
        Put(63, 0x0007);
        Put(80, 0x00F0);
        Put(83, 0x4000 | (IsExtended ? 1 << 10 : 0) | (HasFlush ? 1 << 12 : 0) | (HasFlush && IsExtended ? 1 << 13 : 0));
        Put(88, 0x003F | (IsDmaSelected ? 0x2000 : 0));
        if (IsExtended)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(words.AsSpan(100 * 2), (ulong)Sectors);
        }

        if (LogicalSectorSize != SectorSize)
        {
            Put(106, 0x5000);
            BinaryPrimitives.WriteUInt32LittleEndian(words.AsSpan(117 * 2), (uint)LogicalSectorSize / 2);
        }

        return words;
    }
}
