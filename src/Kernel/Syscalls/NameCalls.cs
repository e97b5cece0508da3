using KernelSockets.Kernel.Nucleus;
using KernelSockets.Kernel.Tasks;
using KernelSockets.Vfs;

namespace KernelSockets.Kernel.Syscalls;

/// <summary>The system calls on paths: open, stat, statx, getdents64, chdir and their relatives. Called in the calling task, interrupts on.</summary>
internal sealed class NameCalls
{
    private const ulong SynchronizationFlags = 0x6000; // AT_STATX_SYNC_TYPE
    private const ulong StatFlags = UserPath.NoFollow | UserPath.EmptyPath | 0x800 | SynchronizationFlags; // 0x800: AT_NO_AUTOMOUNT
    private const ulong EffectiveFlag = 0x200; // AT_EACCESS: both users are root

    private readonly VirtualFileSystem _vfs;

    public NameCalls(VirtualFileSystem vfs) => _vfs = vfs;

    /// <summary>Serves the call if it is one of these.</summary>
    public bool TryServe(in CallArguments call, out long result)
    {
        long? served = ServeOpen(call) ?? ServeStat(call) ?? ServeOther(call);
        result = served ?? 0;
        return served is not null;
    }

    private long? ServeOpen(in CallArguments call) => call.Number switch
    {
        Linux.Open => Open(call, UserPath.CurrentDirectory, call.A, (OpenFlags)(int)call.B, call.C),
        Linux.Openat => Open(call, (int)call.A, call.B, (OpenFlags)(int)call.C, call.D),
        Linux.Creat => Open(call, UserPath.CurrentDirectory, call.A, OpenFlags.Create | OpenFlags.WriteOnly | OpenFlags.Truncate, call.B),
        _ => null,
    };

    private long? ServeStat(in CallArguments call) => call.Number switch
    {
        Linux.Stat => Stat(call, UserPath.CurrentDirectory, call.A, call.B, 0),
        Linux.Lstat => Stat(call, UserPath.CurrentDirectory, call.A, call.B, UserPath.NoFollow),
        Linux.Newfstatat => Stat(call, (int)call.A, call.B, call.C, call.D & uint.MaxValue),
        Linux.Fstat => StatDescriptor(call, (int)call.A, call.B),
        Linux.Statx => StatExtended(call),
        _ => null,
    };

    private long? ServeOther(in CallArguments call) => call.Number switch
    {
        Linux.Getdents64 => ReadDirectory(call),
        Linux.Getcwd => GetCurrentDirectory(call),
        Linux.Chdir or Linux.Fchdir => ChangeDirectory(call),
        Linux.Readlink => ReadLink(call, UserPath.CurrentDirectory, call.A, call.B, call.C),
        Linux.Readlinkat => ReadLink(call, (int)call.A, call.B, call.C, call.D),
        Linux.Access => Access(call, UserPath.CurrentDirectory, call.A, call.B, 0),
        Linux.Faccessat => Access(call, (int)call.A, call.B, call.C, 0),
        Linux.Faccessat2 => Access(call, (int)call.A, call.B, call.C, call.D & uint.MaxValue),
        _ => null,
    };

    private Inode Start => UserPath.StartOfJob(_vfs);

    private long Open(in CallArguments call, int directory, ulong name, OpenFlags flags, ulong mode)
    {
        using UserPath at = UserPath.Read(_vfs, call, directory, name);
        OpenFile? file = null;
        Errno error = at.IsGood ? _vfs.TryOpen(at.Start, at.Path, flags, (InodeMode)mode & ~UserPath.CreationMask, out file) : at.Error;
        return error == Errno.Success ? NewDescriptor.Install(_vfs.Files, call.Job, file!, flags) : -(long)error;
    }

    private long Stat(in CallArguments call, int directory, ulong name, ulong address, ulong flags)
    {
        Inode? inode = null;
        Errno error = (flags & ~StatFlags) != 0 ? Errno.EINVAL : TryFind(call, directory, name, flags, out inode);
        return error == Errno.Success ? Store(inode!, address) : -(long)error;
    }

    private long StatDescriptor(in CallArguments call, int fd, ulong address)
    {
        Errno error = TryFind(call, fd, out Inode? inode);
        return error == Errno.Success ? Store(inode!, address) : -(long)error;
    }

    /// <summary>statx; the mask is a wish, and what is known is told whatever it asks for.</summary>
    private long StatExtended(in CallArguments call)
    {
        const ulong ReservedField = 0x8000_0000; // STATX__RESERVED
        ulong flags = call.C & uint.MaxValue;
        if ((flags & ~StatFlags) != 0 || (flags & SynchronizationFlags) == SynchronizationFlags || (call.D & ReservedField) != 0)
        {
            return -(long)Errno.EINVAL;
        }

        bool isDescriptor = call.B == 0 && (flags & UserPath.EmptyPath) != 0;
        Errno error = isDescriptor ? TryFind(call, (int)call.A, out Inode? inode) : TryFind(call, (int)call.A, call.B, flags, out inode);
        if (error != Errno.Success)
        {
            return -(long)error;
        }

        error = inode!.Operations.Stat(inode, out FileStat stat);
        bool isMountRoot = inode.SuperBlock.Root == inode;
        inode.Release();
        if (error != Errno.Success || !UserMemory.TryWrite(call.E, ExtendedStat.Size, out Span<byte> memory))
        {
            return -(long)(error != Errno.Success ? error : Errno.EFAULT);
        }

        ExtendedStat.Write(stat, isMountRoot, memory);
        return 0;
    }

