using KernelSockets.Vfs.Names;

namespace KernelSockets.Vfs;

/// <content>Opening files.</content>
public sealed partial class VirtualFileSystem
{
    /// <summary>open.</summary>
    /// <param name="current">Where a relative path starts.</param>
    /// <param name="path">The path.</param>
    /// <param name="flags">Access mode and flags.</param>
    /// <param name="mode">Permissions of a file that is made, the umask already taken off.</param>
    /// <param name="file">The file with one reference, the caller's; null on failure.</param>
    /// <returns>
    /// <see cref="Errno.ENOENT"/>, <see cref="Errno.EEXIST"/>, <see cref="Errno.EISDIR"/> for writing to a directory, <see cref="Errno.ENOTDIR"/>,
    /// <see cref="Errno.ELOOP"/>, <see cref="Errno.ENXIO"/> for a device without a driver, <see cref="Errno.EROFS"/>, <see cref="Errno.EACCES"/>.
    /// </returns>
    public Errno TryOpen(Inode current, ReadOnlySpan<byte> path, OpenFlags flags, InodeMode mode, out OpenFile? file)
    {
        file = null;
        if (flags.HasFlag(OpenFlags.PathOnly))
        {
            // O_PATH ignores all but these (open(2)).
            flags &= OpenFlags.PathOnly | OpenFlags.Directory | OpenFlags.NoFollow | OpenFlags.CloseOnExec;
        }

        if (flags.HasFlag(OpenFlags.Create) && flags.HasFlag(OpenFlags.Directory))
        {
            return Errno.EINVAL;
        }

        bool isNew = false;
        Errno error = PathWalk.Start(_mounts, current, path, stackalloc byte[PathWalk.BufferLength], out PathWalk walk);
        Inode? inode = null;
        if (error == Errno.Success)
        {
            error = flags.HasFlag(OpenFlags.Create)
                ? FindOrCreate(ref walk, flags, mode, out inode, out isNew)
                : walk.Finish(!flags.HasFlag(OpenFlags.NoFollow), out inode);
        }

        FileLocation? location = error == Errno.Success && !inode!.Mode.IsDirectory() ? walk.Locate() : null;
        walk.Dispose();
        if (error == Errno.Success)
        {
            error = TryOpen(inode!, flags, isNew, out file);
            inode!.Release();
        }

        if (file is not null)
        {
            file.Location = location;
        }
        else
        {
            location?.Release();
        }

        return error;
    }

    /// <summary>Opens an inode, after the checks that open makes.</summary>
    /// <param name="inode">The inode; the caller keeps its reference.</param>
    /// <param name="flags">Access mode and flags.</param>
    /// <param name="isNew">True when this open has made it: then its permissions do not count.</param>
    /// <param name="file">The file with one reference, the caller's; null on failure.</param>
    public Errno TryOpen(Inode inode, OpenFlags flags, bool isNew, out OpenFile? file)
    {
        ArgumentNullException.ThrowIfNull(inode);
        file = null;
        Errno error = CheckOpen(inode, flags, isNew);
        if (error != Errno.Success)
        {
            return error;
        }

        if (OperationsFor(inode) is not { } operations)
        {
            return Errno.ENXIO;
        }

        if (flags.HasFlag(OpenFlags.Truncate) && inode.Mode.IsRegular() && !isNew)
        {
            error = operations.Truncate(inode, 0);
        }

        return error == Errno.Success ? OpenFile.TryOpen(inode, operations, flags, out file) : error;
    }

    /// <summary>The operations of an open inode: a device node's are its device's, a FIFO's the pipes'. Null when nothing serves it, as sockets and event counters found in /proc/PID/fd.</summary>
    private FileSystemOps? OperationsFor(Inode inode) => inode.Mode.Type() switch
    {
        InodeMode.CharacterDevice => FileSystems.Find(FileSystemType.Device),
        InodeMode.Fifo => FileSystems.Find(FileSystemType.Pipe),
        InodeMode.BlockDevice => FileSystems.Find(FileSystemType.Block),
        InodeMode.Socket or InodeMode.None => null,
        _ => inode.Operations,
    };

    private static Errno CheckOpen(Inode inode, OpenFlags flags, bool isNew)
    {
        if (flags.HasFlag(OpenFlags.Directory) && !inode.Mode.IsDirectory())
        {
            return Errno.ENOTDIR;
        }

        if (flags.HasFlag(OpenFlags.PathOnly))
        {
            return Errno.Success;
        }

        if (inode.Mode.IsSymbolicLink())
        {
            return Errno.ELOOP;
        }

        OpenFlags access = flags & OpenFlags.AccessMask;
        bool writes = access != OpenFlags.ReadOnly || flags.HasFlag(OpenFlags.Truncate);
        if (inode.Mode.IsDirectory() && (writes || flags.HasFlag(OpenFlags.Create)))
        {
            return Errno.EISDIR;
        }

        if (isNew)
        {
            return Errno.Success;
        }

        AccessMask mask = (access != OpenFlags.WriteOnly ? AccessMask.Read : AccessMask.None) | (writes ? AccessMask.Write : AccessMask.None);
        return CheckAccess(inode, mask);
    }

    private static Errno FindOrCreate(ref PathWalk walk, OpenFlags flags, InodeMode mode, out Inode? inode, out bool isNew)
    {
        while (true)
        {
            isNew = false;
            inode = null;
            if (walk.HasArrived && !walk.RequiresDirectory)
            {
                inode = walk.HoldArrived();
                return Errno.Success;
            }

            if (walk.IsNameSpecial || walk.RequiresDirectory)
            {
                return walk.IsNameSpecial && flags.HasFlag(OpenFlags.Exclusive) ? Errno.EEXIST : Errno.EISDIR;
            }

            Errno error = walk.Lookup(out inode);
            if (error == Errno.ENOENT)
            {
                error = Create(ref walk, flags, mode, out inode);
                isNew = error == Errno.Success;
                return error;
            }

            if (error != Errno.Success || !(inode!.Mode.IsSymbolicLink() || flags.HasFlag(OpenFlags.Exclusive)))
            {
                return error;
            }

            if (flags.HasFlag(OpenFlags.Exclusive) || flags.HasFlag(OpenFlags.NoFollow))
            {
                inode.Release();
                inode = null;
                return flags.HasFlag(OpenFlags.Exclusive) ? Errno.EEXIST : Errno.ELOOP;
            }

            error = walk.FollowLink(inode);
            if (error != Errno.Success)
            {
                inode = null;
                return error;
            }
        }
    }

    private static Errno Create(ref PathWalk walk, OpenFlags flags, InodeMode mode, out Inode? inode)
    {
        inode = null;
        Inode directory = walk.Directory;
        if (directory.SuperBlock.IsReadOnly)
        {
            return Errno.EROFS;
        }

        Errno error = directory.Operations.Permission(directory, AccessMask.Write | AccessMask.Execute);
        if (error == Errno.Success)
        {
            using NameChange change = walk.BeginChange();
            error = directory.Operations.Open(directory, walk.Name, flags, mode & InodeMode.PermissionMask, out inode);
            if (error == Errno.Success)
            {
                change.Made(inode!);
            }
        }

        return error;
    }
}
