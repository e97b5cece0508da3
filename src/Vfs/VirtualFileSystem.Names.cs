using KernelSockets.Vfs.Names;

namespace KernelSockets.Vfs;

/// <content>Operations on names: everything that takes a path and opens nothing.</content>
public sealed partial class VirtualFileSystem
{
    private const int MaxClimb = 256;

    /// <summary>Directories above another in a path of the greatest length, and far more; more of them are a circle.</summary>
    private const int MaxAncestors = 1 << 16;

    /// <summary>Follows a path to an inode.</summary>
    /// <param name="current">Where a relative path starts.</param>
    /// <param name="path">The path.</param>
    /// <param name="follows">Whether to follow a link that the path ends in.</param>
    /// <param name="inode">With a reference for the caller.</param>
    /// <returns><see cref="Errno.ENOENT"/>, <see cref="Errno.ENOTDIR"/>, <see cref="Errno.ELOOP"/>, <see cref="Errno.ENAMETOOLONG"/>.</returns>
    public Errno TryResolve(Inode current, ReadOnlySpan<byte> path, bool follows, out Inode? inode)
    {
        inode = null;
        Errno error = PathWalk.Start(_mounts, current, path, stackalloc byte[PathWalk.BufferLength], out PathWalk walk);
        if (error == Errno.Success)
        {
            error = walk.Finish(follows, out inode);
        }

        walk.Dispose();
        return error;
    }

    /// <summary>chdir: follows a path to a directory.</summary>
    /// <param name="current">Where a relative path starts.</param>
    /// <param name="path">The path.</param>
    /// <param name="directory">With a reference for the caller.</param>
    /// <returns>As <see cref="TryResolve"/>.</returns>
    public Errno TryResolveDirectory(Inode current, ReadOnlySpan<byte> path, out Inode? directory)
    {
        Errno error = TryResolve(current, path, follows: true, out directory);
        if (error == Errno.Success && !directory!.Mode.IsDirectory())
        {
            error = Errno.ENOTDIR;
        }

        if (error == Errno.Success)
        {
            error = directory!.Operations.Permission(directory, AccessMask.Execute);
        }

        if (error != Errno.Success)
        {
            directory?.Release();
            directory = null;
        }

        return error;
    }

    /// <summary>stat and lstat.</summary>
    public Errno Stat(Inode current, ReadOnlySpan<byte> path, bool follows, out FileStat stat)
    {
        stat = default;
        Errno error = TryResolve(current, path, follows, out Inode? inode);
        if (error != Errno.Success)
        {
            return error;
        }

        error = inode!.Operations.Stat(inode, out stat);
        inode.Release();
        return error;
    }

    /// <summary>statfs.</summary>
    public Errno StatFileSystem(Inode current, ReadOnlySpan<byte> path, out FileSystemStatistics statistics)
    {
        statistics = default;
        Errno error = TryResolve(current, path, follows: true, out Inode? inode);
        if (error != Errno.Success)
        {
            return error;
        }

        error = inode!.Operations.StatFileSystem(inode.SuperBlock, out statistics);
        inode.Release();
        return error;
    }

    /// <summary>access.</summary>
    /// <returns><see cref="Errno.EACCES"/>, <see cref="Errno.EROFS"/>, <see cref="Errno.EINVAL"/> for unknown bits, or why the path leads nowhere.</returns>
    public Errno Access(Inode current, ReadOnlySpan<byte> path, AccessMask mask)
    {
        if ((mask & ~(AccessMask.Read | AccessMask.Write | AccessMask.Execute)) != 0)
        {
            return Errno.EINVAL;
        }

        Errno error = TryResolve(current, path, follows: true, out Inode? inode);
        if (error != Errno.Success)
        {
            return error;
        }

        error = Access(inode!, mask);
        inode!.Release();
        return error;
    }

    /// <summary>access, for an inode that is known.</summary>
    public static Errno Access(Inode inode, AccessMask mask)
    {
        ArgumentNullException.ThrowIfNull(inode);
        return CheckAccess(inode, mask);
    }

