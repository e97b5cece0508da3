namespace KernelSockets.Vfs.Block;

/// <summary>Memory as a disk: what it holds is lost with the machine. Concurrent transfers of the same sectors may mix, as on a disk.</summary>
public sealed class RamDisk : BlockDevice
{
    private readonly Memory<byte> _memory;

    /// <summary>A disk over memory, which stays where it is; a part of a sector at its end is left out.</summary>
    /// <param name="name">For example <c>ram0</c>.</param>
    /// <param name="memory">What it holds at first, and later.</param>
    public RamDisk(string name, Memory<byte> memory)
    {
        Name = name;
        _memory = memory;
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override long SectorCount => _memory.Length / SectorSize;

    /// <inheritdoc/>
    public override Errno Read(long sector, Span<byte> destination)
    {
        Errno error = CheckRange(sector, destination.Length);
        if (error == Errno.Success)
        {
            _memory.Span.Slice((int)(sector * SectorSize), destination.Length).CopyTo(destination);
        }

        return error;
    }

    /// <inheritdoc/>
    public override Errno Write(long sector, ReadOnlySpan<byte> source)
    {
        Errno error = CheckRange(sector, source.Length);
        if (error == Errno.Success)
        {
            source.CopyTo(_memory.Span[(int)(sector * SectorSize)..]);
        }

        return error;
    }

    /// <summary>There is nothing more durable than it.</summary>
    public override Errno Flush() => Errno.Success;
}
