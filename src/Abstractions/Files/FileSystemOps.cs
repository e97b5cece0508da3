namespace KernelSockets;

/// <summary>
/// The operations of a file system: the dispatch table. Every default returns what Linux returns for an operation that a file system lacks,
/// so "find overrides" of a method is the list of who supports it.
/// </summary>
/// <remarks>
/// Callers are the VFS and the system call layer, from tasks; operations may block. Names are bytes without a slash, 1 to
/// <see cref="SuperBlock.MaxNameLength"/> of them, never "." or ".." except for <see cref="Namei"/>. Directories passed in are directories, hold
/// a reference of the caller's, and lie on this file system; what comes out carries a reference for the caller. Rights and read-only mounts
/// are checked by the VFS. Locks are taken inside.
/// </remarks>
public abstract class FileSystemOps
{
    private const SeekOrigin SeekData = (SeekOrigin)3; // SEEK_DATA, which the class library has no name for
    private const SeekOrigin SeekHole = (SeekOrigin)4; // SEEK_HOLE

    /// <summary>The place in <see cref="FileSystemTable"/>.</summary>
    public abstract FileSystemType Type { get; }

    /// <summary>Name for mount and /proc/filesystems.</summary>
    public abstract string Name { get; }

    /// <summary>True when it lies on a block device (Linux's FS_REQUIRES_DEV); /proc/filesystems says nodev otherwise.</summary>
    public virtual bool RequiresDevice => false;

    /// <summary>mkfs: makes an empty file system.</summary>
    /// <param name="device">Where.</param>
    /// <param name="options">Options of the file system, as its own tool takes them; empty for the usual.</param>
    /// <returns><see cref="Errno.EOPNOTSUPP"/> by default, <see cref="Errno.EINVAL"/> for bad options.</returns>
    public virtual Errno MakeFileSystem(BlockDevice device, string options) => Errno.EOPNOTSUPP;

    /// <summary>fsck: checks a file system that is not mounted.</summary>
    /// <param name="device">Where.</param>
    /// <param name="options">What to do.</param>
    /// <param name="report">Gets every line to tell the user.</param>
    /// <param name="outcome">What was found.</param>
    /// <returns><see cref="Errno.EOPNOTSUPP"/> by default; <see cref="Errno.EINVAL"/> for a device without such a file system, <see cref="Errno.EUCLEAN"/> when it is beyond repair, <see cref="Errno.EIO"/>.</returns>
    public virtual Errno Check(BlockDevice device, CheckOptions options, Action<string> report, out CheckOutcome outcome)
    {
        outcome = default;
        return Errno.EOPNOTSUPP;
    }

    /// <summary>super: reads the super block and the root directory.</summary>
    /// <param name="device">The device; null for file systems without one.</param>
    /// <param name="number">The number that st_dev will tell.</param>
    /// <param name="isReadOnly">True to mount it read-only.</param>
    /// <param name="superBlock">The file system with its root held; null on failure.</param>
    /// <returns><see cref="Errno.EINVAL"/> by default (Linux's mount of a kernel-internal file system) and for a device without such a file system.</returns>
    public virtual Errno Super(BlockDevice? device, DeviceNumber number, bool isReadOnly, out SuperBlock? superBlock)
    {
        superBlock = null;
        return Errno.EINVAL;
    }

    /// <summary>sync: writes everything back.</summary>
    /// <returns>The first error, also one of an earlier attempt that nobody has heard of yet.</returns>
    public virtual Errno Synchronize(SuperBlock superBlock) => Errno.Success;

    /// <summary>Writes back what has been changed for some time; called every few seconds.</summary>
    /// <param name="superBlock">The file system.</param>
    /// <param name="age">How old the oldest change is at least when there is something to do.</param>
    /// <returns>The first error, which <see cref="Synchronize"/> will tell, too.</returns>
    public virtual Errno WriteBack(SuperBlock superBlock, TimeSpan age) => Errno.Success;

    /// <summary>Before unmounting and before the machine ends: writes everything back and leaves the device as one that needs no check.</summary>
    public virtual Errno Settle(SuperBlock superBlock) => Synchronize(superBlock);