    /// <summary>truncate, by path.</summary>
    /// <returns><see cref="Errno.EINVAL"/> for a negative size, <see cref="Errno.EISDIR"/>, <see cref="Errno.EROFS"/>, or what the file system says.</returns>
    public Errno Truncate(Inode current, ReadOnlySpan<byte> path, long size)
    {
        if (size < 0)
        {
            return Errno.EINVAL;
        }

        Errno error = TryResolve(current, path, follows: true, out Inode? inode);
        if (error != Errno.Success)
        {
            return error;
        }

        error = inode!.Mode.IsDirectory() ? Errno.EISDIR : CheckAccess(inode, AccessMask.Write);
        if (error == Errno.Success)
        {
            error = inode.Operations.Truncate(inode, size);
        }

        inode.Release();
        return error;
    }

    /// <summary>chmod, chown and utimensat, by path.</summary>
    /// <returns><see cref="Errno.EROFS"/>, or what the file system says.</returns>
    public Errno Change(Inode current, ReadOnlySpan<byte> path, bool follows, in InodeChange change)
    {
        Errno error = TryResolve(current, path, follows, out Inode? inode);
        if (error != Errno.Success)
        {
            return error;
        }

        error = Change(inode!, change);
        inode!.Release();
        return error;
    }

    /// <summary>fchmod, fchown and futimens.</summary>
    /// <returns><see cref="Errno.EROFS"/>, <see cref="Errno.EOPNOTSUPP"/> for the permissions of a symbolic link, or what the file system says.</returns>
    public static Errno Change(Inode inode, in InodeChange change)
    {
        ArgumentNullException.ThrowIfNull(inode);
        if (inode.SuperBlock.IsReadOnly)
        {
            return Errno.EROFS;
        }

        return inode.Mode.IsSymbolicLink() && change.Permissions is not null ? Errno.EOPNOTSUPP : inode.Operations.Change(inode, change);
    }

    /// <summary>readlink.</summary>
    /// <returns>Bytes of the target, cut to the room there is; <see cref="Errno.EINVAL"/> for no link.</returns>
    public IoResult ReadLink(Inode current, ReadOnlySpan<byte> path, Span<byte> target)
    {
        Errno error = TryResolve(current, path, follows: false, out Inode? inode);
        if (error != Errno.Success)
        {
            return error;
        }

        IoResult result = inode!.Mode.IsSymbolicLink() ? inode.Operations.ReadLink(inode, target) : Errno.EINVAL;
        inode.Release();
        return result;
    }

    /// <summary>mkdir.</summary>
    /// <param name="current">Where a relative path starts.</param>
    /// <param name="path">The new directory; a slash may follow.</param>
    /// <param name="mode">Permissions, the umask already taken off.</param>
    /// <returns><see cref="Errno.EEXIST"/>, <see cref="Errno.EROFS"/>, or what the path or the file system says.</returns>
    public Errno MakeDirectory(Inode current, ReadOnlySpan<byte> path, InodeMode mode)
    {
        Errno error = StartNew(current, path, allowsSlash: true, stackalloc byte[PathWalk.BufferLength], out PathWalk walk);
        if (error == Errno.Success)
        {
            using NameChange change = walk.BeginChange();
            error = walk.Directory.Operations.MakeDirectory(walk.Directory, walk.Name, mode);
        }

        walk.Dispose();
        return error;
    }

    /// <summary>mknod: a device node, FIFO, socket name or empty file.</summary>
    /// <param name="current">Where a relative path starts.</param>
    /// <param name="path">The new name.</param>
    /// <param name="mode">Type and permissions, the umask already taken off.</param>
    /// <param name="device">Number of a device node's device.</param>
    /// <returns><see cref="Errno.EPERM"/> for a directory, <see cref="Errno.EINVAL"/> for a type that is none, or as <see cref="MakeDirectory"/>.</returns>
    public Errno MakeNode(Inode current, ReadOnlySpan<byte> path, InodeMode mode, DeviceNumber device)
    {
        // Before the path is looked at, as Linux's may_mknod.
        if (mode.Type() is not (InodeMode.None or InodeMode.Regular or InodeMode.CharacterDevice or InodeMode.BlockDevice or InodeMode.Fifo or InodeMode.Socket))
        {
            return mode.IsDirectory() ? Errno.EPERM : Errno.EINVAL;
        }

        Errno error = StartNew(current, path, allowsSlash: false, stackalloc byte[PathWalk.BufferLength], out PathWalk walk);
        if (error == Errno.Success)
        {
            using NameChange change = walk.BeginChange();
            InodeMode type = mode.Type() == InodeMode.None ? InodeMode.Regular : InodeMode.None;
            error = walk.Directory.Operations.MakeNode(walk.Directory, walk.Name, mode | type, device);
        }

        walk.Dispose();
        return error;
    }

