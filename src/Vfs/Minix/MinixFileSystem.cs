using KernelSockets.Vfs.Cache;
using KernelSockets.Vfs.Minix.Check;

namespace KernelSockets.Vfs.Minix;

/// <summary>The minix file system, versions 1, 2 and 3, reading and writing.</summary>
/// <remarks>
/// Called by the VFS, from tasks; everything of one mount is under its super block's lock. Changes reach the device when the cache needs room, when they are
/// old, and at fsync, sync and unmount, always in the order of <see cref="WriteStage"/>. Access times are not kept up (as with noatime).
/// </remarks>
public sealed partial class MinixFileSystem : FileSystemOps
{
    private readonly Clock _clock;

    /// <summary>The file system.</summary>
    /// <param name="clock">Stamps the times.</param>
    public MinixFileSystem(Clock clock) => _clock = clock;

    /// <summary>Bytes of blocks that each file system mounted from now on may hold in memory.</summary>
    public long CacheBytes { get; set; } = BlockCache.DefaultBytes;

    /// <summary>Stamps the times.</summary>
    internal Clock Clock => _clock;

    /// <inheritdoc/>
    public override FileSystemType Type => FileSystemType.Minix;

    /// <inheritdoc/>
    public override string Name => "minix";

    /// <inheritdoc/>
    /// <remarks>Options: <c>version=1|2|3</c>, <c>names=14|30|60</c>, <c>inodes=N</c>, parted by commas. The usual is version 3.</remarks>
    public override Errno MakeFileSystem(BlockDevice device, string options)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(options);
        return MinixFormat.Make(this, device, options, _clock.UtcNow);
    }

    /// <inheritdoc/>
    public override Errno Check(BlockDevice device, CheckOptions options, Action<string> report, out CheckOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(report);
        return MinixChecker.Run(this, device, options, report, out outcome);
    }

    /// <inheritdoc/>
    public override bool RequiresDevice => true;

    /// <inheritdoc/>
    public override Errno Super(BlockDevice? device, DeviceNumber number, bool isReadOnly, out SuperBlock? superBlock)
    {
        superBlock = null;
        byte[] bytes = new byte[MinixLayout.Size];
        Errno error = ReadLayout(device, bytes, out MinixLayout? layout);
        if (error != Errno.Success)
        {
            return error;
        }

        MinixSuperBlock volume = new(this, number, device!, layout!)
        {
            IsReadOnly = isReadOnly,
            KeepsNames = true,
            BlockSize = layout!.BlockSize,
            MaxNameLength = layout.Variant.NameLength,
            IsUnclean = !MinixLayout.IsClean(layout.Variant, bytes),
        };
        error = volume.LoadMaps();
        if (error == Errno.Success)
        {
            error = LoadRoot(volume);
        }

        superBlock = error == Errno.Success ? volume : null;
        return error;
    }

    /// <inheritdoc/>
    public override Errno Synchronize(SuperBlock superBlock)
    {
        MinixSuperBlock volume = (MinixSuperBlock)superBlock;
        using (volume.Enter())
        {
            return volume.IsReadOnly ? Errno.Success : volume.Synchronize();
        }
    }

    /// <inheritdoc/>
    public override Errno WriteBack(SuperBlock superBlock, TimeSpan age)
    {
        MinixSuperBlock volume = (MinixSuperBlock)superBlock;
        using (volume.Enter())
        {
            return volume.IsReadOnly ? Errno.Success : volume.WriteBack(age);
        }
    }

    /// <inheritdoc/>
    public override Errno Settle(SuperBlock superBlock)
    {
        MinixSuperBlock volume = (MinixSuperBlock)superBlock;
        using (volume.Enter())
        {
            return volume.IsReadOnly ? Errno.Success : volume.Settle();
        }
    }

    /// <inheritdoc/>
    public override Errno StatFileSystem(SuperBlock superBlock, out FileSystemStatistics statistics)
    {
        MinixSuperBlock volume = (MinixSuperBlock)superBlock;
        using (volume.Enter())
        {
            MinixLayout layout = volume.Layout;
            statistics = new FileSystemStatistics(
                layout.Variant.Magic, layout.BlockSize, layout.DataZoneCount, volume.ZoneMap.FreeCount, layout.InodeCount, volume.InodeMap.FreeCount,
                layout.Variant.NameLength);
        }

        return Errno.Success;
    }

    /// <inheritdoc/>
    public override Errno Open(Inode directory, ReadOnlySpan<byte> name, OpenFlags flags, InodeMode mode, out Inode? inode)
    {
        inode = null;
        MinixInode parent = Of(directory);
        using (parent.Volume.Enter())
        {
            Errno error = MinixDirectory.Find(parent, name, out uint number, out _);
            MinixInode? found = null;
            if (error == Errno.Success)
            {
                error = flags.HasFlag(OpenFlags.Create | OpenFlags.Exclusive) ? Errno.EEXIST : parent.Volume.TryGet(number, out found);
            }
            else if (error == Errno.ENOENT && flags.HasFlag(OpenFlags.Create))
            {
                error = parent.Volume.BeginChange();
                error = error == Errno.Success ? Add(parent, name, InodeMode.Regular | (mode & InodeMode.PermissionMask), out found) : error;
            }

            inode = error == Errno.Success ? found : null;
            return error;
        }
    }

    /// <inheritdoc/>
    public override void Close(Inode inode)
    {
        MinixInode minix = Of(inode);
        using (minix.Volume.Enter())
        {
            // Nobody is left to hear of an error; what could not be freed is lost space, which fsck finds.
            minix.Volume.LostInodes += minix.Volume.Drop(minix) == Errno.Success ? 0 : 1;
        }
    }

    /// <inheritdoc/>
    public override IoResult Read(OpenFile file, Span<byte> data, ref long position)
    {
        ArgumentNullException.ThrowIfNull(file);
        MinixInode inode = Of(file.Inode);
        if (!inode.Mode.IsRegular())
        {
            return base.Read(file, data, ref position);
        }

        using (inode.Volume.Enter())
        {
            IoResult result = MinixZones.Read(inode, position, data);
            position += result.Count;
            return result;
        }
    }

    /// <inheritdoc/>
    public override IoResult Write(OpenFile file, ReadOnlySpan<byte> data, ref long position)
    {
        ArgumentNullException.ThrowIfNull(file);
        MinixInode inode = Of(file.Inode);
        if (!inode.Mode.IsRegular())
        {
            return base.Write(file, data, ref position);
        }

        using (inode.Volume.Enter())
        {
            long start = file.IsAppending ? inode.Size : position;
            IoResult result = WritePieces(inode, start, data);
            position = result.Count > 0 ? start + result.Count : position;
            return result;
        }
    }

    /// <inheritdoc/>
    public override Errno Truncate(Inode inode, long size)
    {
        MinixInode minix = Of(inode);
        if (!minix.Mode.IsRegular() || size < 0)
        {
            return base.Truncate(inode, size);
        }

        using (minix.Volume.Enter())
        {
            Errno error = minix.Volume.BeginChange();
            error = error == Errno.Success ? MinixZones.Truncate(minix, size) : error;
            if (error == Errno.EFBIG)
            {
                return error;
            }

            minix.ModificationTime = minix.ChangeTime = _clock.UtcNow;
            Errno stored = minix.Volume.Store(minix);
            return error == Errno.Success ? stored : error;
        }
    }

    /// <inheritdoc/>
    public override Errno Change(Inode inode, in InodeChange change)
    {
        MinixInode minix = Of(inode);
        using (minix.Volume.Enter())
        {
            Errno error = minix.Volume.BeginChange();
            if (error != Errno.Success)
            {
                return error;
            }

            change.ApplyTo(minix);
            return minix.Volume.Store(minix);
        }
    }

    /// <inheritdoc/>
    public override Errno Stat(Inode inode, out FileStat stat)
    {
        MinixInode minix = Of(inode);
        using (minix.Volume.Enter())
        {
            base.Stat(inode, out stat);
            long zones = minix.HasZones ? MinixZones.Count(minix.Volume.Layout, minix.Size) : 0;
            stat = stat with { BlockCount = zones * minix.Volume.Layout.BlockSize / BlockDevice.SectorSize };
            return Errno.Success;
        }
    }

    /// <inheritdoc/>
    public override Errno Namei(Inode directory, ReadOnlySpan<byte> name, out Inode? inode)
    {
        inode = null;
        MinixInode parent = Of(directory);
        using (parent.Volume.Enter())
        {
            if (parent.LinkCount == 0)
            {
                // The entries of a removed directory lead to inodes that may be others' by now.
                inode = name.SequenceEqual(".."u8) && parent.OrphanedFrom is { LinkCount: > 0 } above ? above : null;
                inode?.Hold();
                return inode is null ? Errno.ENOENT : Errno.Success;
            }

            Errno error = MinixDirectory.Find(parent, name, out uint number, out _);
            if (error == Errno.Success)
            {
                error = parent.Volume.TryGet(number, out MinixInode? found);
                inode = found;
            }

            return error;
        }
    }

    /// <inheritdoc/>
    public override IoResult ReadLink(Inode inode, Span<byte> target)
    {
        MinixInode link = Of(inode);
        if (!link.Mode.IsSymbolicLink())
        {
            return Errno.EINVAL;
        }

        using (link.Volume.Enter())
        {
            return MinixZones.Read(link, 0, target);
        }
    }

    /// <inheritdoc/>
    public override IoResult ReadDirectory(OpenFile file, DirectoryEntry entry, ref long position)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(entry);
        MinixInode directory = Of(file.Inode);
        if (!directory.Mode.IsDirectory())
        {
            return Errno.ENOTDIR;
        }

        using (directory.Volume.Enter())
        {
            return directory.LinkCount == 0 ? IoResult.Ok(0) : MinixDirectory.ReadNext(directory, ref position, entry);
        }
    }

    /// <inheritdoc/>
    public override Errno Sync(OpenFile file, bool isDataOnly)
    {
        ArgumentNullException.ThrowIfNull(file);
        return Synchronize(file.Inode.SuperBlock);
    }

    /// <summary>Reads and checks the super block of a device.</summary>
    /// <param name="device">The device; null for none.</param>
    /// <param name="bytes">The super block, <see cref="MinixLayout.Size"/> bytes.</param>
    /// <param name="layout">What it says; null on failure.</param>
    /// <returns><see cref="Errno.EINVAL"/>, <see cref="Errno.EUCLEAN"/>, <see cref="Errno.EIO"/>.</returns>
    internal static Errno ReadLayout(BlockDevice? device, Span<byte> bytes, out MinixLayout? layout)
    {
        layout = null;
        long deviceBytes = (device?.SectorCount ?? 0) * BlockDevice.SectorSize;
        if (deviceBytes < MinixLayout.Position + MinixLayout.Size)
        {
            return Errno.EINVAL;
        }

        Errno error = device!.Read(MinixLayout.Position / BlockDevice.SectorSize, bytes);
        return error == Errno.Success ? MinixLayout.TryParse(bytes, deviceBytes, out layout) : error;
    }

    private static MinixInode Of(Inode inode) => (MinixInode)inode;

    private static Errno LoadRoot(MinixSuperBlock volume)
    {
        Errno error = volume.TryGet(MinixSuperBlock.RootNumber, out MinixInode? root);
        if (error == Errno.Success && !root!.Mode.IsDirectory())
        {
            root.Release();
            return Errno.EUCLEAN;
        }

        volume.Root = root;
        return error;
    }

    /// <summary>Writes in pieces, so that what must wait for the end of a change never fills the cache.</summary>
    private IoResult WritePieces(MinixInode inode, long start, ReadOnlySpan<byte> data)
    {
        const int piece = 256 << 10;
        MinixSuperBlock volume = inode.Volume;
        int done = 0;
        while (true)
        {
            Errno error = volume.BeginChange();
            int wanted = Math.Min(piece, data.Length - done);
            IoResult result = error == Errno.Success ? MinixZones.Write(inode, start + done, data.Slice(done, wanted)) : error;
            done += result.Count;
            if (result.Count > 0)
            {
                inode.ModificationTime = inode.ChangeTime = _clock.UtcNow;
            }

            // Zones may have been taken before an error, too.
            Errno stored = error == Errno.Success ? volume.Store(inode) : error;
            if (stored != Errno.Success)
            {
                return stored;
            }

            if (result.Count < wanted || done == data.Length)
            {
                return done > 0 ? IoResult.Ok(done) : result;
            }
        }
    }
}
