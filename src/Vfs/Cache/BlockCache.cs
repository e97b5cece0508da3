namespace KernelSockets.Vfs.Cache;

/// <summary>The blocks of a device that a file system uses, in memory: bounded, those used longest ago go first.</summary>
/// <remarks>
/// Not thread-safe: the file system's lock protects it. Changed blocks of kind <see cref="BlockKind.Data"/> are written when they have to go, together with
/// their changed neighbours; those of other kinds wait for <see cref="WriteOut"/>, which follows the file system's order. A block that the device
/// refuses stays changed, and others go in its place. Neighbours are read and written by one request of at most <see cref="MaxTransfer"/> bytes.
/// Allocates nothing once it is full.
/// </remarks>
internal sealed partial class BlockCache
{
    /// <summary>Bytes held when nothing else is asked for.</summary>
    public const int DefaultBytes = 4 << 20;

    /// <summary>Bytes of the largest request to the device.</summary>
    public const int MaxTransfer = 128 << 10;

    /// <summary>Blocks that the smallest cache holds.</summary>
    private const int MinCapacity = 64;

    private const int SlabBytes = 64 << 10;

    private readonly BlockDevice _device;
    private readonly int _capacity;
    private readonly int _slotLimit;
    private readonly int _slabBlocks;
    private readonly BlockIndex _index;
    private readonly BlockState[] _states;
    private readonly BlockKind[] _kinds;
    private readonly byte[]?[] _onDevice;
    private readonly byte[]?[] _slabs;
    private readonly Stack<byte[]> _spareImages = new();
    private readonly Stack<int> _freeSlots;
    private readonly byte[] _incoming = new byte[MaxTransfer];
    private int _usedSlots;

    /// <summary>A cache.</summary>
    /// <param name="device">The device.</param>
    /// <param name="blockSize">Bytes a block; a multiple of the sector size, at most 4096.</param>
    /// <param name="bytes">Bytes to hold. Half as many more are taken while an operation changes more than may be written before its end.</param>
    public BlockCache(BlockDevice device, int blockSize, long bytes = DefaultBytes)
    {
        _device = device;
        BlockSize = blockSize;
        long useful = Math.Min(bytes, device.SectorCount * BlockDevice.SectorSize);
        _capacity = (int)Math.Clamp(useful / blockSize, MinCapacity, int.MaxValue / 4);
        _slotLimit = _capacity + (_capacity / 2);
        _slabBlocks = SlabBytes / blockSize;
        _index = new BlockIndex(_slotLimit);
        _states = new BlockState[_slotLimit];
        _kinds = new BlockKind[_slotLimit];
        _onDevice = new byte[]?[_slotLimit];
        _slabs = new byte[]?[(_slotLimit + _slabBlocks - 1) / _slabBlocks];
        _freeSlots = new Stack<int>(MinCapacity);
        _sortedNumbers = new long[_slotLimit];
        _sortedSlots = new int[_slotLimit];
    }

    [Flags]
    private enum BlockState : byte
    {
        Clean = 0,

        /// <summary>The device holds something else.</summary>
        Changed = 1,

        /// <summary>The device holds garbage, which nothing may lead to before the block is written.</summary>
        Fresh = 2,

        /// <summary>The device has refused it.</summary>
        Refused = 4,
    }

    /// <summary>Bytes a block.</summary>
    public int BlockSize { get; }

    /// <summary>True when so many blocks wait for <see cref="WriteOut"/> that the next operation should wait for it, too.</summary>
    public bool IsCrowded => _orderedCount > _capacity / 4;

    /// <summary>True when more blocks than the cache may hold for ever have been refused by the device.</summary>
    public bool IsStuck => _refusedCount > _capacity / 2;

    private int SectorsPerBlock => BlockSize / BlockDevice.SectorSize;

    private int MaxTransferBlocks => MaxTransfer / BlockSize;

    /// <summary>Copies bytes out of a block.</summary>
    /// <returns><see cref="Errno.EIO"/> from the medium.</returns>
    public Errno Read(long block, int offset, Span<byte> data) => ReadRun(block, offset, data, runLength: 1);

