using KernelSockets.Vfs.Cache;

namespace KernelSockets.Vfs.Minix;

/// <summary>A mounted minix file system: its layout, blocks, maps and the inodes in use.</summary>
/// <remarks>One lock protects all of it, inodes included; it is held over transfers from and to the device.</remarks>
internal sealed partial class MinixSuperBlock : SuperBlock
{
    /// <summary>Most inodes that are kept in memory though nobody holds them.</summary>
    public const int MaxIdleInodes = 1024;

    /// <summary>Number of the root directory.</summary>
    public const uint RootNumber = 1;

    /// <summary>Protects everything of this file system.</summary>
    private readonly Lock _gate = new();
    private readonly Dictionary<uint, MinixInode> _inodes = []; // in use, or kept
    private readonly Queue<(MinixInode Inode, long Since)> _idle = new(); // kept, the oldest first; some stand there more than once
    private long _idleTime;

    public MinixSuperBlock(MinixFileSystem operations, DeviceNumber number, BlockDevice device, MinixLayout layout)
        : base(operations, number)
    {
        Layout = layout;
        Cache = new BlockCache(device, layout.BlockSize, operations.CacheBytes);
        InodeMap = new MinixBitmap(Cache, MinixLayout.MapStart, layout.InodeCount + 1);
        ZoneMap = new MinixBitmap(Cache, layout.ZoneMapStart, layout.DataZoneCount + 1);
        _order = new MinixWriteOrder(layout.Variant);
        _device = device;
        _clock = operations.Clock;
    }

    /// <summary>Where everything lies.</summary>
    public MinixLayout Layout { get; }

    /// <summary>Its blocks.</summary>
    public BlockCache Cache { get; }

    /// <summary>Inodes that could not be freed because the device failed.</summary>
    public long LostInodes { get; set; }

    /// <summary>Inodes in use: bit n for inode n.</summary>
    public MinixBitmap InodeMap { get; }

    /// <summary>Zones in use: bit n for zone FirstDataZone + n - 1.</summary>
    public MinixBitmap ZoneMap { get; }

    /// <summary>Enters the gate; nothing interrupts that, since few callers could leave what they do half done.</summary>
    public Hold Enter()
    {
        _gate.EnterUninterrupted();
        return new Hold(_gate);
    }

    /// <summary>Reads the maps; once, when mounting.</summary>
    public Errno LoadMaps()
    {
        Errno error = InodeMap.Load();
        return error == Errno.Success ? ZoneMap.Load() : error;
    }

    /// <summary>An inode by number, from memory or the table, with a reference for the caller.</summary>
    /// <returns><see cref="Errno.EUCLEAN"/> for a number that is none, or an inode without a type or a name; <see cref="Errno.EIO"/>.</returns>
    public Errno TryGet(uint number, out MinixInode? inode)
    {
        if (_inodes.TryGetValue(number, out inode))
        {
            inode.Hold();
            return Errno.Success;
        }

        Span<byte> bytes = stackalloc byte[Layout.Variant.InodeSize];
        Errno error = Load(number, bytes);
        if (error != Errno.Success)
        {
            return error;
        }

        MinixInode loaded = new(this, number);
        loaded.Load(bytes);
        if (loaded.LinkCount == 0 || !IsKnownType(loaded.Mode) || loaded.Size > Layout.MaxFileSize)
        {
            // Not in the table of inodes in use: its release finds nothing to do.
            loaded.Release();
            return Errno.EUCLEAN;
        }

        _inodes.Add(number, loaded);
        inode = loaded;
        return Errno.Success;
    }

    /// <summary>Takes a free inode, with a reference for the caller and no name yet.</summary>
    /// <returns><see cref="Errno.ENOSPC"/>, <see cref="Errno.EIO"/>.</returns>
    public Errno TryCreate(InodeMode mode, DateTimeOffset now, out MinixInode? inode)
    {
        inode = null;
        Errno error = Take(InodeMap, 0, out uint number);
        if (error != Errno.Success)
        {
            return error;
        }

        if (_inodes.ContainsKey(number))
        {
            // A damaged map called an inode free that is in use; now it does no longer.
            return Errno.EUCLEAN;
        }

        inode = new MinixInode(this, number)
        {
            Mode = mode,
            LinkCount = 0,
            AccessTime = now,
            ModificationTime = now,
            ChangeTime = now,
        };
        _inodes.Add(number, inode);
        return Errno.Success;
    }

    /// <summary>Puts an inode into the table.</summary>
    public Errno Store(MinixInode inode)
    {
        Span<byte> bytes = stackalloc byte[Layout.Variant.InodeSize];
        inode.Store(bytes);
        (uint block, int offset) = Locate((uint)inode.Number);
        return Cache.Write(block, offset, bytes, BlockKind.Inodes);
    }

