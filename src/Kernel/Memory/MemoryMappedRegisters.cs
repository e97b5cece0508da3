namespace KernelSockets.Kernel.Memory;

/// <summary>A device's registers in uncached memory.</summary>
internal sealed unsafe class MemoryMappedRegisters : RegisterSpace
{
    private readonly ulong _base;
    private readonly uint _size;

    /// <summary>Wraps mapped registers.</summary>
    /// <param name="address">As the page tables show them.</param>
    /// <param name="size">Bytes mapped there.</param>
    public MemoryMappedRegisters(ulong address, uint size)
    {
        _base = address;
        _size = size;
    }

    /// <inheritdoc/>
    public override uint Read(uint offset) => Volatile.Read(ref Register(offset));

    /// <inheritdoc/>
    public override void Write(uint offset, uint value) => Volatile.Write(ref Register(offset), value);

    private ref uint Register(uint offset)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, _size - sizeof(uint));

        // SAFETY: the range is mapped for the life of the machine, and the offset lies in it.
        return ref *(uint*)(_base + offset);
    }
}
