namespace KernelSockets.Simulation;

/// <summary>DMA memory for hosted tests: pinned arrays under made-up bus addresses, optionally limited to test shortage.</summary>
/// <param name="limit">Most bytes to hand out.</param>
public sealed class ArrayDmaAllocator(long limit = long.MaxValue) : DmaAllocator
{
    private const ulong FirstBusAddress = 0x10_0000;

    private ulong _next = FirstBusAddress;
    private long _left = limit;

    /// <inheritdoc/>
    public override DmaBlock? Allocate(int size, int alignment)
    {
        if (size is < 1 or > MaximumSize || alignment is < 1 or > MaximumSize || (alignment & (alignment - 1)) != 0 || size > _left)
        {
            return null;
        }

        ulong address = AlignUp(_next, (ulong)alignment);
        ulong page = address & ~(ulong)(MaximumSize - 1);
        if (address + (ulong)size > page + MaximumSize)
        {
            address = page + MaximumSize;
        }

        _next = address + (ulong)size;
        _left -= size;
        return new DmaBlock(GC.AllocateArray<byte>(size, pinned: true), 0, size, address);
    }

    private static ulong AlignUp(ulong value, ulong alignment) => (value + alignment - 1) & ~(alignment - 1);
}
