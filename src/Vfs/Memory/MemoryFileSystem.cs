namespace KernelSockets.Vfs.Memory;

/// <summary>
/// A file system whose files live in memory, as Linux's tmpfs: the first root, /dev and /tmp. Bounded in pages and inodes; what does not fit
/// is <see cref="Errno.ENOSPC"/>.
/// </summary>
/// <remarks>Called by the VFS, from tasks. Names change under the super block's tree lock, contents under the inode's gate, in this order.</remarks>
public sealed class MemoryFileSystem : FileSystemOps
{
    /// <summary>TMPFS_MAGIC.</summary>
    public const uint Magic = 0x01021994;

    /// <summary>Pages of 4 KiB that all files of one mount may fill.</summary>
    public const int DefaultMaxPages = 1024;

    /// <summary>Inodes of one mount.</summary>
    public const int DefaultMaxInodes = 1024;

    private const int FirstNamePosition = 2;
    private const int MaxLinkCount = 32000;

    private readonly Clock _clock;
    private readonly int _maxPages;
    private readonly int _maxInodes;

    /// <summary>The file system; each mount of it is a tree of its own.</summary>
    /// <param name="clock">Stamps the times.</param>
    /// <param name="maxPages">Bound of pages, for each mount.</param>
    /// <param name="maxInodes">Bound of inodes, for each mount.</param>
    public MemoryFileSystem(Clock clock, int maxPages = DefaultMaxPages, int maxInodes = DefaultMaxInodes)
    {
        _clock = clock;
        _maxPages = maxPages;
        _maxInodes = maxInodes;
    }

    /// <inheritdoc/>
    public override FileSystemType Type => FileSystemType.Memory;

    /// <inheritdoc/>
    public override string Name => "tmpfs";

    /// <inheritdoc/>
    public override Errno Super(BlockDevice? device, DeviceNumber number, bool isReadOnly, out SuperBlock? superBlock)
    {
        MemorySuperBlock memory = new(this, number, _maxPages, _maxInodes) { IsReadOnly = isReadOnly, BlockSize = MemorySuperBlock.PageSize };
        superBlock = null;
        lock (memory.Tree)
        {
            Errno error = TryCreate(memory, InodeMode.Directory | InodeMode.DefaultDirectory, parent: null, target: [], out MemoryInode? root);
            if (error != Errno.Success)
            {
                return error;
            }

            root!.LinkCount = 2;
            memory.Root = root;
        }

        superBlock = memory;
        return Errno.Success;
    }

    /// <inheritdoc/>
    public override Errno StatFileSystem(SuperBlock superBlock, out FileSystemStatistics statistics)
    {
        statistics = ((MemorySuperBlock)superBlock).Statistics(Magic);
        return Errno.Success;
    }

    /// <summary>stat: only pages that are there count as blocks, and only files have any.</summary>
    public override Errno Stat(Inode inode, out FileStat stat)
    {
        Errno error = base.Stat(inode, out stat);
        lock (inode.Gate)
        {
            stat = stat with { BlockCount = (long)((MemoryInode)inode).PageCount * (MemorySuperBlock.PageSize / BlockDevice.SectorSize) };
        }

        return error;
    }

    /// <inheritdoc/>
    public override Errno Open(Inode directory, ReadOnlySpan<byte> name, OpenFlags flags, InodeMode mode, out Inode? inode)
    {
        lock (Tree(directory))
        {
            Errno error = Find(directory, name, out MemoryInode? found);
            if (error == Errno.Success && flags.HasFlag(OpenFlags.Create | OpenFlags.Exclusive))
            {
                error = Errno.EEXIST;
            }
            else if (error == Errno.ENOENT && flags.HasFlag(OpenFlags.Create))
            {
                error = Add(directory, name, InodeMode.Regular | (mode & InodeMode.PermissionMask), [], out found);
            }

            inode = error == Errno.Success ? found : null;
            inode?.Hold();
            return error;
        }
    }

    /// <inheritdoc/>
    public override Errno Namei(Inode directory, ReadOnlySpan<byte> name, out Inode? inode)
    {
        ArgumentNullException.ThrowIfNull(directory);
        lock (Tree(directory))
        {
            MemoryInode? found;
            Errno error = Errno.Success;
            if (name.SequenceEqual(".."u8))
            {
                // A removed directory may be somebody's current one; its parent may be gone, too.
                found = ((MemoryInode)directory).Parent;
                if (found.LinkCount == 0 && found != directory)
                {
                    inode = null;
                    return Errno.ENOENT;
                }
            }
            else
            {
                error = Find(directory, name, out found);
            }

            inode = found;
            inode?.Hold();
            return error;
        }
    }