    /// <summary>symlink.</summary>
    /// <param name="current">Where a relative path starts.</param>
    /// <param name="target">What the link says; need not exist.</param>
    /// <param name="path">The new name.</param>
    /// <returns>As <see cref="MakeDirectory"/>; <see cref="Errno.ENOENT"/> for an empty target, <see cref="Errno.ENAMETOOLONG"/>.</returns>
    public Errno MakeSymbolicLink(Inode current, ReadOnlySpan<byte> target, ReadOnlySpan<byte> path)
    {
        if (target.IsEmpty || target.Length >= PathWalk.MaxPathLength)
        {
            return target.IsEmpty ? Errno.ENOENT : Errno.ENAMETOOLONG;
        }

        Errno error = StartNew(current, path, allowsSlash: false, stackalloc byte[PathWalk.BufferLength], out PathWalk walk);
        if (error == Errno.Success)
        {
            using NameChange change = walk.BeginChange();
            error = walk.Directory.Operations.MakeSymbolicLink(walk.Directory, walk.Name, target);
        }

        walk.Dispose();
        return error;
    }

    /// <summary>link.</summary>
    /// <param name="current">Where relative paths start.</param>
    /// <param name="existing">The file.</param>
    /// <param name="path">Its further name.</param>
    /// <param name="follows">Whether to follow a link that <paramref name="existing"/> ends in (linkat's AT_SYMLINK_FOLLOW).</param>
    /// <returns><see cref="Errno.EXDEV"/> across file systems, <see cref="Errno.EPERM"/> for a directory, or as <see cref="MakeDirectory"/>.</returns>
    public Errno Link(Inode current, ReadOnlySpan<byte> existing, ReadOnlySpan<byte> path, bool follows) => Link(current, existing, current, path, follows);

    /// <summary>linkat: <see cref="Link(Inode, ReadOnlySpan{byte}, ReadOnlySpan{byte}, bool)"/> with another start for the new path.</summary>
    public Errno Link(Inode current, ReadOnlySpan<byte> existing, Inode newCurrent, ReadOnlySpan<byte> path, bool follows)
    {
        Errno error = TryResolve(current, existing, follows, out Inode? inode);
        if (error != Errno.Success)
        {
            return error;
        }

        error = Link(inode!, newCurrent, path);
        inode!.Release();
        return error;
    }

    /// <summary>linkat with AT_EMPTY_PATH: as above, for an inode that is known.</summary>
    public Errno Link(Inode inode, Inode newCurrent, ReadOnlySpan<byte> path)
    {
        ArgumentNullException.ThrowIfNull(inode);
        Errno error = StartNew(newCurrent, path, allowsSlash: false, stackalloc byte[PathWalk.BufferLength], out PathWalk walk);
        if (error == Errno.Success)
        {
            using NameChange change = walk.BeginChange();
            error = walk.Directory.SuperBlock != inode.SuperBlock
                ? Errno.EXDEV
                : walk.Directory.Operations.Link(inode, walk.Directory, walk.Name);
        }

        walk.Dispose();
        return error;
    }

    /// <summary>rmdir.</summary>
    /// <returns><see cref="Errno.EINVAL"/> for a path that ends in ".", <see cref="Errno.ENOTEMPTY"/> for "..", <see cref="Errno.EBUSY"/> for the root and mount points.</returns>
    public Errno RemoveDirectory(Inode current, ReadOnlySpan<byte> path)
    {
        Errno error = PathWalk.Start(_mounts, current, path, stackalloc byte[PathWalk.BufferLength], out PathWalk walk);
        if (error == Errno.Success)
        {
            error = walk.Name switch
            {
                [] => Errno.EBUSY,
                [(byte)'.'] => Errno.EINVAL,
                [(byte)'.', (byte)'.'] => Errno.ENOTEMPTY,
                _ => CheckChange(ref walk),
            };
        }

        if (error == Errno.Success)
        {
            using NameChange change = walk.BeginChange();
            error = walk.Directory.Operations.RemoveDirectory(walk.Directory, walk.Name);
        }

        walk.Dispose();
        return error;
    }

