namespace KernelSockets.Vfs.Minix;

/// <summary>The minix file system, versions 1, 2 and 3, reading and writing.</summary>
/// <remarks>
/// Called by the VFS, from tasks; everything of one mount is under its super block's lock. Changes reach the device when the cache needs room and at
/// fsync, sync and unmount. Access times are not kept up (as with noatime). The state flag of V1 and V2 stays as it is.
/// </remarks>
public sealed class MinixFileSystem : FileSystemOps
{
    private readonly Clock _clock;

    /// <summary>The file system.</summary>
    /// <param name="clock">Stamps the times.</param>
    public MinixFileSystem(Clock clock) => _clock = clock;

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
    public override Errno Super(BlockDevice? device, DeviceNumber number, bool isReadOnly, out SuperBlock? superBlock)
    {
        superBlock = null;
        long deviceBytes = (device?.SectorCount ?? 0) * BlockDevice.SectorSize;
        if (device is null || deviceBytes < MinixLayout.Position + MinixLayout.Size)
        {
            return Errno.EINVAL;
        }

        byte[] bytes = new byte[MinixLayout.Size];
        Errno error = device.Read(MinixLayout.Position / BlockDevice.SectorSize, bytes);
        if (error != Errno.Success)
        {
            return error;
        }

        error = MinixLayout.TryParse(bytes, deviceBytes, out MinixLayout? layout);
        if (error != Errno.Success)
        {
            return error;
        }

        MinixSuperBlock volume = new(this, number, device, layout!)
        {
            IsReadOnly = isReadOnly,
            BlockSize = layout!.BlockSize,
            MaxNameLength = layout.Variant.NameLength,
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
        lock (volume.Gate)
        {
            return volume.IsReadOnly ? Errno.Success : volume.Cache.Flush();
        }
    }

    /// <inheritdoc/>
    public override Errno StatFileSystem(SuperBlock superBlock, out FileSystemStatistics statistics)
    {
        MinixSuperBlock volume = (MinixSuperBlock)superBlock;
        lock (volume.Gate)
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
        lock (parent.Volume.Gate)
        {
            Errno error = MinixDirectory.Find(parent, name, out uint number, out _);
            MinixInode? found = null;
            if (error == Errno.Success)
            {
                error = flags.HasFlag(OpenFlags.Create | OpenFlags.Exclusive) ? Errno.EEXIST : parent.Volume.TryGet(number, out found);
            }
            else if (error == Errno.ENOENT && flags.HasFlag(OpenFlags.Create))
            {
                error = Add(parent, name, InodeMode.Regular | (mode & InodeMode.PermissionMask), out found);
            }

            inode = error == Errno.Success ? found : null;
            return error;
        }
    }

    /// <inheritdoc/>
    public override void Close(Inode inode)
    {
        MinixInode minix = Of(inode);
        lock (minix.Volume.Gate)
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

        lock (inode.Volume.Gate)
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

        lock (inode.Volume.Gate)
        {
            long start = file.IsAppending ? inode.Size : position;
            IoResult result = MinixZones.Write(inode, start, data);
            if (result.Count > 0)
            {
                position = start + result.Count;
                inode.ModificationTime = inode.ChangeTime = _clock.UtcNow;
            }

            // Zones may have been taken before an error, too.
            Errno stored = inode.Volume.Store(inode);
            return stored == Errno.Success ? result : stored;
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

        lock (minix.Volume.Gate)
        {
            Errno error = MinixZones.Truncate(minix, size);
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
    public override Errno Stat(Inode inode, out FileStat stat)
    {
        MinixInode minix = Of(inode);
        lock (minix.Volume.Gate)
        {
            base.Stat(inode, out stat);
            bool hasZones = minix.Mode.Type() is InodeMode.Regular or InodeMode.Directory or InodeMode.SymbolicLink;
            long zones = hasZones ? MinixZones.Count(minix.Volume.Layout, minix.Size) : 0;
            stat = stat with { BlockCount = zones * minix.Volume.Layout.BlockSize / BlockDevice.SectorSize };
            return Errno.Success;
        }
    }

    /// <inheritdoc/>
    public override Errno Namei(Inode directory, ReadOnlySpan<byte> name, out Inode? inode)
    {
        inode = null;
        MinixInode parent = Of(directory);
        lock (parent.Volume.Gate)
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
    public override Errno MakeDirectory(Inode directory, ReadOnlySpan<byte> name, InodeMode mode) =>
        AddNew(directory, name, InodeMode.Directory | (mode & InodeMode.PermissionMask), DeviceNumber.None, []);

    /// <inheritdoc/>
    public override Errno MakeNode(Inode directory, ReadOnlySpan<byte> name, InodeMode mode, DeviceNumber device)
    {
        InodeMode type = mode.Type() == InodeMode.None ? InodeMode.Regular : mode.Type();
        if (type is InodeMode.Directory or InodeMode.SymbolicLink)
        {
            return type == InodeMode.Directory ? Errno.EPERM : Errno.EINVAL;
        }

        return AddNew(directory, name, type | (mode & InodeMode.PermissionMask), device, []);
    }

    /// <inheritdoc/>
    public override Errno MakeSymbolicLink(Inode directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> target)
    {
        // One block with a terminating zero, as Linux's minix has it.
        if (target.Length >= Of(directory).Volume.Layout.BlockSize)
        {
            return Errno.ENAMETOOLONG;
        }

        return AddNew(directory, name, InodeMode.SymbolicLink | InodeMode.AllForAll, DeviceNumber.None, target);
    }

    /// <inheritdoc/>
    public override IoResult ReadLink(Inode inode, Span<byte> target)
    {
        MinixInode link = Of(inode);
        if (!link.Mode.IsSymbolicLink())
        {
            return Errno.EINVAL;
        }

        lock (link.Volume.Gate)
        {
            return MinixZones.Read(link, 0, target);
        }
    }

    /// <inheritdoc/>
    public override Errno Link(Inode inode, Inode directory, ReadOnlySpan<byte> name)
    {
        MinixInode file = Of(inode);
        MinixInode parent = Of(directory);
        lock (parent.Volume.Gate)
        {
            if (file.Mode.IsDirectory())
            {
                return Errno.EPERM;
            }

            Errno error = CheckNew(parent, name);
            if (error != Errno.Success)
            {
                return error;
            }

            if (file.LinkCount == 0 || file.LinkCount >= parent.Volume.Layout.Variant.MaxLinks)
            {
                return file.LinkCount == 0 ? Errno.ENOENT : Errno.EMLINK;
            }

            error = MinixDirectory.Add(parent, name, (uint)file.Number);
            if (error != Errno.Success)
            {
                return error;
            }

            file.LinkCount++;
            file.ChangeTime = _clock.UtcNow;
            return Store(file, parent);
        }
    }

    /// <inheritdoc/>
    public override Errno Unlink(Inode directory, ReadOnlySpan<byte> name) => Remove(directory, name, isDirectory: false);

    /// <inheritdoc/>
    public override Errno RemoveDirectory(Inode directory, ReadOnlySpan<byte> name) => Remove(directory, name, isDirectory: true);

    /// <inheritdoc/>
    public override Errno Rename(Inode oldDirectory, ReadOnlySpan<byte> oldName, Inode newDirectory, ReadOnlySpan<byte> newName)
    {
        MinixInode from = Of(oldDirectory);
        MinixInode to = Of(newDirectory);
        lock (from.Volume.Gate)
        {
            Errno error = MinixDirectory.Find(from, oldName, out uint number, out _);
            if (error != Errno.Success)
            {
                return error;
            }

            error = MinixDirectory.Find(to, newName, out uint replaced, out long position);
            if (error is not (Errno.Success or Errno.ENOENT) || number == replaced)
            {
                return error;
            }

            error = from.Volume.TryGet(number, out MinixInode? source);
            if (error != Errno.Success)
            {
                return error;
            }

            error = replaced == 0
                ? Move(source!, from, oldName, to, newName)
                : MoveOver(source!, from, oldName, to, newName, replaced, position);
            source!.Release();
            return error;
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

        lock (directory.Volume.Gate)
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

    private static Errno CheckNew(MinixInode directory, ReadOnlySpan<byte> name)
    {
        Errno error = MinixDirectory.Find(directory, name, out _, out _);
        if (error != Errno.ENOENT)
        {
            return error == Errno.Success ? Errno.EEXIST : error;
        }

        return directory.LinkCount == 0 ? Errno.ENOENT : Errno.Success;
    }

    private static Errno Store(MinixInode first, MinixInode second)
    {
        Errno error = first.Volume.Store(first);
        Errno next = second.Volume.Store(second);
        return error == Errno.Success ? next : error;
    }

    private Errno AddNew(Inode directory, ReadOnlySpan<byte> name, InodeMode mode, DeviceNumber device, ReadOnlySpan<byte> target)
    {
        MinixInode parent = Of(directory);
        lock (parent.Volume.Gate)
        {
            Errno error = CheckNew(parent, name);
            if (error != Errno.Success)
            {
                return error;
            }

            error = Add(parent, name, mode, out MinixInode? inode, device, target);
            inode?.Release();
            return error;
        }
    }

    /// <summary>Makes an inode under a name that is not there yet: content first, then the name.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="name">The name.</param>
    /// <param name="mode">Type and permissions.</param>
    /// <param name="inode">With a reference for the caller; null on failure, when nothing is left of it.</param>
    /// <param name="device">Number of a device node.</param>
    /// <param name="target">Target of a symbolic link.</param>
    private Errno Add(
        MinixInode directory, ReadOnlySpan<byte> name, InodeMode mode, out MinixInode? inode, DeviceNumber device = default, ReadOnlySpan<byte> target = default)
    {
        inode = null;
        MinixSuperBlock volume = directory.Volume;
        if (directory.LinkCount == 0)
        {
            return Errno.ENOENT;
        }

        if (mode.IsDirectory() && directory.LinkCount >= volume.Layout.Variant.MaxLinks)
        {
            return Errno.EMLINK;
        }

        DateTimeOffset now = _clock.UtcNow;
        Errno error = volume.TryCreate(mode, now, out MinixInode? made);
        if (error != Errno.Success)
        {
            return error;
        }

        error = Fill(made!, directory, device, target);
        if (error == Errno.Success)
        {
            error = MinixDirectory.Add(directory, name, (uint)made!.Number);
        }

        if (error != Errno.Success)
        {
            // Without a name its release frees it, zones and all.
            made!.Release();
            volume.Store(directory);
            return error;
        }

        made!.LinkCount = mode.IsDirectory() ? 2u : 1u;
        directory.LinkCount += mode.IsDirectory() ? 1u : 0u;
        directory.ModificationTime = directory.ChangeTime = now;
        inode = made;
        return Store(made, directory);
    }

    private static Errno Fill(MinixInode inode, MinixInode parent, DeviceNumber device, ReadOnlySpan<byte> target)
    {
        if (inode.Mode.Type() is InodeMode.CharacterDevice or InodeMode.BlockDevice)
        {
            inode.SpecialDevice = device;
            inode.Zones[0] = (uint)device.Encoded;
        }

        if (!target.IsEmpty)
        {
            IoResult result = MinixZones.Write(inode, 0, target);
            return result.Count == target.Length ? Errno.Success : result.IsSuccess ? Errno.ENOSPC : result.Error;
        }

        if (!inode.Mode.IsDirectory())
        {
            return Errno.Success;
        }

        Errno error = MinixDirectory.Add(inode, "."u8, (uint)inode.Number);
        return error == Errno.Success ? MinixDirectory.Add(inode, ".."u8, (uint)parent.Number) : error;
    }

    private Errno Remove(Inode directory, ReadOnlySpan<byte> name, bool isDirectory)
    {
        MinixInode parent = Of(directory);
        lock (parent.Volume.Gate)
        {
            Errno error = MinixDirectory.Find(parent, name, out uint number, out long position);
            if (error != Errno.Success)
            {
                return error;
            }

            error = parent.Volume.TryGet(number, out MinixInode? inode);
            if (error != Errno.Success)
            {
                return error;
            }

            error = CheckRemovable(inode!, isDirectory);
            if (error == Errno.Success)
            {
                error = MinixDirectory.Remove(parent, position);
            }

            if (error == Errno.Success)
            {
                Unname(inode!, parent);
                error = Store(inode!, parent);
            }

            inode!.Release();
            return error;
        }
    }

    private static Errno CheckRemovable(MinixInode inode, bool isDirectory)
    {
        if (inode.Mode.IsDirectory() != isDirectory)
        {
            return isDirectory ? Errno.ENOTDIR : Errno.EISDIR;
        }

        if (inode.MountedHere is not null)
        {
            return Errno.EBUSY;
        }

        return isDirectory ? MinixDirectory.CheckEmpty(inode) : Errno.Success;
    }

    /// <summary>Counts down the links of an inode that has lost a name in a directory.</summary>
    private void Unname(MinixInode inode, MinixInode parent)
    {
        DateTimeOffset now = _clock.UtcNow;
        if (inode.Mode.IsDirectory())
        {
            inode.LinkCount = 0;
            inode.OrphanedFrom = parent;
            parent.Hold();
            parent.LinkCount--;
        }
        else
        {
            inode.LinkCount--;
        }

        inode.ChangeTime = now;
        parent.ModificationTime = parent.ChangeTime = now;
    }

    private Errno Move(MinixInode source, MinixInode from, ReadOnlySpan<byte> oldName, MinixInode to, ReadOnlySpan<byte> newName)
    {
        if (to.LinkCount == 0)
        {
            return Errno.ENOENT;
        }

        bool changesParent = source.Mode.IsDirectory() && from != to;
        if (changesParent && to.LinkCount >= to.Volume.Layout.Variant.MaxLinks)
        {
            return Errno.EMLINK;
        }

        Errno error = MinixDirectory.Add(to, newName, (uint)source.Number);
        return error == Errno.Success ? FinishMove(source, from, oldName, to) : error;
    }

    private Errno MoveOver(
        MinixInode source, MinixInode from, ReadOnlySpan<byte> oldName, MinixInode to, ReadOnlySpan<byte> newName, uint replaced, long position)
    {
        Errno error = to.Volume.TryGet(replaced, out MinixInode? target);
        if (error != Errno.Success)
        {
            return error;
        }

        error = CheckRemovable(target!, source.Mode.IsDirectory());
        if (error == Errno.Success)
        {
            error = MinixDirectory.Replace(to, position, newName, (uint)source.Number);
        }

        if (error == Errno.Success)
        {
            Unname(target!, to);
            error = to.Volume.Store(target!);
        }

        target!.Release();
        return error == Errno.Success ? FinishMove(source, from, oldName, to) : error;
    }

    /// <summary>Takes the old name away, and lets a moved directory know its new parent.</summary>
    private Errno FinishMove(MinixInode source, MinixInode from, ReadOnlySpan<byte> oldName, MinixInode to)
    {
        Errno error = MinixDirectory.Find(from, oldName, out _, out long position);
        if (error == Errno.Success)
        {
            error = MinixDirectory.Remove(from, position);
        }

        if (error == Errno.Success && source.Mode.IsDirectory() && from != to)
        {
            error = MinixDirectory.Find(source, ".."u8, out _, out long above);
            if (error == Errno.Success)
            {
                error = MinixDirectory.Replace(source, above, ".."u8, (uint)to.Number);
            }

            from.LinkCount--;
            to.LinkCount++;
        }

        DateTimeOffset now = _clock.UtcNow;
        from.ModificationTime = from.ChangeTime = now;
        to.ModificationTime = to.ChangeTime = now;
        source.ChangeTime = now;
        Errno stored = Store(from, to);
        Errno sourceStored = source.Volume.Store(source);
        return error != Errno.Success ? error : stored != Errno.Success ? stored : sourceStored;
    }
}
