using KernelSockets.Kernel.Nucleus;
using KernelSockets.Vfs;

namespace KernelSockets.Kernel.Syscalls;

/// <summary>
/// The system calls that change which names there are: mkdir, rmdir, link, unlink, rename, symlink, mknod, truncate, each with its *at form, and what
/// belongs to file systems as a whole: sync, statfs. Called in the calling task, interrupts on.
/// </summary>
internal sealed class TreeCalls
{
    private const int Here = UserPath.CurrentDirectory;
    private const ulong RemoveDirectoryFlag = 0x200; // AT_REMOVEDIR
    private const ulong FollowFlag = 0x400; // AT_SYMLINK_FOLLOW
    private const ulong NoReplaceFlag = 1; // RENAME_NOREPLACE

    private readonly VirtualFileSystem _vfs;

    public TreeCalls(VirtualFileSystem vfs) => _vfs = vfs;

    /// <summary>Serves the call if it is one of these.</summary>
    public bool TryServe(in CallArguments call, out long result)
    {
        Errno? error = ServeOne(call) ?? ServeTwo(call) ?? ServeWhole(call);
        result = -(long)(error ?? Errno.Success);
        return error is not null;
    }

    private Errno? ServeOne(in CallArguments call) => call.Number switch
    {
        Linux.Mkdir => MakeDirectory(call, Here, call.A, call.B),
        Linux.Mkdirat => MakeDirectory(call, (int)call.A, call.B, call.C),
        Linux.Rmdir => Remove(call, Here, call.A, RemoveDirectoryFlag),
        Linux.Unlink => Remove(call, Here, call.A, 0),
        Linux.Unlinkat => Remove(call, (int)call.A, call.B, call.C),
        Linux.Mknod => MakeNode(call, Here, call.A, call.B, call.C),
        Linux.Mknodat => MakeNode(call, (int)call.A, call.B, call.C, call.D),
        Linux.Truncate => Truncate(call),
        _ => null,
    };

    private Errno? ServeTwo(in CallArguments call) => call.Number switch
    {
        Linux.Rename => Rename(call, Here, call.A, Here, call.B, 0),
        Linux.Renameat => Rename(call, (int)call.A, call.B, (int)call.C, call.D, 0),
        Linux.Renameat2 => Rename(call, (int)call.A, call.B, (int)call.C, call.D, call.E),
        Linux.Link => Link(call, Here, call.A, Here, call.B, 0),
        Linux.Linkat => Link(call, (int)call.A, call.B, (int)call.C, call.D, call.E),
        Linux.Symlink => MakeSymbolicLink(call, call.A, Here, call.B),
        Linux.Symlinkat => MakeSymbolicLink(call, call.A, (int)call.B, call.C),
        _ => null,
    };

    private Errno? ServeWhole(in CallArguments call) => call.Number switch
    {
        Linux.Sync => Synchronize(),
        Linux.Fsync or Linux.Fdatasync or Linux.Fstatfs => ServeFile(call),
        Linux.Statfs => StatFileSystem(call),
        _ => null,
    };

    private Errno MakeDirectory(in CallArguments call, int directory, ulong name, ulong mode)
    {
        using UserPath at = UserPath.Read(_vfs, call, directory, name);
        return at.IsGood ? _vfs.MakeDirectory(at.Start, at.Path, (InodeMode)(mode & 0x1FF) & ~UserPath.CreationMask) : at.Error;
    }

    private Errno Remove(in CallArguments call, int directory, ulong name, ulong flags)
    {
        if ((flags & ~RemoveDirectoryFlag) != 0)
        {
            return Errno.EINVAL;
        }

        using UserPath at = UserPath.Read(_vfs, call, directory, name);
        return !at.IsGood ? at.Error : flags == 0 ? _vfs.Unlink(at.Start, at.Path) : _vfs.RemoveDirectory(at.Start, at.Path);
    }

    private Errno MakeNode(in CallArguments call, int directory, ulong name, ulong mode, ulong device)
    {
        using UserPath at = UserPath.Read(_vfs, call, directory, name);
        return at.IsGood ? _vfs.MakeNode(at.Start, at.Path, (InodeMode)mode & ~UserPath.CreationMask, DeviceNumber.Decode(device)) : at.Error;
    }

