namespace KernelSockets.Vfs.Cache;

/// <summary>
/// The blocks of a device that a file system uses, in memory: bounded, least recently used ones go first, changed ones are written when they
/// go or at <see cref="Flush"/>, in ascending order.
/// </summary>
/// <remarks>
/// Not thread-safe: the file system's lock protects it. Blocks are copied in and out and never handed out, so that none can be evicted while
/// somebody still changes it. Allocates nothing once it is full.
/// </remarks>
internal sealed class BlockCache
{
    /// <summary>Blocks held when nothing else is asked for.</summary>
    public const int DefaultCapacity = 256;

    private readonly BlockDevice _device;
    private readonly int _capacity;
    private readonly Dictionary<long, LinkedListNode<Block>> _byNumber = [];
    private readonly LinkedList<Block> _byUse = [];

    public BlockCache(BlockDevice device, int blockSize, int capacity = DefaultCapacity)
    {
        _device = device;
        _capacity = capacity;
        BlockSize = blockSize;
    }

    /// <summary>Bytes a block; a multiple of the sector size.</summary>
    public int BlockSize { get; }

    /// <summary>Whole blocks on the device.</summary>
    public long BlockCount => _device.SectorCount / SectorsPerBlock;

    private int SectorsPerBlock => BlockSize / BlockDevice.SectorSize;

    /// <summary>Copies bytes out of a block.</summary>
    /// <returns><see cref="Errno.EIO"/> from the medium.</returns>
    public Errno Read(long block, int offset, Span<byte> data)
    {
        Errno error = Find(block, mustRead: true, out Block? found);
        if (error == Errno.Success)
        {
            found!.Data.AsSpan(offset, data.Length).CopyTo(data);
        }

        return error;
    }

    /// <summary>Copies bytes into a block; the device sees them later.</summary>
    /// <returns><see cref="Errno.EIO"/> from the medium, also for an older block that had to go.</returns>
    public Errno Write(long block, int offset, ReadOnlySpan<byte> data)
    {
        Errno error = Find(block, mustRead: data.Length < BlockSize, out Block? found);
        if (error == Errno.Success)
        {
            data.CopyTo(found!.Data.AsSpan(offset));
            found.IsChanged = true;
        }

        return error;
    }

    /// <summary>Fills a block with zeros.</summary>
    public Errno Clear(long block)
    {
        Errno error = Find(block, mustRead: false, out Block? found);
        if (error == Errno.Success)
        {
            found!.Data.AsSpan().Clear();
            found.IsChanged = true;
        }

        return error;
    }

    /// <summary>Drops a block whose content is of no use any more.</summary>
    public void Forget(long block)
    {
        if (_byNumber.Remove(block, out LinkedListNode<Block>? node))
        {
            _byUse.Remove(node);
        }
    }

    /// <summary>Writes all changed blocks, and has the device make them durable.</summary>
    /// <returns>The first error; blocks that could not be written stay changed.</returns>
    public Errno Flush()
    {
        Errno first = Errno.Success;
        List<Block> changed = [];
        foreach (Block block in _byUse)
        {
            if (block.IsChanged)
            {
                changed.Add(block);
            }
        }

        changed.Sort(static (left, right) => left.Number.CompareTo(right.Number));
        foreach (Block block in changed)
        {
            Errno error = WriteBack(block);
            first = first == Errno.Success ? error : first;
        }

        return first == Errno.Success ? _device.Flush() : first;
    }

    private Errno Find(long number, bool mustRead, out Block? block)
    {
        if (_byNumber.TryGetValue(number, out LinkedListNode<Block>? node))
        {
            _byUse.Remove(node);
            _byUse.AddFirst(node);
            block = node.Value;
            return Errno.Success;
        }

        block = null;
        Errno error = TakeNode(out node);
        if (error != Errno.Success)
        {
            return error;
        }

        error = mustRead ? _device.Read(number * SectorsPerBlock, node!.Value.Data) : Errno.Success;
        if (error != Errno.Success)
        {
            return error;
        }

        block = node!.Value;
        block.Number = number;
        block.IsChanged = false;
        _byUse.AddFirst(node);
        _byNumber.Add(number, node);
        return Errno.Success;
    }

    /// <summary>A node outside of both lists: a new one, or the least recently used.</summary>
    private Errno TakeNode(out LinkedListNode<Block>? node)
    {
        if (_byUse.Count < _capacity)
        {
            node = new LinkedListNode<Block>(new Block(BlockSize));
            return Errno.Success;
        }

        node = _byUse.Last!;
        Errno error = node.Value.IsChanged ? WriteBack(node.Value) : Errno.Success;
        if (error == Errno.Success)
        {
            _byUse.Remove(node);
            _byNumber.Remove(node.Value.Number);
        }

        return error;
    }

    private Errno WriteBack(Block block)
    {
        Errno error = _device.Write(block.Number * SectorsPerBlock, block.Data);
        block.IsChanged = error != Errno.Success;
        return error;
    }

    private sealed class Block(int size)
    {
        public byte[] Data { get; } = new byte[size];

        public long Number { get; set; }

        public bool IsChanged { get; set; }
    }
}