    /// <inheritdoc/>
    public override void Close(Inode inode)
    {
        MemoryInode memory = (MemoryInode)inode;
        lock (Tree(inode))
        {
            // With a name left it may be found, held and let go again; without one nobody reaches it any more.
            if (memory.LinkCount > 0 || memory.References > 0)
            {
                return;
            }

            lock (memory.Gate)
            {
                MemoryPages.Truncate(memory, 0);
            }

            SuperBlockOf(inode).ReturnInode();
        }
    }

    /// <inheritdoc/>
    public override IoResult Read(OpenFile file, Span<byte> data, ref long position)
    {
        ArgumentNullException.ThrowIfNull(file);
        MemoryInode inode = (MemoryInode)file.Inode;
        if (!inode.Mode.IsRegular())
        {
            return base.Read(file, data, ref position);
        }

        lock (inode.Gate)
        {
            int count = MemoryPages.Read(inode, position, data);
            position += count;
            if (!file.Flags.HasFlag(OpenFlags.NoAccessTime))
            {
                inode.AccessTime = _clock.UtcNow;
            }

            return IoResult.Ok(count);
        }
    }

    /// <inheritdoc/>
    public override IoResult Write(OpenFile file, ReadOnlySpan<byte> data, ref long position)
    {
        ArgumentNullException.ThrowIfNull(file);
        MemoryInode inode = (MemoryInode)file.Inode;
        if (!inode.Mode.IsRegular())
        {
            return base.Write(file, data, ref position);
        }

        lock (inode.Gate)
        {
            long start = file.IsAppending ? inode.Size : position;
            IoResult result = MemoryPages.Write(inode, start, data);
            if (result.IsSuccess)
            {
                position = start + result.Count;
                inode.ModificationTime = inode.ChangeTime = _clock.UtcNow;
            }

            return result;
        }
    }

    /// <inheritdoc/>
    public override Errno Truncate(Inode inode, long size)
    {
        ArgumentNullException.ThrowIfNull(inode);
        if (!inode.Mode.IsRegular() || size < 0)
        {
            return base.Truncate(inode, size);
        }

        if (size > MemoryPages.MaxSize)
        {
            return Errno.EFBIG;
        }

        lock (inode.Gate)
        {
            MemoryPages.Truncate((MemoryInode)inode, size);
            inode.ModificationTime = inode.ChangeTime = _clock.UtcNow;
        }

        return Errno.Success;
    }

    /// <inheritdoc/>
    public override Errno MakeDirectory(Inode directory, ReadOnlySpan<byte> name, InodeMode mode) =>
        AddNew(directory, name, InodeMode.Directory | (mode & InodeMode.PermissionMask), DeviceNumber.None, []);

    /// <inheritdoc/>
    public override Errno MakeNode(Inode directory, ReadOnlySpan<byte> name, InodeMode mode, DeviceNumber device) =>
        AddNew(directory, name, mode & (InodeMode.TypeMask | InodeMode.PermissionMask), device, []);

    /// <inheritdoc/>
    public override Errno MakeSymbolicLink(Inode directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> target) =>
        AddNew(directory, name, InodeMode.SymbolicLink | InodeMode.AllForAll, DeviceNumber.None, target);

    /// <inheritdoc/>
    public override IoResult ReadLink(Inode inode, Span<byte> target)
    {
        ArgumentNullException.ThrowIfNull(inode);
        if (!inode.Mode.IsSymbolicLink())
        {
            return Errno.EINVAL;
        }

        ReadOnlySpan<byte> whole = ((MemoryInode)inode).Target;
        int count = Math.Min(whole.Length, target.Length);
        whole[..count].CopyTo(target);
        return IoResult.Ok(count);
    }

