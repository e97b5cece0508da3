namespace KernelSockets.Vfs.Tests.Minix;

/// <summary>A disk in memory with bad sectors, which counts what is asked of it.</summary>
internal sealed class FaultyDisk(byte[] content) : BlockDevice
{
    public byte[] Content { get; } = content;

    /// <summary>Sectors that cannot be read.</summary>
    public HashSet<long> Unreadable { get; } = [];

    /// <summary>Sectors that cannot be written.</summary>
    public HashSet<long> Unwritable { get; } = [];

    /// <summary>Sectors of each request to read, in order.</summary>
    public List<(long First, int Count)> Reads { get; } = [];

    /// <summary>Sectors of each request to write, in order.</summary>
    public List<(long First, int Count)> Writes { get; } = [];

    /// <summary>True to refuse flushes.</summary>
    public bool RefusesFlush { get; set; }

    public override string Name => "faulty";

    public override long SectorCount => Content.Length / SectorSize;

    public override Errno Read(long sector, Span<byte> destination)
    {
        int count = destination.Length / SectorSize;
        Reads.Add((sector, count));
        if (Unreadable.Any(bad => bad >= sector && bad < sector + count))
        {
            return Errno.EIO;
        }

        Content.AsSpan((int)sector * SectorSize, destination.Length).CopyTo(destination);
        return Errno.Success;
    }

    public override Errno Write(long sector, ReadOnlySpan<byte> source)
    {
        int count = source.Length / SectorSize;
        Writes.Add((sector, count));
        if (Unwritable.Any(bad => bad >= sector && bad < sector + count))
        {
            return Errno.EIO;
        }

        source.CopyTo(Content.AsSpan((int)sector * SectorSize));
        return Errno.Success;
    }

    public override Errno Flush() => RefusesFlush ? Errno.EIO : Errno.Success;
}
