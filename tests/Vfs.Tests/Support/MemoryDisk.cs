namespace KernelSockets.Vfs.Tests.Support;

/// <summary>A disk in memory that can be told to fail.</summary>
internal sealed class MemoryDisk(byte[] content) : BlockDevice
{
    public MemoryDisk(int kibibytes)
        : this(new byte[kibibytes * 1024])
    {
    }

    public byte[] Content { get; } = content;

    /// <summary>Transfers that still succeed; all that follow are EIO.</summary>
    public long TransfersLeft { get; set; } = long.MaxValue;

    public long Transfers { get; private set; }

    /// <summary>A sector whose transfers are EIO; -1 for none.</summary>
    public long BadSector { get; set; } = -1;

    public override string Name => "memory";

    public override long SectorCount => Content.Length / SectorSize;

    public override Errno Read(long sector, Span<byte> destination)
    {
        Errno error = Check(sector, destination.Length);
        if (error == Errno.Success)
        {
            Content.AsSpan((int)(sector * SectorSize), destination.Length).CopyTo(destination);
        }

        return error;
    }

    public override Errno Write(long sector, ReadOnlySpan<byte> source)
    {
        Errno error = Check(sector, source.Length);
        if (error == Errno.Success)
        {
            source.CopyTo(Content.AsSpan((int)(sector * SectorSize)));
        }

        return error;
    }

    public override Errno Flush() => TransfersLeft > 0 ? Errno.Success : Errno.EIO;

    private Errno Check(long sector, int length)
    {
        if (sector < 0 || length % SectorSize != 0 || (sector * SectorSize) + length > Content.Length)
        {
            return Errno.EINVAL;
        }

        Transfers++;
        bool isBad = BadSector >= sector && BadSector < sector + (length / SectorSize);
        return !isBad && TransfersLeft-- > 0 ? Errno.Success : Errno.EIO;
    }
}