    /// <summary>The inode that a path, or with AT_EMPTY_PATH a descriptor, leads to; held for the caller.</summary>
    private Errno TryFind(in CallArguments call, int directory, ulong name, ulong flags, out Inode? inode)
    {
        inode = null;
        using UserPath at = UserPath.Read(_vfs, call, directory, name, mayBeEmpty: (flags & UserPath.EmptyPath) != 0);
        return at.IsGood ? _vfs.TryResolve(at.Start, at.Path, follows: (flags & UserPath.NoFollow) == 0, out inode)
            : at.IsDescriptor ? TryFind(call, directory, out inode)
            : at.Error;
    }

    /// <summary>The inode of an open file; held for the caller.</summary>
    private Errno TryFind(in CallArguments call, int fd, out Inode? inode)
    {
        Errno error = _vfs.Files.TryGet(call.Job, fd, out OpenFile? file);
        inode = file?.Inode;
        inode?.Hold();
        file?.Release();
        return error;
    }

    /// <summary>Writes struct stat, and lets the inode go.</summary>
    private static long Store(Inode inode, ulong address)
    {
        Errno error = inode.Operations.Stat(inode, out FileStat stat);
        inode.Release();
        return error == Errno.Success ? Store(stat, address) : -(long)error;
    }

    private static long Store(in FileStat stat, ulong address)
    {
        if (!UserMemory.TryWrite(address, FileStat.Size64, out Span<byte> memory))
        {
            return -(long)Errno.EFAULT;
        }

        stat.Write(memory);
        return 0;
    }

    private long ReadDirectory(in CallArguments call)
    {
        Errno error = _vfs.Files.TryGet(call.Job, (int)call.A, out OpenFile? file);
        if (error != Errno.Success)
        {
            return -(long)error;
        }

        try
        {
            // A size that is negative as an int has no room for any entry.
            IoResult result = UserMemory.TryWrite(call.B, (ulong)Math.Max((int)call.C, 0), out Span<byte> memory) ? file!.ReadDirectory(memory) : Errno.EFAULT;
            return result.ToSystemCall();
        }
        finally
        {
            file!.Release();
        }
    }

    private long GetCurrentDirectory(in CallArguments call)
    {
        if (!UserMemory.TryWrite(call.A, Math.Min(call.B, UserMemory.MaximumPath), out Span<byte> memory))
        {
            return -(long)Errno.EFAULT;
        }

        if (memory.IsEmpty)
        {
            return -(long)Errno.ERANGE;
        }

        // Unlike getcwd(3), the system call counts the zero.
        IoResult result = _vfs.GetPath(Start, memory[..^1]);
        if (!result.IsSuccess)
        {
            return result.ToSystemCall();
        }

        memory[result.Count] = 0;
        return result.Count + 1;
    }

    private long ChangeDirectory(in CallArguments call)
    {
        Inode? directory = null;
        Errno error;
        if (call.Number == Linux.Fchdir)
        {
            error = TryFind(call, (int)call.A, out Inode? inode);
            error = error == Errno.Success && !inode!.Mode.IsDirectory() ? Errno.ENOTDIR : error;
            error = error == Errno.Success ? _vfs.TryResolveDirectory(inode!, "."u8, out directory) : error;
            inode?.Release();
        }
        else
        {
            using UserPath at = UserPath.Read(_vfs, call, UserPath.CurrentDirectory, call.A);
            error = at.IsGood ? _vfs.TryResolveDirectory(at.Start, at.Path, out directory) : at.Error;
        }

        if (error != Errno.Success)
        {
            return -(long)error;
        }

        if (Job.Current is not { } job)
        {
            directory!.Release();
            return -(long)Errno.EPERM;
        }

        job.ChangeDirectory(directory!);
        return 0;
    }

    private long ReadLink(in CallArguments call, int directory, ulong name, ulong address, ulong size)
    {
        if ((int)size <= 0)
        {
            return -(long)Errno.EINVAL;
        }

        using UserPath at = UserPath.Read(_vfs, call, directory, name, mayBeEmpty: directory != UserPath.CurrentDirectory);
        Inode? inode = null;
        Errno error = at.IsGood ? _vfs.TryResolve(at.Start, at.Path, follows: false, out inode)
            : at.IsDescriptor ? TryFind(call, directory, out inode)
            : at.Error;
        if (error != Errno.Success)
        {
            return -(long)error;
        }

        IoResult result = !inode!.Mode.IsSymbolicLink() ? at.IsDescriptor ? Errno.ENOENT : Errno.EINVAL
            : UserMemory.TryWrite(address, Math.Min(size, UserMemory.MaximumPath), out Span<byte> memory) ? inode.Operations.ReadLink(inode, memory)
            : Errno.EFAULT;
        inode.Release();
        return result.ToSystemCall();
    }

    private long Access(in CallArguments call, int directory, ulong name, ulong mask, ulong flags)
    {
        const ulong Known = UserPath.NoFollow | UserPath.EmptyPath | EffectiveFlag;
        if ((flags & ~Known) != 0 || (mask & uint.MaxValue & ~(ulong)(AccessMask.Read | AccessMask.Write | AccessMask.Execute)) != 0)
        {
            return -(long)Errno.EINVAL;
        }

        Errno error = TryFind(call, directory, name, flags, out Inode? inode);
        if (error == Errno.Success)
        {
            error = VirtualFileSystem.Access(inode!, (AccessMask)(int)mask);
            inode!.Release();
        }

        return -(long)error;
    }
}