    /// <inheritdoc/>
    public override Errno Link(Inode inode, Inode directory, ReadOnlySpan<byte> name)
    {
        ArgumentNullException.ThrowIfNull(inode);
        if (inode.Mode.IsDirectory())
        {
            return Errno.EPERM;
        }

        lock (Tree(directory))
        {
            if (Find(directory, name, out _) is Errno error and not Errno.ENOENT)
            {
                return error == Errno.Success ? Errno.EEXIST : error;
            }

            if (inode.LinkCount >= MaxLinkCount)
            {
                return Errno.EMLINK;
            }

            // A file whose last name went while it is open does not come back (Linux's vfs_link).
            if (inode.LinkCount == 0 || directory.LinkCount == 0)
            {
                return Errno.ENOENT;
            }

            ChangeLinks(inode, +1);
            Names(directory).Set(name, (MemoryInode)inode);
            Touch(directory);
            return Errno.Success;
        }
    }

    /// <inheritdoc/>
    public override Errno Unlink(Inode directory, ReadOnlySpan<byte> name)
    {
        lock (Tree(directory))
        {
            Errno error = Find(directory, name, out MemoryInode? inode);
            if (error != Errno.Success)
            {
                return error;
            }

            if (inode!.Mode.IsDirectory())
            {
                return Errno.EISDIR;
            }

            inode.Hold();
            Names(directory).Remove(name);
            Touch(directory);
            ChangeLinks(inode, -1);
            inode.Release();
            return Errno.Success;
        }
    }

    /// <inheritdoc/>
    public override Errno RemoveDirectory(Inode directory, ReadOnlySpan<byte> name)
    {
        lock (Tree(directory))
        {
            Errno error = Find(directory, name, out MemoryInode? inode);
            if (error != Errno.Success)
            {
                return error;
            }

            error = CheckRemovable(inode!);
            if (error != Errno.Success)
            {
                return error;
            }

            inode!.Hold();
            Names(directory).Remove(name);
            Touch(directory);
            ChangeLinks(directory, -1);
            ChangeLinks(inode, -2);
            inode.Release();
            return Errno.Success;
        }
    }

    /// <inheritdoc/>
    public override Errno Rename(Inode oldDirectory, ReadOnlySpan<byte> oldName, Inode newDirectory, ReadOnlySpan<byte> newName)
    {
        lock (Tree(oldDirectory))
        {
            Errno error = Find(oldDirectory, oldName, out MemoryInode? source);
            if (error != Errno.Success)
            {
                return error;
            }

            Find(newDirectory, newName, out MemoryInode? target);
            if (source == target)
            {
                return Errno.Success;
            }

            error = CheckRename(source!, (MemoryInode)newDirectory, target);
            if (error == Errno.Success)
            {
                Move(source!, (MemoryInode)oldDirectory, oldName, (MemoryInode)newDirectory, newName, target);
            }

            return error;
        }
    }

    /// <inheritdoc/>
    public override IoResult ReadDirectory(OpenFile file, DirectoryEntry entry, ref long position)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(entry);
        MemoryInode directory = (MemoryInode)file.Inode;
        if (directory.Names is null)
        {
            return Errno.ENOTDIR;
        }