    /// <summary>Whether an inode has names.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="isNamed">False also for a number that is none.</param>
    /// <returns><see cref="Errno.EIO"/>.</returns>
    public Errno FindNamed(uint number, out bool isNamed)
    {
        isNamed = false;
        if (_inodes.TryGetValue(number, out MinixInode? inode))
        {
            isNamed = inode.LinkCount > 0;
            return Errno.Success;
        }

        Span<byte> bytes = stackalloc byte[Layout.Variant.InodeSize];
        Errno error = Load(number, bytes);
        isNamed = error == Errno.Success && MinixInode.LinksOf(Layout.Variant, bytes) > 0;
        return error == Errno.EUCLEAN ? Errno.Success : error;
    }

    /// <summary>Lets go of an inode that nobody holds; frees it when it has no name.</summary>
    public Errno Drop(MinixInode inode)
    {
        // Somebody may have found it again before the lock was taken, or even let go again: then this has been done.
        uint number = (uint)inode.Number;
        if (inode.References > 0 || !_inodes.TryGetValue(number, out MinixInode? known) || known != inode)
        {
            return Errno.Success;
        }

        if (inode is { LinkCount: > 0, OrphanedFrom: null })
        {
            Keep(inode);
            return Errno.Success;
        }

        _inodes.Remove(number);
        inode.OrphanedFrom?.Release();
        if (inode.LinkCount > 0)
        {
            return Errno.Success;
        }

        NoteChange();
        Errno error = MinixZones.Truncate(inode, 0);
        inode.Mode = InodeMode.None;
        Errno stored = Store(inode);
        Errno returned = InodeMap.Return(number);
        return error != Errno.Success ? error : stored != Errno.Success ? stored : returned;
    }

    /// <summary>Keeps an inode that nobody holds for whoever wants it next; the one kept longest makes room.</summary>
    private void Keep(MinixInode inode)
    {
        inode.IdleSince = ++_idleTime;
        _idle.Enqueue((inode, inode.IdleSince));
        while (_idle.Count > MaxIdleInodes)
        {
            // One that was wanted meanwhile stands in the queue once more, or is in use.
            (MinixInode oldest, long since) = _idle.Dequeue();
            if (oldest.References == 0 && oldest.IdleSince == since && _inodes.TryGetValue((uint)oldest.Number, out MinixInode? known) && known == oldest)
            {
                _inodes.Remove((uint)oldest.Number);
            }
        }
    }

    /// <summary>Takes a free zone, the one behind another if it is free.</summary>
    public Errno TakeZone(uint previous, out uint zone)
    {
        uint wished = IsDataZone(previous) ? previous - Layout.FirstDataZone + 2 : 0;
        Errno error = Take(ZoneMap, wished, out uint bit);
        zone = error == Errno.Success ? Layout.FirstDataZone + bit - 1 : 0;
        return error;
    }

    /// <summary>Frees a zone. Its content stays readable until <see cref="BlockCache.Forget"/>, and nobody else gets it before everything is written.</summary>
    /// <returns><see cref="Errno.EUCLEAN"/> when it was free.</returns>
    public Errno ReturnZone(uint zone) => IsDataZone(zone) ? ZoneMap.Return(zone - Layout.FirstDataZone + 1) : Errno.EUCLEAN;

    /// <summary>True for zones that can belong to files.</summary>
    public bool IsDataZone(uint zone) => zone >= Layout.FirstDataZone && zone < Layout.ZoneCount;

    /// <summary>Reads an inode of the table, whatever it is.</summary>
    /// <returns><see cref="Errno.EUCLEAN"/> for a number that is none, <see cref="Errno.EIO"/>.</returns>
    public Errno Load(uint number, Span<byte> bytes)
    {
        if (number == 0 || number > Layout.InodeCount)
        {
            return Errno.EUCLEAN;
        }

        (uint block, int offset) = Locate(number);
        return Cache.Read(block, offset, bytes);
    }

    /// <summary>True for the types that an inode can have.</summary>
    public static bool IsKnownType(InodeMode mode) => mode.Type() is InodeMode.Regular or InodeMode.Directory or InodeMode.SymbolicLink or InodeMode.Fifo
        or InodeMode.Socket or InodeMode.CharacterDevice or InodeMode.BlockDevice;

    /// <summary>Takes a bit, and writes everything back first where that is needed to have one free.</summary>
    private Errno Take(MinixBitmap map, uint wished, out uint bit)
    {
        Errno error = map.Take(wished, out bit);
        if (error == Errno.ENOSPC && map.HasReturned)
        {
            error = WriteBack();
            error = error == Errno.Success ? map.Take(wished, out bit) : error;
        }

        return error;
    }

    private (uint Block, int Offset) Locate(uint number) =>
        (Layout.InodeTableStart + ((number - 1) / Layout.InodesPerBlock), (int)((number - 1) % Layout.InodesPerBlock) * Layout.Variant.InodeSize);

    /// <summary>Leaves the gate at its end.</summary>
    public readonly ref struct Hold(Lock gate)
    {
        /// <summary>Leaves the gate.</summary>
        public void Dispose() => gate.Exit();
    }
}
