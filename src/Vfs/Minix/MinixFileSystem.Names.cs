namespace KernelSockets.Vfs.Minix;

/// <content>Operations on names.</content>
public sealed partial class MinixFileSystem
{
    /// <inheritdoc/>
    public override Errno MakeDirectory(Inode directory, ReadOnlySpan<byte> name, InodeMode mode) =>
        AddNew(directory, name, InodeMode.Directory | (mode & InodeMode.PermissionMask), DeviceNumber.None, []);

    /// <inheritdoc/>
    public override Errno MakeNode(Inode directory, ReadOnlySpan<byte> name, InodeMode mode, DeviceNumber device) =>
        AddNew(directory, name, mode & (InodeMode.TypeMask | InodeMode.PermissionMask), device, []);

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
    public override Errno Link(Inode inode, Inode directory, ReadOnlySpan<byte> name)
    {
        MinixInode file = Of(inode);
        MinixInode parent = Of(directory);
        using (parent.Volume.Enter())
        {
            if (file.Mode.IsDirectory())
            {
                return Errno.EPERM;
            }

            Errno error = BeginNew(parent, name);
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
        using (from.Volume.Enter())
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

            error = BeginRename(source!, from, to);
            if (error != Errno.Success)
            {
                source!.Release();
                return error;
            }

            error = replaced == 0
                ? Move(source!, from, oldName, to, newName)
                : MoveOver(source!, from, oldName, to, newName, replaced, position);
            source!.Release();
            return error;
        }
    }

    private static Errno BeginNew(MinixInode directory, ReadOnlySpan<byte> name)
    {
        Errno error = CheckNew(directory, name);
        return error == Errno.Success ? directory.Volume.BeginChange() : error;
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
        using (parent.Volume.Enter())
        {
            Errno error = BeginNew(parent, name);
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

        made!.InheritFrom(directory);

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
        using (parent.Volume.Enter())
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
            error = error == Errno.Success ? parent.Volume.BeginChange() : error;
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

    private static Errno BeginRename(MinixInode source, MinixInode from, MinixInode to)
    {
        Errno error = from.Volume.BeginChange();
        return error == Errno.Success && from != to && source.Mode.IsDirectory() ? from.Volume.BeginDirectoryMove() : error;
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
        if (error == Errno.Success && !target!.Mode.IsDirectory() && target.LinkCount > 1)
        {
            // It lives on under names that must be there before this one goes.
            error = to.Volume.WriteBack();
        }

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
