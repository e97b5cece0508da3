namespace KernelSockets.Simulation.E1000;

/// <summary>
/// Memory that a device model can reach by bus address. Each block lies alone in a page of the bus address space, so an access one byte
/// past its end meets nothing and is reported; addresses lie above 4 GiB, so a lost high half is found too.
/// </summary>
public sealed class ModelDmaAllocator : DmaAllocator
{
    private const ulong DefaultBase = 0x1_2340_0000;
    private const int PageSize = MaximumSize;

    private readonly ulong _base;
    private readonly List<DmaBlock> _blocks = [];

    /// <summary>Memory above 4 GiB.</summary>
    public ModelDmaAllocator()
        : this(DefaultBase)
    {
    }

    /// <summary>Memory from a bus address on, a multiple of a page.</summary>
    public ModelDmaAllocator(ulong firstAddress) => _base = firstAddress;

    /// <summary>How many more blocks can be had.</summary>
    public int Remaining { get; set; } = int.MaxValue;

    /// <summary>Sees every access of the device: the block, and whether the device writes.</summary>
    public Action<DmaBlock, bool>? Observer { get; set; }

    /// <inheritdoc/>
    public override DmaBlock? Allocate(int size, int alignment)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(size is > 0 and <= MaximumSize, true);
        ArgumentOutOfRangeException.ThrowIfNotEqual(int.IsPow2(alignment) && alignment <= MaximumSize, true);
        if (Remaining == 0)
        {
            return null;
        }

        Remaining--;

        // As far into the page as the alignment allows, so that blocks are not better aligned than was asked for.
        int offset = (PageSize - size) / alignment * alignment;
        ulong page = _base + ((ulong)_blocks.Count * PageSize);
        byte[] array = GC.AllocateArray<byte>(size, pinned: true);
        DmaBlock block = new(array, 0, size, page + (uint)offset);
        _blocks.Add(block);
        return block;
    }

    /// <summary>Finds the memory behind a bus address.</summary>
    /// <exception cref="DriverErrorException">No block holds all of it.</exception>
    public Span<byte> Resolve(ulong address, int length, bool isWrite)
    {
        DmaBlock block = Find(address, length);
        Observer?.Invoke(block, isWrite);
        return block.Span.Slice((int)(address - block.BusAddress), length);
    }

    /// <summary>The block that holds all of a range.</summary>
    /// <exception cref="DriverErrorException">There is none.</exception>
    public DmaBlock Find(ulong address, int length)
    {
        ulong page = (address - _base) / PageSize;
        if (address < _base || page >= (ulong)_blocks.Count)
        {
            throw new DriverErrorException($"DMA to 0x{address:x}, which is nobody's memory");
        }

        DmaBlock block = _blocks[(int)page];
        if (address < block.BusAddress || address + (uint)length > block.BusAddress + (uint)block.Length)
        {
            throw new DriverErrorException(
                $"DMA of {length} bytes at 0x{address:x} leaves its block of {block.Length} bytes at 0x{block.BusAddress:x}");
        }

        return block;
    }
}