    /// <summary>unlink.</summary>
    /// <returns><see cref="Errno.EISDIR"/> for a directory, <see cref="Errno.ENOTDIR"/> for a file whose name a slash follows.</returns>
    public Errno Unlink(Inode current, ReadOnlySpan<byte> path)
    {
        Errno error = PathWalk.Start(_mounts, current, path, stackalloc byte[PathWalk.BufferLength], out PathWalk walk);
        if (error == Errno.Success)
        {
            error = walk.IsNameSpecial ? Errno.EISDIR : CheckChange(ref walk);
        }

        if (error == Errno.Success && walk.RequiresDirectory)
        {
            error = walk.Lookup(out Inode? inode);
            if (error == Errno.Success)
            {
                error = inode!.Mode.IsDirectory() ? Errno.EISDIR : Errno.ENOTDIR;
                inode.Release();
            }
        }
        else if (error == Errno.Success)
        {
            using NameChange change = walk.BeginChange();
            error = walk.Directory.Operations.Unlink(walk.Directory, walk.Name);
        }

        walk.Dispose();
        return error;
    }

    /// <summary>rename.</summary>
    /// <param name="current">Where relative paths start.</param>
    /// <param name="oldPath">What.</param>
    /// <param name="newPath">Its new name; what has it now goes.</param>
    /// <param name="replaces">False for RENAME_NOREPLACE: <see cref="Errno.EEXIST"/> when the new name is taken.</param>
    /// <returns><see cref="Errno.EXDEV"/>, <see cref="Errno.EBUSY"/> for "." and "..", or what the file system says.</returns>
    public Errno Rename(Inode current, ReadOnlySpan<byte> oldPath, ReadOnlySpan<byte> newPath, bool replaces = true) =>
        Rename(current, oldPath, current, newPath, replaces);

    /// <summary>renameat2: <see cref="Rename(Inode, ReadOnlySpan{byte}, ReadOnlySpan{byte}, bool)"/> with another start for the new path.</summary>
    public Errno Rename(Inode current, ReadOnlySpan<byte> oldPath, Inode newCurrent, ReadOnlySpan<byte> newPath, bool replaces = true)
    {
        Errno error = PathWalk.Start(_mounts, current, oldPath, stackalloc byte[PathWalk.BufferLength], out PathWalk from);
        if (error == Errno.Success)
        {
            error = PathWalk.Start(_mounts, newCurrent, newPath, stackalloc byte[PathWalk.BufferLength], out PathWalk to);
            if (error == Errno.Success)
            {
                lock (_renameGate)
                {
                    error = Rename(ref from, ref to, replaces);
                }
            }

            to.Dispose();
        }

        from.Dispose();
        return error;
    }

    /// <summary>getcwd: the path of a directory, found by climbing to the root.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="path">Where to.</param>
    /// <returns>Bytes of the path; <see cref="Errno.ERANGE"/> when there is no room, <see cref="Errno.ENOENT"/> when the directory has been removed.</returns>
    public IoResult GetPath(Inode directory, Span<byte> path)
    {
        ArgumentNullException.ThrowIfNull(directory);
        PathBuilder builder = new(path);
        return FinishPath(directory, ref builder);
    }

    /// <summary>Writes the path of a directory before what there is of a path.</summary>
    private IoResult FinishPath(Inode directory, ref PathBuilder builder)
    {
        Inode here = directory;
        here.Hold();
        Errno error = Errno.Success;
        for (int depth = 0; here != Root && error == Errno.Success; depth++)
        {
            error = depth == MaxClimb ? Errno.ENAMETOOLONG : Climb(ref here, ref builder);
        }

        here.Release();
        return error != Errno.Success ? error : builder.Finish();
    }

