namespace KernelSockets.Vfs.Minix;

/// <summary>
/// Goes through the entries of a directory, a block at a time; none reaches over the end of a block. Holes are passed over. Without a buffer
/// entries are looked at in the cache itself, so that nothing else may be done with it between one and the next.
/// </summary>
/// <param name="directory">The directory.</param>
/// <param name="start">Byte where the first entry begins.</param>
/// <param name="buffer">Room for a block, or nothing.</param>
internal ref struct MinixDirectoryReader(MinixInode directory, long start, Span<byte> buffer = default)
{
    private readonly MinixVariant _variant = directory.Volume.Layout.Variant;
    private readonly int _blockSize = directory.Volume.Layout.BlockSize;
    private readonly Span<byte> _copy = buffer;
    private ReadOnlySpan<byte> _block;
    private long _next = start;
    private long _blockHeld = -1;
    private uint _zone;

    /// <summary>Byte of the directory where the entry begins.</summary>
    public long Position { get; private set; }

    /// <summary>What ended the reading; success at the end of the directory.</summary>
    public Errno Error { get; private set; }

    /// <summary>Number of the entry's inode; 0 for a free entry.</summary>
    public readonly uint Number => MinixDirectory.NumberOf(_variant, Entry);

    /// <summary>The entry's name.</summary>
    public readonly ReadOnlySpan<byte> Name => MinixDirectory.NameOf(_variant, Entry);

    /// <summary>The entry as the device has it.</summary>
    public readonly ReadOnlySpan<byte> OnDevice
    {
        get
        {
            ReadOnlySpan<byte> block = directory.Volume.Cache.OnDevice(_zone);
            return block.IsEmpty ? Entry : block.Slice((int)(Position % _blockSize), _variant.EntrySize);
        }
    }

    private readonly ReadOnlySpan<byte> Entry => _block.Slice((int)(Position % _blockSize), _variant.EntrySize);

    /// <summary>True when the entry has a name.</summary>
    public readonly bool IsNamed(ReadOnlySpan<byte> name)
    {
        // The first byte decides most comparisons.
        ReadOnlySpan<byte> own = Entry[_variant.EntryNumberSize..];
        return own[0] == name[0] && own.StartsWith(name) && (own.Length == name.Length || own[name.Length] == 0);
    }

    /// <summary>Goes to the next entry.</summary>
    public bool TryNext()
    {
        while (_next + _variant.EntrySize <= directory.Size && Error == Errno.Success)
        {
            long block = _next / _blockSize;
            if (block == _blockHeld || TryLoad(block))
            {
                Position = _next;
                _next += _variant.EntrySize;
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads a block; passes a hole over.</summary>
    private bool TryLoad(long block)
    {
        Error = MinixZoneMap.Find(directory, block, out ZoneRun run);
        if (Error != Errno.Success)
        {
            return false;
        }

        if (run.Zone == 0)
        {
            _next = (block + run.Count) * _blockSize;
            return false;
        }

        _blockHeld = block;
        _zone = run.Zone;
        Error = directory.Volume.Cache.View(run.Zone, out _block);
        if (Error == Errno.Success && !_copy.IsEmpty)
        {
            _block.CopyTo(_copy);
            _block = _copy;
        }

        return Error == Errno.Success;
    }
}