        lock (Tree(directory))
        {
            if (position < FirstNamePosition)
            {
                bool isSelf = position == 0;
                entry.Set(isSelf ? "."u8 : ".."u8, isSelf ? directory.Number : directory.Parent.Number, InodeMode.Directory);
                position++;
                return IoResult.Ok(1);
            }

            long sequence = position - FirstNamePosition;
            bool isThere = directory.Names.TryReadNext(ref sequence, entry);
            position = isThere ? sequence + FirstNamePosition : position;
            return IoResult.Ok(isThere ? 1 : 0);
        }
    }

    /// <inheritdoc/>
    public override Errno Sync(OpenFile file, bool isDataOnly) => Errno.Success;

    private static MemorySuperBlock SuperBlockOf(Inode inode) => (MemorySuperBlock)inode.SuperBlock;

    private static Lock Tree(Inode inode) => SuperBlockOf(inode).Tree;

    private static DirectoryNames Names(Inode directory) => ((MemoryInode)directory).Names!;

    private static Errno Find(Inode directory, ReadOnlySpan<byte> name, out MemoryInode? inode)
    {
        inode = null;
        if (((MemoryInode)directory).Names is not { } names)
        {
            return Errno.ENOTDIR;
        }

        if (name.Length > DirectoryEntry.MaxNameLength)
        {
            return Errno.ENAMETOOLONG;
        }

        return names.TryFind(name, out inode) ? Errno.Success : Errno.ENOENT;
    }

    private static void ChangeLinks(Inode inode, int change)
    {
        lock (inode.Gate)
        {
            inode.LinkCount = (uint)(inode.LinkCount + change);
        }
    }

    private static Errno CheckRemovable(MemoryInode directory)
    {
        if (directory.Names is not { } names)
        {
            return Errno.ENOTDIR;
        }

        if (directory.MountedHere is not null)
        {
            return Errno.EBUSY;
        }

        return names.Count > 0 ? Errno.ENOTEMPTY : Errno.Success;
    }

    private static Errno CheckRename(MemoryInode source, MemoryInode newDirectory, MemoryInode? target)
    {
        if (newDirectory.LinkCount == 0)
        {
            return Errno.ENOENT;
        }

        if (target is null)
        {
            return Errno.Success;
        }

        if (!source.Mode.IsDirectory())
        {
            return target.Mode.IsDirectory() ? Errno.EISDIR : Errno.Success;
        }

        return CheckRemovable(target);
    }

    private void Move(
        MemoryInode source, MemoryInode oldDirectory, ReadOnlySpan<byte> oldName, MemoryInode newDirectory, ReadOnlySpan<byte> newName, MemoryInode? target)
    {
        target?.Hold();
        oldDirectory.Names!.Remove(oldName);
        newDirectory.Names!.Set(newName, source);
        if (source.Mode.IsDirectory())
        {
            source.Parent = newDirectory;
            ChangeLinks(oldDirectory, -1);
            ChangeLinks(newDirectory, +1);
        }

        if (target is not null)
        {
            if (target.Mode.IsDirectory())
            {
                ChangeLinks(newDirectory, -1);
            }

            ChangeLinks(target, target.Mode.IsDirectory() ? -2 : -1);
            target.Release();
        }

        Touch(oldDirectory);
        Touch(newDirectory);
        lock (source.Gate)
        {
            source.ChangeTime = _clock.UtcNow;
        }
    }

    private void Touch(Inode directory)
    {
        lock (directory.Gate)
        {
            directory.ModificationTime = directory.ChangeTime = _clock.UtcNow;
        }
    }

    private Errno AddNew(Inode directory, ReadOnlySpan<byte> name, InodeMode mode, DeviceNumber device, ReadOnlySpan<byte> target)
    {
        lock (Tree(directory))
        {
            Errno error = Find(directory, name, out _);
            if (error != Errno.ENOENT)
            {
                return error == Errno.Success ? Errno.EEXIST : error;
            }

            error = Add(directory, name, mode, target, out MemoryInode? inode);
            if (error == Errno.Success)
            {
                inode!.SpecialDevice = device;
            }

            return error;
        }
    }

    /// <summary>Makes an inode under a name that is not there yet. It has no reference but that of its name, which does not count.</summary>
    private Errno Add(Inode directory, ReadOnlySpan<byte> name, InodeMode mode, ReadOnlySpan<byte> target, out MemoryInode? inode)
    {
        inode = null;
        if (directory.LinkCount == 0)
        {
            return Errno.ENOENT;
        }

        if (mode.IsDirectory() && directory.LinkCount >= MaxLinkCount)
        {
            return Errno.EMLINK;
        }

        Errno error = TryCreate(SuperBlockOf(directory), mode, (MemoryInode)directory, target, out inode);
        if (error != Errno.Success)
        {
            return error;
        }

        if (mode.IsDirectory())
        {
            inode!.LinkCount = 2;
            ChangeLinks(directory, +1);
        }

        Names(directory).Set(name, inode!);
        Touch(directory);
        inode!.Release();
        return Errno.Success;
    }

    private Errno TryCreate(MemorySuperBlock superBlock, InodeMode mode, MemoryInode? parent, ReadOnlySpan<byte> target, out MemoryInode? inode)
    {
        inode = null;
        if (!superBlock.TryTakeInode(out ulong number))
        {
            return Errno.ENOSPC;
        }

        DateTimeOffset now = _clock.UtcNow;
        inode = new MemoryInode(superBlock, number, mode, parent)
        {
            Target = target.ToArray(),
            Size = target.Length,
            AccessTime = now,
            ModificationTime = now,
            ChangeTime = now,
        };
        if (parent is not null)
        {
            inode.InheritFrom(parent);
        }

        return Errno.Success;
    }
}