    /// <summary>The path of a file that was found in a directory: its name there now, or, when it has none there, the one it had.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="inode">The file.</param>
    /// <param name="name">The name that it had.</param>
    /// <param name="path">Where to.</param>
    /// <returns>Bytes of the path, which says "(deleted)" when the file has no name anywhere; else as <see cref="GetPath(Inode, Span{byte})"/>.</returns>
    internal IoResult GetPath(Inode directory, Inode inode, ReadOnlySpan<byte> name, Span<byte> path)
    {
        PathBuilder builder = new(path);
        Errno error = directory.Operations.Namei(directory, name, out Inode? found);
        bool isThere = error == Errno.Success && found!.Number == inode.Number;
        found?.Release();
        if (!isThere && inode.LinkCount > 0 && FindName(directory, inode.Number, ref builder) == Errno.Success)
        {
            return FinishPath(directory, ref builder);
        }

        error = inode.LinkCount == 0 ? builder.PrependText(" (deleted)"u8) : Errno.Success;
        error = error == Errno.Success ? builder.Prepend(name) : error;
        return error == Errno.Success ? FinishPath(directory, ref builder) : error;
    }

    private static Errno CheckAccess(Inode inode, AccessMask mask)
    {
        bool isDevice = inode.Mode.Type() is InodeMode.CharacterDevice or InodeMode.BlockDevice or InodeMode.Fifo or InodeMode.Socket;
        if (mask.HasFlag(AccessMask.Write) && inode.SuperBlock.IsReadOnly && !isDevice)
        {
            return Errno.EROFS;
        }

        return inode.Operations.Permission(inode, mask);
    }

    private static Errno CheckChange(ref PathWalk walk)
    {
        if (walk.Directory.SuperBlock.IsReadOnly)
        {
            // What is not there is not there, before it cannot be changed.
            Errno error = walk.Lookup(out Inode? inode);
            inode?.Release();
            return error == Errno.Success ? Errno.EROFS : error;
        }

        return walk.Directory.Operations.Permission(walk.Directory, AccessMask.Write | AccessMask.Execute);
    }

    /// <summary>Walks to where something new shall be made, and checks that it can be.</summary>
    private Errno StartNew(Inode current, ReadOnlySpan<byte> path, bool allowsSlash, Span<byte> buffer, out PathWalk walk)
    {
        Errno error = PathWalk.Start(_mounts, current, path, buffer, out walk);
        if (error != Errno.Success)
        {
            return error;
        }

        if (walk.IsNameSpecial)
        {
            return Errno.EEXIST;
        }

        error = walk.Lookup(out Inode? existing);
        existing?.Release();
        if (error != Errno.ENOENT)
        {
            return error == Errno.Success ? Errno.EEXIST : error;
        }

        if (walk.RequiresDirectory && !allowsSlash)
        {
            return Errno.ENOENT;
        }

        return walk.Directory.SuperBlock.IsReadOnly
            ? Errno.EROFS
            : walk.Directory.Operations.Permission(walk.Directory, AccessMask.Write | AccessMask.Execute);
    }

    private static Errno Rename(ref PathWalk from, ref PathWalk to, bool replaces)
    {
        if (from.Directory.SuperBlock != to.Directory.SuperBlock)
        {
            return Errno.EXDEV;
        }

        if (from.IsNameSpecial || to.IsNameSpecial)
        {
            return from.IsNameSpecial || replaces ? Errno.EBUSY : Errno.EEXIST;
        }

        Errno error = from.Lookup(out Inode? source);
        if (error != Errno.Success)
        {
            return error;
        }

        error = to.Lookup(out Inode? target);
        if (error is Errno.Success or Errno.ENOENT)
        {
            error = CheckRename(ref from, ref to, source!, target, replaces);
        }

        if (error == Errno.Success)
        {
            using NameChange oldChange = from.BeginChange();
            using NameChange newChange = to.BeginChange();
            error = from.Directory.Operations.Rename(from.Directory, from.Name, to.Directory, to.Name);
        }

        source!.Release();
        target?.Release();
        return error;
    }

