using KernelSockets.Kernel.Nucleus;

namespace KernelSockets.Kernel.Memory;

/// <summary>
/// DMA memory as pinned arrays: the collector never moves or frees them while they are referenced, so each of their pages keeps its frame.
/// </summary>
/// <remarks>Blocks are cut from arrays of a few pages, so that a page-aligned block wastes at most one page an array.</remarks>
internal sealed unsafe class KernelDmaAllocator : DmaAllocator
{
    private const int ChunkPages = 16;

    private readonly Lock _gate = new();
    private byte[] _chunk = [];
    private int _used;

    /// <inheritdoc/>
    public override DmaBlock? Allocate(int size, int alignment)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, MaximumSize);
        lock (_gate)
        {
            int offset = Align(alignment, size);
            if (offset + size > _chunk.Length)
            {
                try
                {
                    _chunk = GC.AllocateArray<byte>((ChunkPages + 1) * MaximumSize, pinned: true);
                }
                catch (OutOfMemoryException)
                {
                    return null;
                }

                _used = 0;
                offset = Align(alignment, size);
            }

            _used = offset + size;
            ulong physical = Gateway.Translate(Address(offset));
            return physical == 0 ? null : new DmaBlock(_chunk, offset, size, physical);
        }
    }

    /// <summary>The first place in the chunk that has the alignment and does not cross a page.</summary>
    private int Align(int alignment, int size)
    {
        if (_chunk.Length == 0)
        {
            return 0;
        }

        ulong start = Address(0);
        ulong mask = (ulong)alignment - 1;
        ulong place = (Address(_used) + mask) & ~mask;
        if ((place & (MaximumSize - 1)) + (ulong)size > MaximumSize)
        {
            place = (place + MaximumSize - 1) & ~(ulong)(MaximumSize - 1);
        }

        return (int)(place - start);
    }

    private ulong Address(int offset)
    {
        // SAFETY: the array is pinned for its whole life; its address does not change.
        fixed (byte* start = _chunk)
        {
            return (ulong)start + (uint)offset;
        }
    }
}