    /// <summary>statfs.</summary>
    public virtual Errno StatFileSystem(SuperBlock superBlock, out FileSystemStatistics statistics)
    {
        ArgumentNullException.ThrowIfNull(superBlock);
        statistics = new FileSystemStatistics(0, superBlock.BlockSize, 0, 0, 0, 0, superBlock.MaxNameLength);
        return Errno.Success;
    }

    /// <summary>open: looks a name up, and makes a regular file when it is missing and <see cref="OpenFlags.Create"/> is set.</summary>
    /// <returns><see cref="Errno.ENOENT"/>; <see cref="Errno.EEXIST"/> with <see cref="OpenFlags.Exclusive"/>; <see cref="Errno.EACCES"/> where nothing can be created (Linux's vfs_create).</returns>
    public virtual Errno Open(Inode directory, ReadOnlySpan<byte> name, OpenFlags flags, InodeMode mode, out Inode? inode)
    {
        Errno error = Namei(directory, name, out inode);
        if (!flags.HasFlag(OpenFlags.Create))
        {
            return error;
        }

        if (error == Errno.ENOENT)
        {
            return Errno.EACCES;
        }

        if (error == Errno.Success && flags.HasFlag(OpenFlags.Exclusive))
        {
            inode!.Release();
            inode = null;
            return Errno.EEXIST;
        }

        return error;
    }

    /// <summary>close: the last reference to an inode is gone; called with none of its locks held. An inode without names is freed here.</summary>
    public virtual void Close(Inode inode)
    {
    }

    /// <summary>read. Default: <see cref="Errno.EISDIR"/> for directories, else <see cref="Errno.EINVAL"/>.</summary>
    /// <param name="file">The open file; tells whether to block.</param>
    /// <param name="data">Where to.</param>
    /// <param name="position">Where from; moved by what was read. Files without positions ignore it.</param>
    /// <returns>Bytes read, 0 at the end.</returns>
    public virtual IoResult Read(OpenFile file, Span<byte> data, ref long position)
    {
        ArgumentNullException.ThrowIfNull(file);
        return file.Inode.Mode.IsDirectory() ? Errno.EISDIR : Errno.EINVAL;
    }

    /// <summary>write. Default: <see cref="Errno.EINVAL"/>.</summary>
    /// <param name="file">The open file; tells whether to block and whether to append.</param>
    /// <param name="data">What.</param>
    /// <param name="position">Where to; moved behind what was written. Files without positions ignore it.</param>
    /// <returns>Bytes written; <see cref="Errno.ENOSPC"/> or <see cref="Errno.EFBIG"/> when not one fits.</returns>
    public virtual IoResult Write(OpenFile file, ReadOnlySpan<byte> data, ref long position) => Errno.EINVAL;

    /// <summary>truncate: cuts a file, or lengthens it by zeros. Default: <see cref="Errno.EISDIR"/> for directories, else <see cref="Errno.EINVAL"/>.</summary>
    public virtual Errno Truncate(Inode inode, long size)
    {
        ArgumentNullException.ThrowIfNull(inode);
        return inode.Mode.IsDirectory() ? Errno.EISDIR : Errno.EINVAL;
    }

    /// <summary>stat. Default: from the inode's fields.</summary>
    public virtual Errno Stat(Inode inode, out FileStat stat)
    {
        ArgumentNullException.ThrowIfNull(inode);
        lock (inode.Gate)
        {
            long blocks = (inode.Size + BlockDevice.SectorSize - 1) / BlockDevice.SectorSize;
            stat = new FileStat(
                inode.SuperBlock.Device, inode.Number, inode.Mode, inode.LinkCount, inode.UserId, inode.GroupId, inode.SpecialDevice, inode.Size,
                inode.SuperBlock.BlockSize, blocks, inode.AccessTime, inode.ModificationTime, inode.ChangeTime);
        }

        return Errno.Success;
    }

    /// <summary>setattr: chmod, chown, utimensat. Default: in memory only, as pipes and sockets have it.</summary>
    public virtual Errno Change(Inode inode, in InodeChange change)
    {
        ArgumentNullException.ThrowIfNull(inode);
        lock (inode.Gate)
        {
            change.ApplyTo(inode);
        }

        return Errno.Success;
    }

