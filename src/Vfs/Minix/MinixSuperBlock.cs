using KernelSockets.Vfs.Cache;

namespace KernelSockets.Vfs.Minix;

/// <summary>A mounted minix file system: its layout, blocks, maps and the inodes in use.</summary>
/// <remarks>One lock protects all of it, inodes included; it is held over transfers from and to the device.</remarks>
internal sealed class MinixSuperBlock : SuperBlock
{
    /// <summary>Number of the root directory.</summary>
    public const uint RootNumber = 1;

    private readonly Dictionary<uint, MinixInode> _inodes = [];

    public MinixSuperBlock(MinixFileSystem operations, DeviceNumber number, BlockDevice device, MinixLayout layout)
        : base(operations, number)
    {
        Layout = layout;
        Cache = new BlockCache(device, layout.BlockSize);
        InodeMap = new MinixBitmap(Cache, MinixLayout.MapStart, layout.InodeCount + 1);
        ZoneMap = new MinixBitmap(Cache, layout.ZoneMapStart, layout.DataZoneCount + 1);
    }

    /// <summary>Protects everything of this file system.</summary>
    public Lock Gate { get; } = new();

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

    /// <summary>Counts what is free; once, when mounting.</summary>
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

        if (number == 0 || number > Layout.InodeCount)
        {
            return Errno.EUCLEAN;
        }

        Span<byte> bytes = stackalloc byte[Layout.Variant.InodeSize];
        (uint block, int offset) = Locate(number);
        Errno error = Cache.Read(block, offset, bytes);
        if (error != Errno.Success)
        {
            return error;
        }

        MinixInode loaded = new(this, number);
        loaded.Load(bytes);
        if (loaded.LinkCount == 0 || loaded.Mode.Type() == InodeMode.None)
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
        Errno error = InodeMap.Take(out uint number);
        if (error != Errno.Success)
        {
            return error;
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
        return Cache.Write(block, offset, bytes);
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

        _inodes.Remove(number);
        inode.OrphanedFrom?.Release();
        if (inode.LinkCount > 0)
        {
            return Errno.Success;
        }

        Errno error = MinixZones.Truncate(inode, 0);
        inode.Mode = InodeMode.None;
        Errno stored = Store(inode);
        Errno returned = InodeMap.Return(number);
        return error != Errno.Success ? error : stored != Errno.Success ? stored : returned;
    }

    /// <summary>Takes a free zone.</summary>
    public Errno TakeZone(out uint zone)
    {
        Errno error = ZoneMap.Take(out uint bit);
        zone = error == Errno.Success ? Layout.FirstDataZone + bit - 1 : 0;
        return error;
    }

    /// <summary>Frees a zone, and forgets what was in it.</summary>
    public Errno ReturnZone(uint zone)
    {
        if (!IsDataZone(zone))
        {
            return Errno.EUCLEAN;
        }

        Cache.Forget(zone);
        return ZoneMap.Return(zone - Layout.FirstDataZone + 1);
    }

    /// <summary>True for zones that can belong to files.</summary>
    public bool IsDataZone(uint zone) => zone >= Layout.FirstDataZone && zone < Layout.ZoneCount;

    private (uint Block, int Offset) Locate(uint number) =>
        (Layout.InodeTableStart + ((number - 1) / Layout.InodesPerBlock), (int)((number - 1) % Layout.InodesPerBlock) * Layout.Variant.InodeSize);
}
