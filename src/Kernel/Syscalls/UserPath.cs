using KernelSockets.Kernel.Tasks;
using KernelSockets.Vfs;

namespace KernelSockets.Kernel.Syscalls;

/// <summary>A path that a system call is given, with the directory where it starts, which is held until this is disposed.</summary>
internal readonly ref struct UserPath
{
    /// <summary>AT_FDCWD: a relative path starts at the current directory.</summary>
    public const int CurrentDirectory = -100;

    /// <summary>AT_SYMLINK_NOFOLLOW.</summary>
    public const ulong NoFollow = 0x100;

    /// <summary>AT_EMPTY_PATH.</summary>
    public const ulong EmptyPath = 0x1000;

    private readonly Inode? _start;

    private UserPath(Errno error, Inode? start, ReadOnlySpan<byte> path)
    {
        Error = error;
        _start = start;
        Path = path;
    }

    /// <summary>What new files may not have: the calling job's umask.</summary>
    public static InodeMode CreationMask => FileCreationMask.Current;

    /// <summary><see cref="Errno.Success"/>, <see cref="Errno.EFAULT"/>, <see cref="Errno.ENAMETOOLONG"/>, <see cref="Errno.EBADF"/>, <see cref="Errno.ENOTDIR"/>.</summary>
    public Errno Error { get; }

    /// <summary>True when it can be used.</summary>
    public bool IsGood => _start is not null;

    /// <summary>True when it is empty and may be: the descriptor itself is meant.</summary>
    public bool IsDescriptor => Error == Errno.Success && _start is null;

    /// <summary>Where it starts.</summary>
    public Inode Start => _start!;

    /// <summary>Its text.</summary>
    public ReadOnlySpan<byte> Path { get; }

    /// <summary>The calling job's current directory.</summary>
    public static Inode StartOfJob(VirtualFileSystem vfs) => Job.Current?.CurrentDirectory ?? vfs.Root;

    /// <summary>Reads one.</summary>
    /// <param name="vfs">Whose directories.</param>
    /// <param name="call">The call.</param>
    /// <param name="directory">A descriptor, or <see cref="CurrentDirectory"/>.</param>
    /// <param name="address">Where the text is.</param>
    /// <param name="mayBeEmpty">True when an empty one stands for the descriptor.</param>
    public static UserPath Read(VirtualFileSystem vfs, in CallArguments call, int directory, ulong address, bool mayBeEmpty = false)
    {
        Errno error = UserMemory.TryReadPath(address, out ReadOnlySpan<byte> path);
        Inode? start = null;
        if (error == Errno.Success && path.IsEmpty && mayBeEmpty && directory == CurrentDirectory)
        {
            path = "."u8;
        }

        if (error == Errno.Success && !(path.IsEmpty && mayBeEmpty))
        {
            error = TryHoldStart(vfs, call.Job, directory, path, out start);
        }

        return new UserPath(error, start, path);
    }

    /// <summary>Lets the start go.</summary>
    public void Dispose() => _start?.Release();

    private static Errno TryHoldStart(VirtualFileSystem vfs, int job, int fd, ReadOnlySpan<byte> path, out Inode? start)
    {
        start = null;
        if (fd == CurrentDirectory || (path.Length > 0 && path[0] == (byte)'/'))
        {
            start = StartOfJob(vfs);
            start.Hold();
            return Errno.Success;
        }

        Errno error = vfs.Files.TryGet(job, fd, out OpenFile? file);
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
}