    /// <summary>permission. All tasks are root's: anything goes, but nothing executes that nobody may execute (Linux's generic_permission with CAP_DAC_OVERRIDE).</summary>
    /// <returns><see cref="Errno.EACCES"/>.</returns>
    public virtual Errno Permission(Inode inode, AccessMask mask)
    {
        ArgumentNullException.ThrowIfNull(inode);
        bool isExecution = mask.HasFlag(AccessMask.Execute) && !inode.Mode.IsDirectory();
        return isExecution && (inode.Mode & InodeMode.AnyExecute) == 0 ? Errno.EACCES : Errno.Success;
    }

    /// <summary>namei: looks one name up in a directory, ".." included. Default: <see cref="Errno.ENOTDIR"/>.</summary>
    /// <returns><see cref="Errno.ENOENT"/>, <see cref="Errno.ENAMETOOLONG"/>.</returns>
    public virtual Errno Namei(Inode directory, ReadOnlySpan<byte> name, out Inode? inode)
    {
        inode = null;
        return Errno.ENOTDIR;
    }

    /// <summary>mkdir. Default: <see cref="Errno.EPERM"/>.</summary>
    /// <returns><see cref="Errno.EEXIST"/>, <see cref="Errno.ENOSPC"/>, <see cref="Errno.EMLINK"/>.</returns>
    public virtual Errno MakeDirectory(Inode directory, ReadOnlySpan<byte> name, InodeMode mode) => Errno.EPERM;

    /// <summary>rmdir. Default: <see cref="Errno.EPERM"/>.</summary>
    /// <returns><see cref="Errno.ENOENT"/>, <see cref="Errno.ENOTDIR"/>, <see cref="Errno.ENOTEMPTY"/>, <see cref="Errno.EBUSY"/> for a mount point.</returns>
    public virtual Errno RemoveDirectory(Inode directory, ReadOnlySpan<byte> name) => Errno.EPERM;

    /// <summary>link: a further name for an inode of the same file system. Default: <see cref="Errno.EPERM"/>.</summary>
    public virtual Errno Link(Inode inode, Inode directory, ReadOnlySpan<byte> name) => Errno.EPERM;

    /// <summary>unlink. Default: <see cref="Errno.EPERM"/>.</summary>
    /// <returns><see cref="Errno.ENOENT"/>, <see cref="Errno.EISDIR"/>.</returns>
    public virtual Errno Unlink(Inode directory, ReadOnlySpan<byte> name) => Errno.EPERM;

    /// <summary>mknod: a device node, FIFO, socket name or empty file, by the mode's type, which the caller has checked. Default: <see cref="Errno.EPERM"/>.</summary>
    public virtual Errno MakeNode(Inode directory, ReadOnlySpan<byte> name, InodeMode mode, DeviceNumber device) => Errno.EPERM;

    /// <summary>readdir: one entry, "." and ".." among them. Default: <see cref="Errno.ENOTDIR"/>.</summary>
    /// <param name="file">The open directory.</param>
    /// <param name="entry">Filled with the entry.</param>
    /// <param name="position">Which one: 0 for the first, else what the last call left; only the file system knows what it means.</param>
    /// <returns>1 for an entry, 0 at the end.</returns>
    public virtual IoResult ReadDirectory(OpenFile file, DirectoryEntry entry, ref long position) => Errno.ENOTDIR;

    /// <summary>ioctl. Default: <see cref="Errno.ENOTTY"/>.</summary>
    /// <param name="file">The open file.</param>
    /// <param name="request">Request number.</param>
    /// <param name="argument">The third argument as a number.</param>
    /// <param name="data">The memory it points to, <see cref="IoctlRequest.ArgumentSize"/> bytes; empty for requests without.</param>
    /// <returns>The value that ioctl returns.</returns>
    public virtual IoResult Ioctl(OpenFile file, uint request, long argument, Span<byte> data) => Errno.ENOTTY;

    /// <summary>
    /// rename, over an existing name too where types allow; two names of one inode stay as they are. Default: <see cref="Errno.EPERM"/>.
    /// One rename a machine at a time: the VFS has made sure that neither inode is an ancestor of the other's directory.
    /// </summary>
    /// <returns><see cref="Errno.ENOENT"/>, <see cref="Errno.EISDIR"/>, <see cref="Errno.ENOTDIR"/>, <see cref="Errno.ENOTEMPTY"/>.</returns>
    public virtual Errno Rename(Inode oldDirectory, ReadOnlySpan<byte> oldName, Inode newDirectory, ReadOnlySpan<byte> newName) => Errno.EPERM;