    /// <summary>Copies bytes out of neighbouring blocks.</summary>
    /// <param name="block">The first one.</param>
    /// <param name="offset">Where in it to begin.</param>
    /// <param name="data">Where to.</param>
    /// <param name="runLength">Blocks from the first on that are worth a common request: those wanted and those to be read ahead.</param>
    /// <returns><see cref="Errno.EIO"/> from the medium.</returns>
    public Errno ReadRun(long block, int offset, Span<byte> data, int runLength)
    {
        while (!data.IsEmpty)
        {
            int slot = _index.Find(block);
            if (slot == BlockIndex.None)
            {
                Errno error = Fill(block, runLength, out slot);
                if (error != Errno.Success)
                {
                    return error;
                }
            }

            _index.Touch(slot);
            int count = Math.Min(BlockSize - offset, data.Length);
            Bytes(slot).Slice(offset, count).CopyTo(data);
            data = data[count..];
            offset = 0;
            block++;
            runLength--;
        }

        return Errno.Success;
    }

    /// <summary>Looks at a block where it lies; what is seen is good until the next call of the cache that may read, change or drop a block.</summary>
    /// <returns><see cref="Errno.EIO"/> from the medium.</returns>
    public Errno View(long block, out ReadOnlySpan<byte> bytes)
    {
        int slot = _index.Find(block);
        Errno error = slot == BlockIndex.None ? Fill(block, runLength: 1, out slot) : Errno.Success;
        bytes = default;
        if (error == Errno.Success)
        {
            _index.Touch(slot);
            bytes = Bytes(slot);
        }

        return error;
    }

    /// <summary>Copies bytes into a block; the device sees them later.</summary>
    /// <returns><see cref="Errno.EIO"/> from the medium, also when it has refused too many blocks.</returns>
    public Errno Write(long block, int offset, ReadOnlySpan<byte> data, BlockKind kind)
    {
        Errno error = Change(block, kind, mustRead: data.Length < BlockSize, out int slot);
        if (error == Errno.Success)
        {
            data.CopyTo(Bytes(slot)[offset..]);
        }

        return error;
    }

    /// <summary>Fills a block with zeros from an offset on.</summary>
    public Errno ClearFrom(long block, int offset, BlockKind kind)
    {
        Errno error = Change(block, kind, mustRead: offset > 0, out int slot);
        if (error == Errno.Success)
        {
            Bytes(slot)[offset..].Clear();
        }

        return error;
    }

    /// <summary>Begins a block with zeros, whatever the device holds.</summary>
    public Errno Begin(long block, BlockKind kind)
    {
        Forget(block);
        Errno error = Change(block, kind, mustRead: false, out int slot);
        if (error == Errno.Success)
        {
            Bytes(slot).Clear();
            _onDevice[slot].AsSpan().Clear();
            _states[slot] |= BlockState.Fresh;
        }

        return error;
    }

    /// <summary>What the device holds in a block, as far as it matters: the content itself unless it is changed.</summary>
    /// <returns>Valid until the next call; empty when the block is not held.</returns>
    public ReadOnlySpan<byte> OnDevice(long block)
    {
        int slot = _index.Find(block);
        return slot == BlockIndex.None ? default : _onDevice[slot] ?? (ReadOnlySpan<byte>)Bytes(slot);
    }

    /// <summary>Drops a block whose content is of no use any more.</summary>
    public void Forget(long block)
    {
        int slot = _index.Find(block);
        if (slot != BlockIndex.None)
        {
            MarkClean(slot);
            _index.Remove(slot);
            _freeSlots.Push(slot);
        }
    }

    private Span<byte> Bytes(int slot) => _slabs[slot / _slabBlocks].AsSpan(slot % _slabBlocks * BlockSize, BlockSize);

    private static bool KeepsDeviceImage(BlockKind kind) => kind is BlockKind.Inodes or BlockKind.Directory;

