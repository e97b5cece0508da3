using KernelSockets.Kernel.Nucleus;
using KernelSockets.Kernel.Tasks;
using KernelSockets.Vfs;

namespace KernelSockets.Kernel.Syscalls;

/// <summary>The system calls on paths: open, stat, getdents64, chdir and their relatives. Called in the calling task, interrupts on.</summary>
internal sealed class NameCalls
{
    /// <summary>AT_FDCWD: a relative path starts at the current directory.</summary>
    private const int CurrentDirectory = -100;
    private const ulong NoFollow = 0x100;
    private const ulong EmptyPath = 0x1000;
    private const InodeMode FileCreationMask = (InodeMode)0x12; // 022

    private readonly VirtualFileSystem _vfs;

    public NameCalls(VirtualFileSystem vfs) => _vfs = vfs;

    /// <summary>Serves the call if it is one of these.</summary>
    public bool TryServe(in CallArguments call, out long result)
    {
        switch (call.Number)
        {
            case Linux.Open:
                result = Open(call, CurrentDirectory, call.A, call.B, call.C);
                return true;
            case Linux.Openat:
                result = Open(call, (int)call.A, call.B, call.C, call.D);
                return true;
            case Linux.Stat or Linux.Lstat:
                result = Stat(call, CurrentDirectory, call.A, call.B, call.Number == Linux.Lstat ? NoFollow : 0);
                return true;
            case Linux.Newfstatat:
                result = Stat(call, (int)call.A, call.B, call.C, call.D);
                return true;
            case Linux.Fstat:
                result = StatDescriptor(call, (int)call.A, call.B);
                return true;
            case Linux.Getdents64:
                result = ReadDirectory(call);
                return true;
            case Linux.Getcwd:
                result = GetCurrentDirectory(call);
                return true;
            case Linux.Chdir:
                result = ChangeDirectory(call);
                return true;
            case Linux.Readlink:
                result = ReadLink(call);
                return true;
            case Linux.Access:
                result = Access(call);
                return true;
            default:
                result = 0;
                return false;
        }
    }

    private Inode Start => Job.Current?.CurrentDirectory ?? _vfs.Root;

    /// <summary>Where a path of an *at call starts; the caller releases it.</summary>
    private Errno TryGetStart(in CallArguments call, int fd, ReadOnlySpan<byte> path, out Inode? start)
    {
        start = null;
        if (fd == CurrentDirectory || (path.Length > 0 && path[0] == (byte)'/'))
        {
            start = Start;
            start.Hold();
            return Errno.Success;
        }

        Errno error = _vfs.Files.TryGet(call.Job, fd, out OpenFile? file);
        if (error != Errno.Success)
        {
            return error;
        }

        if (file!.Inode.Mode.IsDirectory())
        {
            start = file.Inode;
            start.Hold();
        }

        // Nothing above waits, so nothing above throws.
        file.Release();
        return start is null ? Errno.ENOTDIR : Errno.Success;
    }

    private long Open(in CallArguments call, int directory, ulong name, ulong flags, ulong mode)
    {
        Errno error = UserMemory.TryReadPath(name, out ReadOnlySpan<byte> path);
        Inode? start = null;
        error = error == Errno.Success ? TryGetStart(call, directory, path, out start) : error;
        if (error != Errno.Success)
        {
            return -(long)error;
        }

        OpenFlags options = (OpenFlags)(int)flags;
        OpenFile? file;
        try
        {
            error = _vfs.TryOpen(start!, path, options, (InodeMode)mode & ~FileCreationMask, out file);
        }
        finally
        {
            start!.Release();
        }

        return error == Errno.Success ? NewDescriptor.Install(_vfs.Files, call.Job, file!, options) : -(long)error;
    }

    private long Stat(in CallArguments call, int directory, ulong name, ulong address, ulong flags)
    {
        Errno error = UserMemory.TryReadPath(name, out ReadOnlySpan<byte> path);
        if (error == Errno.Success && path.IsEmpty && (flags & EmptyPath) != 0)
        {
            return StatDescriptor(call, directory, address);
        }

        Inode? start = null;
        error = error == Errno.Success ? TryGetStart(call, directory, path, out start) : error;
        if (error != Errno.Success)
        {
            return -(long)error;
        }

        try
        {
            error = _vfs.Stat(start!, path, (flags & NoFollow) == 0, out FileStat stat);
            return error == Errno.Success ? Store(stat, address) : -(long)error;
        }
        finally
        {
            start!.Release();
        }
    }

    private long StatDescriptor(in CallArguments call, int fd, ulong address)
    {
        Errno error = _vfs.Files.TryGet(call.Job, fd, out OpenFile? file);
        if (error != Errno.Success)
        {
            return -(long)error;
        }

        try
        {
            error = file!.Inode.Operations.Stat(file.Inode, out FileStat stat);
            return error == Errno.Success ? Store(stat, address) : -(long)error;
        }
        finally
        {
            file!.Release();
        }
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
            IoResult result = UserMemory.TryWrite(call.B, (uint)call.C, out Span<byte> memory) ? file!.ReadDirectory(memory) : Errno.EFAULT;
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

        IoResult result = _vfs.GetPath(Start, memory);
        return result.ToSystemCall();
    }

    private long ChangeDirectory(in CallArguments call)
    {
        Errno error = UserMemory.TryReadPath(call.A, out ReadOnlySpan<byte> path);
        Inode? directory = null;
        error = error == Errno.Success ? _vfs.TryResolveDirectory(Start, path, out directory) : error;
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

    private long ReadLink(in CallArguments call)
    {
        Errno error = UserMemory.TryReadPath(call.A, out ReadOnlySpan<byte> path);
        if (error != Errno.Success || call.C == 0)
        {
            return -(long)(error != Errno.Success ? error : Errno.EINVAL);
        }

        return UserMemory.TryWrite(call.B, Math.Min(call.C, UserMemory.MaximumPath), out Span<byte> memory)
            ? _vfs.ReadLink(Start, path, memory).ToSystemCall()
            : -(long)Errno.EFAULT;
    }

    private long Access(in CallArguments call)
    {
        Errno error = UserMemory.TryReadPath(call.A, out ReadOnlySpan<byte> path);
        return error != Errno.Success ? -(long)error : -(long)_vfs.Access(Start, path, (AccessMask)(int)call.B);
    }
}