    /// <summary>The checks of Linux's do_renameat2, in its order.</summary>
    private static Errno CheckRename(ref PathWalk from, ref PathWalk to, Inode source, Inode? target, bool replaces)
    {
        if (target is not null && !replaces)
        {
            return Errno.EEXIST;
        }

        if (!source.Mode.IsDirectory() && (from.RequiresDirectory || to.RequiresDirectory))
        {
            return Errno.ENOTDIR;
        }

        bool isMountPoint = source.SuperBlock != from.Directory.SuperBlock || (target is not null && target.SuperBlock != to.Directory.SuperBlock);
        if (isMountPoint)
        {
            return Errno.EBUSY;
        }

        if (source.Mode.IsDirectory() && IsAncestor(source, to.Directory))
        {
            return Errno.EINVAL;
        }

        if (target is not null && target.Mode.IsDirectory() && IsAncestor(target, from.Directory))
        {
            return Errno.ENOTEMPTY;
        }

        return from.Directory.SuperBlock.IsReadOnly ? Errno.EROFS : Errno.Success;
    }

    /// <summary>
    /// True when a directory is the other one, or above it. Under the rename lock, without which directories do not move. Where the parents of a damaged
    /// file system lead in a circle everything counts as an ancestor, so that nothing is moved there.
    /// </summary>
    private static bool IsAncestor(Inode ancestor, Inode directory)
    {
        Inode here = directory;
        here.Hold();
        for (int depth = 0; here != ancestor && here != here.SuperBlock.Root; depth++)
        {
            if (depth == MaxAncestors)
            {
                here.Release();
                return true;
            }

            Errno error = here.Operations.Namei(here, ".."u8, out Inode? parent);
            if (error != Errno.Success)
            {
                break;
            }

            here.Release();
            here = parent!;
        }

        bool isFound = here == ancestor;
        here.Release();
        return isFound;
    }

    /// <summary>Goes from a directory to its parent, and writes its name before the path.</summary>
    private Errno Climb(ref Inode directory, ref PathBuilder builder)
    {
        Inode inside = _mounts.LeaveMounts(directory);
        Errno error = _mounts.Parent(directory, out Inode? parent);
        if (error == Errno.Success)
        {
            error = FindName(parent!, inside.Number, ref builder);
            directory.Release();
            directory = parent!;
        }

        inside.Release();
        return error;
    }

    private static Errno FindName(Inode parent, ulong number, ref PathBuilder builder)
    {
        Errno error = OpenFile.TryOpen(parent, parent.Operations, OpenFlags.ReadOnly, out OpenFile? file);
        if (error != Errno.Success)
        {
            return error;
        }

        DirectoryEntry entry = new();
        long position = 0;
        IoResult result;
        do
        {
            result = parent.Operations.ReadDirectory(file!, entry, ref position);
        }
        while (result is { IsSuccess: true, Count: > 0 }
            && (entry.InodeNumber != number || entry.Name.SequenceEqual("."u8) || entry.Name.SequenceEqual(".."u8)));

        file!.Release();
        if (!result.IsSuccess || result.Count == 0)
        {
            return result.IsSuccess ? Errno.ENOENT : result.Error;
        }

        return builder.Prepend(entry.Name);
    }

    /// <summary>Builds a path from its end.</summary>
    private ref struct PathBuilder(Span<byte> buffer)
    {
        private readonly Span<byte> _buffer = buffer;
        private int _start = buffer.Length;

        public Errno Prepend(ReadOnlySpan<byte> name)
        {
            Errno error = PrependText(name);
            return error == Errno.Success ? PrependText("/"u8) : error;
        }

        public Errno PrependText(ReadOnlySpan<byte> text)
        {
            if (_start < text.Length)
            {
                return Errno.ERANGE;
            }

            _start -= text.Length;
            text.CopyTo(_buffer[_start..]);
            return Errno.Success;
        }

        public IoResult Finish()
        {
            if (_start == _buffer.Length && Prepend([]) != Errno.Success)
            {
                return Errno.ERANGE;
            }

            ReadOnlySpan<byte> path = _buffer[_start..];
            path.CopyTo(_buffer);
            return IoResult.Ok(path.Length);
        }
    }
}
