using System.Buffers.Binary;

namespace KernelSockets.Vfs.Block;

/// <summary>A partition of a disk.</summary>
/// <param name="Number">1 to 4 for primary ones, 5 and up for logical ones.</param>
/// <param name="Type">What the table says is in it (83h for Linux, 81h for minix).</param>
/// <param name="Start">First sector.</param>
/// <param name="SectorCount">Sectors.</param>
public readonly record struct PartitionEntry(int Number, byte Type, long Start, long SectorCount);

/// <summary>
/// The partition table of the PC (MBR): four entries in sector 0, of which one may be an extended partition, with a chain of tables inside that hold one
/// logical partition each.
/// </summary>
/// <remarks>Nothing in it is trusted: what does not lie inside the disk is left out, and a chain ends after <see cref="MaximumPartitions"/>.</remarks>
public static class PartitionTable
{
    /// <summary>Highest number of a partition: Linux has 63 minor numbers for those of an IDE disk.</summary>
    public const int MaximumPartitions = 63;

    private const int EntriesOffset = 446;
    private const int EntrySize = 16;
    private const int EntryCount = 4;
    private const int TypeOffset = 4;
    private const int StartOffset = 8;
    private const int CountOffset = 12;
    private const int SignatureOffset = 510;
    private const ushort Signature = 0xAA55;
    private const byte Active = 0x80;
    private const byte Empty = 0;
    private const byte ProtectsGpt = 0xEE;
    private const int FirstLogical = EntryCount + 1;

    /// <summary>Reads the table of a disk.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="partitions">Its partitions by number; empty without a table, as on a disk that is one file system.</param>
    /// <returns><see cref="Errno.EIO"/> from the medium; what was found before it counts.</returns>
    public static Errno Read(BlockDevice disk, out IReadOnlyList<PartitionEntry> partitions)
    {
        ArgumentNullException.ThrowIfNull(disk);
        List<PartitionEntry> found = [];
        partitions = found;
        if (disk.SectorCount == 0)
        {
            return Errno.Success;
        }

        Span<byte> sector = stackalloc byte[BlockDevice.SectorSize];
        Errno error = disk.Read(0, sector);
        if (error != Errno.Success || !IsTable(sector))
        {
            return error;
        }

        PartitionEntry extended = default;
        for (int i = 0; i < EntryCount; i++)
        {
            PartitionEntry entry = Entry(sector, i, i + 1);
            if (!IsUsable(entry, 1, disk.SectorCount))
            {
                continue;
            }

            if (IsExtended(entry.Type))
            {
                extended = extended.SectorCount == 0 ? entry : extended;
            }
            else
            {
                found.Add(entry);
            }
        }

        return extended.SectorCount == 0 ? Errno.Success : ReadLogical(disk, extended, found);
    }

    /// <summary>Follows the chain: each table's first entry is a logical partition, counted from the table, its second the next table, counted from the extended partition.</summary>
    private static Errno ReadLogical(BlockDevice disk, in PartitionEntry extended, List<PartitionEntry> found)
    {
        Span<byte> sector = stackalloc byte[BlockDevice.SectorSize];
        long end = extended.Start + extended.SectorCount;
        long table = extended.Start;
        int number = FirstLogical;
        for (int link = 0; link < MaximumPartitions && number <= MaximumPartitions; link++)
        {
            Errno error = disk.Read(table, sector);
            if (error != Errno.Success || !IsTable(sector))
            {
                return error;
            }

            PartitionEntry logical = Entry(sector, 0, number);
            logical = logical with { Start = table + logical.Start };
            if (!IsExtended(logical.Type) && IsUsable(logical, table + 1, end))
            {
                found.Add(logical);
                number++;
            }

            PartitionEntry next = Entry(sector, 1, 0);
            next = next with { Start = extended.Start + next.Start };
            if (!IsExtended(next.Type) || !IsUsable(next, extended.Start + 1, end))
            {
                return Errno.Success;
            }

            table = next.Start;
        }

        return Errno.Success;
    }

    /// <summary>The boot sector of a file system has the same signature; code in place of the entries gives it away (as Linux's msdos_partition sees it).</summary>
    private static bool IsTable(ReadOnlySpan<byte> sector)
    {
        bool isTable = BinaryPrimitives.ReadUInt16LittleEndian(sector[SignatureOffset..]) == Signature;
        for (int i = 0; i < EntryCount; i++)
        {
            isTable &= (sector[EntriesOffset + (i * EntrySize)] & ~Active) == 0;
        }

        return isTable;
    }

    private static PartitionEntry Entry(ReadOnlySpan<byte> sector, int index, int number)
    {
        ReadOnlySpan<byte> entry = sector.Slice(EntriesOffset + (index * EntrySize), EntrySize);
        return new PartitionEntry(
            number, entry[TypeOffset], BinaryPrimitives.ReadUInt32LittleEndian(entry[StartOffset..]),
            BinaryPrimitives.ReadUInt32LittleEndian(entry[CountOffset..]));
    }

    private static bool IsUsable(in PartitionEntry entry, long first, long end) =>
        entry.Type is not (Empty or ProtectsGpt) && entry.SectorCount > 0 && entry.Start >= first && entry.Start < end && entry.SectorCount <= end - entry.Start;

    private static bool IsExtended(byte type) => type is 0x05 or 0x0F or 0x85;
}
