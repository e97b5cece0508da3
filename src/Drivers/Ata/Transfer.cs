namespace KernelSockets.Drivers.Ata;

/// <summary>Sectors to move, and the caller's memory for them.</summary>
internal readonly ref struct Transfer
{
    private Transfer(long sector, Span<byte> destination, ReadOnlySpan<byte> source, bool isWrite)
    {
        Sector = sector;
        Destination = destination;
        Source = source;
        IsWrite = isWrite;
    }

    /// <summary>First sector.</summary>
    public long Sector { get; }

    /// <summary>Where a read puts its bytes.</summary>
    public Span<byte> Destination { get; }

    /// <summary>What a write writes.</summary>
    public ReadOnlySpan<byte> Source { get; }

    /// <summary>True for a write.</summary>
    public bool IsWrite { get; }

    /// <summary>Bytes.</summary>
    public int Length => IsWrite ? Source.Length : Destination.Length;

    /// <summary>Sectors.</summary>
    public int Count => Length / BlockDevice.SectorSize;

    /// <summary>A read.</summary>
    public static Transfer Read(long sector, Span<byte> destination) => new(sector, destination, default, isWrite: false);

    /// <summary>A write.</summary>
    public static Transfer Write(long sector, ReadOnlySpan<byte> source) => new(sector, default, source, isWrite: true);

    /// <summary>A part of it.</summary>
    /// <param name="offset">Bytes to skip, whole sectors.</param>
    /// <param name="length">Bytes, whole sectors.</param>
    public Transfer Slice(int offset, int length)
    {
        long sector = Sector + (offset / BlockDevice.SectorSize);
        return IsWrite ? Write(sector, Source.Slice(offset, length)) : Read(sector, Destination.Slice(offset, length));
    }
}
