using System.Buffers.Binary;

namespace KernelSockets.Vfs.Minix;

/// <summary>Where everything lies on a minix file system: the content of its super block, checked.</summary>
/// <remarks>
/// <code>
///   block 0    1             2           2+I          2+I+Z         FirstDataZone          ZoneCount
///   | boot | super block | inode map | zone map | inode table | data zones ...           |
/// </code>
/// The super block lies at byte 1024 whatever the block size. Bit 0 of both maps is reserved; bit b of the zone map is zone FirstDataZone + b - 1.
/// </remarks>
/// <param name="Variant">Version and name length.</param>
/// <param name="BlockSize">Bytes a block, which is a zone.</param>
/// <param name="InodeCount">Inodes in the table; the first is number 1.</param>
/// <param name="ZoneCount">Blocks in all.</param>
/// <param name="InodeMapBlocks">Blocks of the inode map (I).</param>
/// <param name="ZoneMapBlocks">Blocks of the zone map (Z).</param>
/// <param name="FirstDataZone">First block behind the inode table.</param>
/// <param name="MaxFileSize">Longest file, in bytes.</param>
internal sealed record MinixLayout(
    MinixVariant Variant, int BlockSize, uint InodeCount, uint ZoneCount, uint InodeMapBlocks, uint ZoneMapBlocks, uint FirstDataZone, uint MaxFileSize)
{
    /// <summary>Byte of the device where the super block begins.</summary>
    public const int Position = 1024;

    /// <summary>Bytes read and written for the super block.</summary>
    public const int Size = 1024;

    /// <summary>Block size of V1 and V2, and what V3 is made with.</summary>
    public const int DefaultBlockSize = 1024;

    /// <summary>First block of the maps.</summary>
    public const uint MapStart = 2;

    private const int MaxBlockSize = 4096;
    private const int BitsPerByte = 8;
    private const ushort ValidState = 1;
    private const ushort ErrorState = 2;

    // V1 and V2.
    private const int OldInodesOffset = 0;
    private const int OldZonesOffset = 2;
    private const int OldInodeMapOffset = 4;
    private const int OldZoneMapOffset = 6;
    private const int OldFirstZoneOffset = 8;
    private const int OldZoneSizeOffset = 10;
    private const int OldMaxSizeOffset = 12;
    private const int OldMagicOffset = 16;
    private const int OldStateOffset = 18;
    private const int OldLongZonesOffset = 20;

    // V3.
    private const int NewInodesOffset = 0;
    private const int NewInodeMapOffset = 6;
    private const int NewZoneMapOffset = 8;
    private const int NewFirstZoneOffset = 10;
    private const int NewZoneSizeOffset = 12;
    private const int NewMaxSizeOffset = 16;
    private const int NewZonesOffset = 20;
    private const int NewMagicOffset = 24;
    private const int NewBlockSizeOffset = 28;

    /// <summary>Bits in a block of a map.</summary>
    public uint BitsPerBlock => (uint)BlockSize * BitsPerByte;

    /// <summary>Inodes in a block of the table.</summary>
    public uint InodesPerBlock => (uint)(BlockSize / Variant.InodeSize);

    /// <summary>First block of the zone map.</summary>
    public uint ZoneMapStart => MapStart + InodeMapBlocks;

    /// <summary>First block of the inode table.</summary>
    public uint InodeTableStart => ZoneMapStart + ZoneMapBlocks;

    /// <summary>Data zones.</summary>
    public uint DataZoneCount => ZoneCount - FirstDataZone;

    /// <summary>Reads and checks a super block.</summary>
    /// <param name="bytes"><see cref="Size"/> bytes.</param>
    /// <param name="deviceBytes">Bytes on the device.</param>
    /// <param name="layout">The layout; null when there is none.</param>
    /// <returns><see cref="Errno.EINVAL"/> when it is no minix file system or one with large zones; <see cref="Errno.EUCLEAN"/> when its numbers contradict each other.</returns>
    public static Errno TryParse(ReadOnlySpan<byte> bytes, long deviceBytes, out MinixLayout? layout)
    {
        layout = null;
        MinixVariant? variant = MinixVariant.Find(Read16(bytes, OldMagicOffset), Read16(bytes, NewMagicOffset));
        if (variant is null || Read16(bytes, variant.Version == 3 ? NewZoneSizeOffset : OldZoneSizeOffset) != 0)
        {
            return Errno.EINVAL;
        }

        MinixLayout candidate = variant.Version == 3 ? ParseNew(bytes, variant) : ParseOld(bytes, variant);
        if (!candidate.IsConsistent(deviceBytes))
        {
            return Errno.EUCLEAN;
        }

        layout = candidate;
        return Errno.Success;
    }

    /// <summary>Lays an empty file system out.</summary>
    /// <param name="variant">Version and name length.</param>
    /// <param name="deviceBytes">Bytes on the device.</param>
    /// <param name="inodeCount">Inodes wanted; 0 for one for three blocks, as mkfs.minix.</param>
    /// <returns>Null when the device is too small for it, or too large for V1's numbers (the rest would be lost).</returns>
    public static MinixLayout? Plan(MinixVariant variant, long deviceBytes, uint inodeCount)
    {
        const int blockSize = DefaultBlockSize;
        long zones = deviceBytes / blockSize;
        if (zones > (variant.Version == 1 ? ushort.MaxValue : uint.MaxValue))
        {
            return null;
        }

        long perBlock = blockSize / variant.InodeSize;
        long inodes = RoundUp(inodeCount == 0 ? zones / 3 : inodeCount, perBlock);
        inodes = Math.Min(inodes, variant.Version == 3 ? int.MaxValue : ushort.MaxValue / perBlock * perBlock);
        long bits = blockSize * BitsPerByte;
        long inodeMap = Blocks(inodes + 1, bits);
        long table = inodes / perBlock;
        long zoneMap = Blocks(zones - MapStart - inodeMap - table + 1, bits);
        long firstZone = MapStart + inodeMap + zoneMap + table;

        // Room for the root directory at least; the maps' sizes and the first zone are 16-bit numbers.
        bool fits = inodes > 0 && firstZone < zones && inodeMap <= ushort.MaxValue && zoneMap <= ushort.MaxValue && firstZone <= ushort.MaxValue;
        return fits
            ? new MinixLayout(variant, blockSize, (uint)inodes, (uint)zones, (uint)inodeMap, (uint)zoneMap, (uint)firstZone, variant.MaxFileSize)
            : null;
    }

    /// <summary>Writes the super block.</summary>
    /// <param name="bytes"><see cref="Size"/> bytes, all of which are written.</param>
    public void Write(Span<byte> bytes)
    {
        bytes = bytes[..Size];
        bytes.Clear();
        if (Variant.Version == 3)
        {
            WriteNew(bytes);
        }
        else
        {
            WriteOld(bytes);
        }
    }

    /// <summary>Whether the last one to use it has unmounted it and found no error; always so for V3, which does not tell.</summary>
    public static bool IsClean(MinixVariant variant, ReadOnlySpan<byte> bytes) =>
        variant.Version == 3 || (Read16(bytes, OldStateOffset) & (ValidState | ErrorState)) == ValidState;

    /// <summary>The state in a super block of V1 or V2: bit 0 for clean, bit 1 for known errors.</summary>
    public static int StateOf(ReadOnlySpan<byte> bytes) => Read16(bytes, OldStateOffset);

    /// <summary>Enters a state into a super block of V1 or V2.</summary>
    /// <param name="bytes">The super block.</param>
    /// <param name="isClean">Whether it was unmounted or checked.</param>
    /// <param name="hasErrors">Whether a check found errors that are still there; null to leave that as it is.</param>
    public static void SetState(Span<byte> bytes, bool isClean, bool? hasErrors)
    {
        int state = Read16(bytes, OldStateOffset);
        state = isClean ? state | ValidState : state & ~ValidState;
        state = hasErrors switch
        {
            true => state | ErrorState,
            false => state & ~ErrorState,
            null => state,
        };
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[OldStateOffset..], (ushort)state);
    }

    private static MinixLayout ParseOld(ReadOnlySpan<byte> bytes, MinixVariant variant) => new(
        variant, DefaultBlockSize, Read16(bytes, OldInodesOffset),
        variant.Version == 1 ? Read16(bytes, OldZonesOffset) : Read32(bytes, OldLongZonesOffset),
        Read16(bytes, OldInodeMapOffset), Read16(bytes, OldZoneMapOffset), Read16(bytes, OldFirstZoneOffset), Read32(bytes, OldMaxSizeOffset));

    private static MinixLayout ParseNew(ReadOnlySpan<byte> bytes, MinixVariant variant) => new(
        variant, Read16(bytes, NewBlockSizeOffset), Read32(bytes, NewInodesOffset), Read32(bytes, NewZonesOffset),
        Read16(bytes, NewInodeMapOffset), Read16(bytes, NewZoneMapOffset), Read16(bytes, NewFirstZoneOffset), Read32(bytes, NewMaxSizeOffset));

    private static ushort Read16(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);

    private static uint Read32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    private static long Blocks(long count, long perBlock) => (count + perBlock - 1) / perBlock;

    private static long RoundUp(long count, long unit) => Blocks(count, unit) * unit;

    private bool IsConsistent(long deviceBytes)
    {
        if (BlockSize is < DefaultBlockSize or > MaxBlockSize || !System.Numerics.BitOperations.IsPow2(BlockSize))
        {
            return false;
        }

        long tableBlocks = Blocks(InodeCount, InodesPerBlock);
        return InodeCount > 0
            && (long)ZoneCount * BlockSize <= deviceBytes
            && FirstDataZone < ZoneCount
            && InodeTableStart + tableBlocks <= FirstDataZone
            && (long)InodeMapBlocks * BitsPerBlock >= (long)InodeCount + 1
            && (long)ZoneMapBlocks * BitsPerBlock >= (long)DataZoneCount + 1
            && MaxFileSize > 0;
    }

    private void WriteOld(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[OldInodesOffset..], (ushort)InodeCount);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[OldZonesOffset..], Variant.Version == 1 ? (ushort)ZoneCount : (ushort)0);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[OldInodeMapOffset..], (ushort)InodeMapBlocks);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[OldZoneMapOffset..], (ushort)ZoneMapBlocks);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[OldFirstZoneOffset..], (ushort)FirstDataZone);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[OldMaxSizeOffset..], MaxFileSize);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[OldMagicOffset..], Variant.Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[OldStateOffset..], ValidState);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[OldLongZonesOffset..], Variant.Version == 1 ? 0 : ZoneCount);
    }

    private void WriteNew(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[NewInodesOffset..], InodeCount);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[NewInodeMapOffset..], (ushort)InodeMapBlocks);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[NewZoneMapOffset..], (ushort)ZoneMapBlocks);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[NewFirstZoneOffset..], (ushort)FirstDataZone);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[NewMaxSizeOffset..], MaxFileSize);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[NewZonesOffset..], ZoneCount);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[NewMagicOffset..], Variant.Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[NewBlockSizeOffset..], (ushort)BlockSize);
    }
}