    private Errno Truncate(in CallArguments call)
    {
        using UserPath at = UserPath.Read(_vfs, call, Here, call.A);
        return at.IsGood ? _vfs.Truncate(at.Start, at.Path, (long)call.B) : at.Error;
    }

    private Errno Rename(in CallArguments call, int oldDirectory, ulong oldName, int newDirectory, ulong newName, ulong flags)
    {
        if ((flags & uint.MaxValue & ~NoReplaceFlag) != 0)
        {
            return Errno.EINVAL;
        }

        using UserPath from = UserPath.Read(_vfs, call, oldDirectory, oldName);
        using UserPath to = UserPath.Read(_vfs, call, newDirectory, newName);
        Errno error = from.IsGood ? to.Error : from.Error;
        return error != Errno.Success ? error
            : _vfs.Rename(from.Start, from.Path, to.Start, to.Path, replaces: flags == 0);
    }

    private Errno Link(in CallArguments call, int oldDirectory, ulong oldName, int newDirectory, ulong newName, ulong flags)
    {
        if ((flags & uint.MaxValue & ~(FollowFlag | UserPath.EmptyPath)) != 0)
        {
            return Errno.EINVAL;
        }

        using UserPath existing = UserPath.Read(_vfs, call, oldDirectory, oldName, mayBeEmpty: (flags & UserPath.EmptyPath) != 0);
        using UserPath to = UserPath.Read(_vfs, call, newDirectory, newName);
        Errno error = existing.IsGood || existing.IsDescriptor ? to.Error : existing.Error;
        return error != Errno.Success ? error
            : existing.IsDescriptor ? LinkFile(call.Job, oldDirectory, to)
            : _vfs.Link(existing.Start, existing.Path, to.Start, to.Path, follows: (flags & FollowFlag) != 0);
    }

    /// <summary>linkat with AT_EMPTY_PATH: a further name for an open file.</summary>
    private Errno LinkFile(int job, int fd, in UserPath to)
    {
        Errno error = _vfs.Files.TryGet(job, fd, out OpenFile? file);
        if (error == Errno.Success)
        {
            error = _vfs.Link(file!.Inode, to.Start, to.Path);
            file.Release();
        }

        return error;
    }

    private Errno MakeSymbolicLink(in CallArguments call, ulong targetAddress, int directory, ulong name)
    {
        Errno error = UserMemory.TryReadPath(targetAddress, out ReadOnlySpan<byte> target);
        if (error != Errno.Success)
        {
            return error;
        }

        using UserPath at = UserPath.Read(_vfs, call, directory, name);
        return at.IsGood ? _vfs.MakeSymbolicLink(at.Start, target, at.Path) : at.Error;
    }

    private Errno Synchronize()
    {
        _ = _vfs.Synchronize(); // sync(2) has no way to tell an error
        return Errno.Success;
    }

    private Errno StatFileSystem(in CallArguments call)
    {
        using UserPath at = UserPath.Read(_vfs, call, Here, call.A);
        return at.IsGood ? Store(_vfs.StatFileSystem(at.Start, at.Path, out FileSystemStatistics statistics), statistics, call.B) : at.Error;
    }

    private Errno ServeFile(in CallArguments call)
    {
        Errno error = _vfs.Files.TryGet(call.Job, (int)call.A, out OpenFile? file);
        if (error != Errno.Success)
        {
            return error;
        }

        try
        {
            return call.Number == Linux.Fstatfs
                ? Store(file!.Operations.StatFileSystem(file.Inode.SuperBlock, out FileSystemStatistics statistics), statistics, call.B)
                : file!.IsPathOnly ? Errno.EBADF
                : file.Operations.Sync(file, isDataOnly: call.Number == Linux.Fdatasync);
        }
        finally
        {
            file!.Release();
        }
    }

    private static Errno Store(Errno error, in FileSystemStatistics statistics, ulong address)
    {
        if (error != Errno.Success)
        {
            return error;
        }

        if (!UserMemory.TryWrite(address, FileSystemStatistics.Size, out Span<byte> memory))
        {
            return Errno.EFAULT;
        }

        statistics.Write(memory);
        return Errno.Success;
    }
}
