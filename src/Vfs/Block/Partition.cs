namespace KernelSockets.Vfs.Block;

/// <summary>A part of a disk as a disk of its own.</summary>
public sealed class Partition : BlockDevice
{
    private readonly BlockDevice _disk;

    /// <summary>A part of a disk.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="entry">Which part; it lies inside the disk.</param>
    public Partition(BlockDevice disk, in PartitionEntry entry)
    {
        ArgumentNullException.ThrowIfNull(disk);
        ArgumentOutOfRangeException.ThrowIfNegative(entry.Start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(entry.SectorCount, disk.SectorCount - entry.Start);
        _disk = disk;
        Entry = entry;
        Name = $"{disk.Name}p{entry.Number}";
    }

    /// <summary>Where it lies.</summary>
    public PartitionEntry Entry { get; }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override long SectorCount => Entry.SectorCount;

    /// <inheritdoc/>
    public override bool IsReadOnly => _disk.IsReadOnly;

    /// <inheritdoc/>
    public override Errno Read(long sector, Span<byte> destination)
    {
        Errno error = CheckRange(sector, destination.Length);
        return error == Errno.Success ? _disk.Read(Entry.Start + sector, destination) : error;
    }

    /// <inheritdoc/>
    public override Errno Write(long sector, ReadOnlySpan<byte> source)
    {
        Errno error = CheckRange(sector, source.Length);
        return error == Errno.Success ? _disk.Write(Entry.Start + sector, source) : error;
    }

    /// <inheritdoc/>
    public override Errno Flush() => _disk.Flush();
}
