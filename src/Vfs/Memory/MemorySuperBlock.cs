namespace KernelSockets.Vfs.Memory;

/// <summary>A file system in memory: its bounds and what of them is in use.</summary>
internal sealed class MemorySuperBlock : SuperBlock
{
    /// <summary>Bytes a page.</summary>
    public const int PageSize = 4096;

    private readonly int _maxPages;
    private readonly int _maxInodes;
    private int _pages;
    private int _inodes;
    private ulong _lastNumber;

    public MemorySuperBlock(FileSystemOps operations, DeviceNumber device, int maxPages, int maxInodes)
        : base(operations, device)
    {
        _maxPages = maxPages;
        _maxInodes = maxInodes;
    }

    /// <summary>Protects names, parents and the numbers of all inodes. Taken before an inode's gate.</summary>
    public Lock Tree { get; } = new();

    /// <summary>Bounds and use.</summary>
    public FileSystemStatistics Statistics(uint magic) =>
        new(magic, PageSize, _maxPages, _maxPages - _pages, _maxInodes, _maxInodes - _inodes, MaxNameLength);

    /// <summary>Takes an inode number. Under <see cref="Tree"/>.</summary>
    public bool TryTakeInode(out ulong number)
    {
        number = 0;
        if (_inodes == _maxInodes)
        {
            return false;
        }

        _inodes++;
        number = ++_lastNumber;
        return true;
    }

    /// <summary>Returns an inode's place. Under <see cref="Tree"/>.</summary>
    public void ReturnInode() => _inodes--;

    /// <summary>Takes a page from the bound.</summary>
    public bool TryTakePage()
    {
        if (Interlocked.Increment(ref _pages) <= _maxPages)
        {
            return true;
        }

        Interlocked.Decrement(ref _pages);
        return false;
    }

    /// <summary>Returns pages to the bound.</summary>
    public void ReturnPages(int count) => Interlocked.Add(ref _pages, -count);
}
