namespace KernelSockets.Vfs.Events;

/// <summary>The file system of event counters (eventfd(2)) and epoll sets (epoll(7)), which have descriptors but no names.</summary>
public sealed class EventFileSystem : FileSystemOps
{
    /// <summary>EFD_SEMAPHORE.</summary>
    private const int SemaphoreFlag = 1;

    private readonly IWaitQueueFactory _queues;
    private readonly Inode _inode;

    /// <summary>Held while one set is put into another: no two such calls make a ring together.</summary>
    private readonly Lock _nestingGate = new();

    /// <summary>The event files of a machine.</summary>
    /// <param name="queues">Makes wait queues.</param>
    /// <param name="device">The number that st_dev tells.</param>
    public EventFileSystem(IWaitQueueFactory queues, DeviceNumber device)
    {
        _queues = queues;

        // As in Linux, one inode serves them all; it has permissions and no type.
        _inode = new Inode(new SuperBlock(this, device), 1, (InodeMode)0x180);
    }

    /// <inheritdoc/>
    public override FileSystemType Type => FileSystemType.Event;

    /// <inheritdoc/>
    public override string Name => "anon_inodefs";

    /// <summary>eventfd2.</summary>
    /// <param name="initial">First value of the counter.</param>
    /// <param name="flags">EFD_SEMAPHORE, EFD_NONBLOCK and EFD_CLOEXEC (which is the descriptor's affair).</param>
    /// <param name="file">The counter with one reference, the caller's.</param>
    /// <returns><see cref="Errno.EINVAL"/> for other flags.</returns>
    public Errno TryCreateCounter(uint initial, int flags, out OpenFile? file)
    {
        file = null;
        const OpenFlags Possible = OpenFlags.NonBlocking | OpenFlags.CloseOnExec;
        OpenFlags options = (OpenFlags)(flags & ~SemaphoreFlag);
        return (options & ~Possible) != 0
            ? Errno.EINVAL
            : TryOpen(new EventCounter(_queues, initial, (flags & SemaphoreFlag) != 0), options, out file);
    }

    /// <summary>epoll_create1.</summary>
    /// <param name="flags">EPOLL_CLOEXEC, which is the descriptor's affair.</param>
    /// <param name="file">The set with one reference, the caller's.</param>
    /// <returns><see cref="Errno.EINVAL"/> for other flags.</returns>
    public Errno TryCreateSet(OpenFlags flags, out OpenFile? file)
    {
        file = null;
        return (flags & ~OpenFlags.CloseOnExec) != 0 ? Errno.EINVAL : TryOpen(new EpollSet(_queues, _nestingGate), flags, out file);
    }

    /// <inheritdoc/>
    public override IoResult Read(OpenFile file, Span<byte> data, ref long position)
    {
        ArgumentNullException.ThrowIfNull(file);
        return file.State is EventCounter counter ? counter.Read(data, file.IsNonBlocking) : Errno.EINVAL;
    }

    /// <inheritdoc/>
    public override IoResult Write(OpenFile file, ReadOnlySpan<byte> data, ref long position)
    {
        ArgumentNullException.ThrowIfNull(file);
        return file.State is EventCounter counter ? counter.Write(data, file.IsNonBlocking) : Errno.EINVAL;
    }

    /// <inheritdoc/>
    public override PollEvents Poll(OpenFile file, PollListener? listener)
    {
        ArgumentNullException.ThrowIfNull(file);
        return file.State is EventCounter counter ? counter.Poll(listener) : ((EpollSet)file.State!).Poll(listener);
    }

    /// <inheritdoc/>
    public override void OnRelease(OpenFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        (file.State as EpollSet)?.Close();
    }

    private Errno TryOpen(object state, OpenFlags flags, out OpenFile? file)
    {
        Errno error = OpenFile.TryOpen(_inode, this, OpenFlags.ReadWrite | (flags & OpenFlags.NonBlocking), out file);
        if (error == Errno.Success)
        {
            file!.State = state;
        }

        return error;
    }
}