    /// <summary>symlink. Default: <see cref="Errno.EPERM"/>.</summary>
    public virtual Errno MakeSymbolicLink(Inode directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> target) => Errno.EPERM;

    /// <summary>readlink. Default: <see cref="Errno.EINVAL"/>.</summary>
    /// <returns>Bytes of the target; cut to the room there is.</returns>
    public virtual IoResult ReadLink(Inode inode, Span<byte> target) => Errno.EINVAL;

    /// <summary>get_link: where a symbolic link leads when its text does not tell, as those of /proc/PID/fd. Default: the text tells.</summary>
    /// <param name="link">The link.</param>
    /// <param name="target">What it leads to, with a reference for the caller; null when <see cref="ReadLink"/> tells.</param>
    /// <param name="location">Where that was found, for the caller; null for directories, and for what has no name.</param>
    /// <returns>Why it leads nowhere, for example <see cref="Errno.ENOENT"/>.</returns>
    public virtual Errno Follow(Inode link, out Inode? target, out FileLocation? location)
    {
        target = null;
        location = null;
        return Errno.Success;
    }

    /// <summary>poll: attaches the listener, then tells the state. Default: always ready, as regular files are.</summary>
    /// <param name="file">The open file.</param>
    /// <param name="listener">Who will wait if nothing is ready; null for nobody.</param>
    public virtual PollEvents Poll(OpenFile file, PollListener? listener) => PollEvents.AlwaysReady;

    /// <summary>fsync and fdatasync. Default: <see cref="Errno.EINVAL"/>.</summary>
    /// <param name="file">The open file.</param>
    /// <param name="isDataOnly">True when times need not be written.</param>
    public virtual Errno Sync(OpenFile file, bool isDataOnly) => Errno.EINVAL;

    /// <summary>A file is being opened on an inode: counts ends of a pipe, asks the device. Default: nothing.</summary>
    /// <returns>An error ends the open; <see cref="OnRelease"/> is not called then.</returns>
    public virtual Errno OnOpen(OpenFile file) => Errno.Success;

    /// <summary>The last descriptor of an open file is gone. Default: nothing.</summary>
    public virtual void OnRelease(OpenFile file)
    {
    }

    /// <summary>True when files of this inode have a position (lseek, pread). Default: files, directories and block devices.</summary>
    public virtual bool HasPosition(Inode inode)
    {
        ArgumentNullException.ThrowIfNull(inode);
        return inode.Mode.Type() is InodeMode.Regular or InodeMode.Directory or InodeMode.BlockDevice;
    }

    /// <summary>lseek, for files with a position. Default: anywhere from 0 on, the end of the file counted by its size; all of it is data (Linux's generic_file_llseek).</summary>
    /// <param name="file">The open file.</param>
    /// <param name="offset">Bytes from the origin.</param>
    /// <param name="origin">From where.</param>
    /// <param name="current">The position now.</param>
    /// <param name="position">The new position.</param>
    /// <returns><see cref="Errno.EINVAL"/>, <see cref="Errno.EOVERFLOW"/>; <see cref="Errno.ENXIO"/> for data or a hole behind the end.</returns>
    public virtual Errno Seek(OpenFile file, long offset, SeekOrigin origin, long current, out long position)
    {
        ArgumentNullException.ThrowIfNull(file);
        position = 0;
        if (origin is SeekData or SeekHole)
        {
            long size = file.Inode.Size;
            position = offset < 0 || offset >= size ? 0 : origin == SeekData ? offset : size;
            return offset < 0 || offset >= size ? Errno.ENXIO : Errno.Success;
        }

        long? start = origin switch
        {
            SeekOrigin.Begin => 0,
            SeekOrigin.Current => current,
            SeekOrigin.End => file.Inode.Size,
            _ => null,
        };
        if (start is null)
        {
            return Errno.EINVAL;
        }

        long target = unchecked(start.Value + offset);
        if (offset > 0 && target < start.Value)
        {
            return Errno.EOVERFLOW;
        }

        position = Math.Max(target, 0);
        return target < 0 ? Errno.EINVAL : Errno.Success;
    }
}