    /// <summary>Finds a block that is about to be changed.</summary>
    private Errno Change(long block, BlockKind kind, bool mustRead, out int slot)
    {
        slot = _index.Find(block);
        if (slot == BlockIndex.None)
        {
            Errno error = IsStuck ? Errno.EIO : mustRead ? Fill(block, runLength: 1, out slot) : TakeSlot(out slot);
            if (error != Errno.Success)
            {
                return error;
            }

            if (!mustRead)
            {
                _index.Add(slot, block);
            }
        }

        _index.Touch(slot);
        if ((_states[slot] & BlockState.Changed) == 0)
        {
            _states[slot] = BlockState.Changed;
            _kinds[slot] = kind;
            _orderedCount += kind == BlockKind.Data ? 0 : 1;
            if (KeepsDeviceImage(kind))
            {
                byte[] image = _spareImages.TryPop(out byte[]? spare) ? spare : new byte[BlockSize];
                Bytes(slot).CopyTo(image);
                _onDevice[slot] = image;
            }
        }

        return Errno.Success;
    }

    private void MarkClean(int slot)
    {
        if ((_states[slot] & BlockState.Changed) != 0)
        {
            _orderedCount -= _kinds[slot] == BlockKind.Data ? 0 : 1;
            _refusedCount -= (_states[slot] & BlockState.Refused) != 0 ? 1 : 0;
            _states[slot] = BlockState.Clean;
        }

        if (_onDevice[slot] is { } image)
        {
            _spareImages.Push(image);
            _onDevice[slot] = null;
        }
    }

    /// <summary>Reads a block that is not held, and by the same request those behind it that are not held either.</summary>
    private Errno Fill(long block, int runLength, out int slot)
    {
        int count = 1;
        int most = Math.Min(Math.Min(runLength, MaxTransferBlocks), _capacity / 2);
        while (count < most && _index.Find(block + count) == BlockIndex.None)
        {
            count++;
        }

        Errno error = TakeSlot(out slot);
        if (error != Errno.Success)
        {
            return error;
        }

        Span<byte> incoming = _incoming.AsSpan(0, count * BlockSize);
        error = _device.Read(block * SectorsPerBlock, incoming);
        if (error != Errno.Success && count > 1)
        {
            // What was to be read ahead may be at fault.
            count = 1;
            incoming = incoming[..BlockSize];
            error = _device.Read(block * SectorsPerBlock, incoming);
        }

        if (error != Errno.Success)
        {
            _freeSlots.Push(slot);
            return error;
        }

        incoming[..BlockSize].CopyTo(Bytes(slot));
        _index.Add(slot, block);
        for (int i = 1; i < count && TakeSlot(out int next) == Errno.Success; i++)
        {
            incoming.Slice(i * BlockSize, BlockSize).CopyTo(Bytes(next));
            _index.Add(next, block + i);
        }

        return Errno.Success;
    }

    /// <summary>A slot that holds nothing: a new one, or that of a block used long ago.</summary>
    private Errno TakeSlot(out int slot)
    {
        if (_freeSlots.TryPop(out slot))
        {
            return Errno.Success;
        }

        if (_usedSlots < _capacity)
        {
            slot = AddSlot();
            return Errno.Success;
        }

        for (int tries = 0; tries < _usedSlots; tries++)
        {
            slot = _index.Oldest;
            if (IsWritableContent(slot))
            {
                WriteAround(slot);
            }

            if ((_states[slot] & BlockState.Changed) == 0)
            {
                _index.Remove(slot);
                return Errno.Success;
            }

            _index.Touch(slot);
        }

        if (_usedSlots == _slotLimit)
        {
            slot = BlockIndex.None;
            return Errno.EIO;
        }

        slot = AddSlot();
        return Errno.Success;
    }

    private int AddSlot()
    {
        int slot = _usedSlots++;
        // Pinned: the collector need not move what lives as long as the mount.
        _slabs[slot / _slabBlocks] ??= GC.AllocateUninitializedArray<byte>(_slabBlocks * BlockSize, pinned: true);
        return slot;
    }
}
