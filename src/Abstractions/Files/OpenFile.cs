namespace KernelSockets;

/// <summary>An open file description: what several descriptors share after dup. Holds a reference to its inode.</summary>
/// <remarks>
/// Reference counted: each descriptor holds it, and so does a system call in flight, so that a close by another task does not pull it away.
/// The last release ends it. Reads and writes at the shared position are serialised; those of pipes, sockets and terminals are not, since they may block.
/// </remarks>
public sealed class OpenFile
{
    private int _references = 1;
    private long _position;
    private volatile OpenFlags _flags;
    private CopyOnWriteSet<IOpenFileObserver> _observers;
    private Lock? _positionGate; // made by the first who needs it: sockets and pipes have no position

    /// <summary>Opens an inode; <see cref="FileSystemOps.OnOpen"/> has still to be asked (see <see cref="TryOpen"/>).</summary>
    private OpenFile(Inode inode, FileSystemOps operations, OpenFlags flags)
    {
        Inode = inode;
        Operations = operations;
        _flags = flags & ~OpenFlags.CreationOnly;
    }

    /// <summary>The inode.</summary>
    public Inode Inode { get; }

    /// <summary>Operations on the open file: those of its file system, or for device nodes and FIFOs those of the device or pipe.</summary>
    public FileSystemOps Operations { get; }

    /// <summary>Access mode and status flags, as F_GETFL tells them.</summary>
    public OpenFlags Flags => _flags;

    /// <summary>What the operations keep for this file.</summary>
    public object? State { get; set; }

    /// <summary>Where it was found; null for directories, and for what has no name. The file lets it go.</summary>
    public FileLocation? Location { get; set; }

    /// <summary>True when it was opened for reading.</summary>
    public bool CanRead => (_flags & OpenFlags.AccessMask) is OpenFlags.ReadOnly or OpenFlags.ReadWrite && !IsPathOnly;

    /// <summary>True when it was opened for writing.</summary>
    public bool CanWrite => (_flags & OpenFlags.AccessMask) is OpenFlags.WriteOnly or OpenFlags.ReadWrite && !IsPathOnly;

    /// <summary>True when nothing may block.</summary>
    public bool IsNonBlocking => _flags.HasFlag(OpenFlags.NonBlocking);

    /// <summary>True when every write goes to the end.</summary>
    public bool IsAppending => _flags.HasFlag(OpenFlags.Append);

    /// <summary>True when it only names a file (O_PATH).</summary>
    public bool IsPathOnly => _flags.HasFlag(OpenFlags.PathOnly);

    /// <summary>References held.</summary>
    public int References => Volatile.Read(ref _references);

    /// <summary>The shared position; meaningless where there is none.</summary>
    public long Position => Volatile.Read(ref _position);

    private Lock PositionGate => LazyInitializer.EnsureInitialized(ref _positionGate);

    /// <summary>Opens an inode.</summary>
    /// <param name="inode">The inode; the file takes a reference of its own.</param>
    /// <param name="operations">Operations on the open file.</param>
    /// <param name="flags">Access mode and flags.</param>
    /// <param name="file">The file with one reference, the caller's; null on failure.</param>
    /// <returns>What <see cref="FileSystemOps.OnOpen"/> says.</returns>
    public static Errno TryOpen(Inode inode, FileSystemOps operations, OpenFlags flags, out OpenFile? file)
    {
        ArgumentNullException.ThrowIfNull(inode);
        ArgumentNullException.ThrowIfNull(operations);
        OpenFile candidate = new(inode, operations, flags);
        inode.Hold();
        Errno error = candidate.IsPathOnly ? Errno.Success : operations.OnOpen(candidate);
        if (error != Errno.Success)
        {
            inode.Release();
            file = null;
            return error;
        }

        file = candidate;
        return Errno.Success;
    }

    /// <summary>Adds a reference.</summary>
    public void Hold() => Interlocked.Increment(ref _references);

    /// <summary>Adds a reference, unless the file is closed.</summary>
    public bool TryHold()
    {
        int seen = Volatile.Read(ref _references);
        while (seen > 0)
        {
            int before = Interlocked.CompareExchange(ref _references, seen + 1, seen);
            if (before == seen)
            {
                return true;
            }

            seen = before;
        }

        return false;
    }

    /// <summary>Tells an observer when the file is closed. Called with a reference held.</summary>
    public void Observe(IOpenFileObserver observer) => _observers.Add(observer);

    /// <summary>Takes back one <see cref="Observe"/>.</summary>
    public void Unobserve(IOpenFileObserver observer) => _observers.Remove(observer);

    /// <summary>Drops a reference; the last one closes the file.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            foreach (IOpenFileObserver observer in _observers.Items)
            {
                observer.OnClosed();
            }

            if (!IsPathOnly)
            {
                Operations.OnRelease(this);
            }

            Location?.Release();
            Inode.Release();
        }
    }

    /// <summary>F_SETFL: changes <see cref="OpenFlags.Changeable"/> and ignores the rest, as Linux does.</summary>
    public void ChangeFlags(OpenFlags flags) => _flags = (_flags & ~OpenFlags.Changeable) | (flags & OpenFlags.Changeable);

    /// <summary>read: at the shared position.</summary>
    /// <returns>Bytes read, 0 at the end; <see cref="Errno.EBADF"/> when not open for reading, or what the operations say.</returns>
    public IoResult Read(Span<byte> data)
    {
        if (!CanRead)
        {
            return Errno.EBADF;
        }

        if (!Operations.HasPosition(Inode))
        {
            long none = 0;
            return Operations.Read(this, data, ref none);
        }

        lock (PositionGate)
        {
            return Operations.Read(this, data, ref _position);
        }
    }

    /// <summary>write: at the shared position, or at the end.</summary>
    /// <returns>Bytes written; <see cref="Errno.EBADF"/> when not open for writing, or what the operations say.</returns>
    public IoResult Write(ReadOnlySpan<byte> data)
    {
        if (!CanWrite)
        {
            return Errno.EBADF;
        }

        if (!Operations.HasPosition(Inode))
        {
            long none = 0;
            return Operations.Write(this, data, ref none);
        }

        lock (PositionGate)
        {
            return Operations.Write(this, data, ref _position);
        }
    }

    /// <summary>pread: at a position of the caller's.</summary>
    /// <returns>As <see cref="Read"/>; <see cref="Errno.ESPIPE"/> where there are no positions, <see cref="Errno.EINVAL"/> for a negative one.</returns>
    public IoResult ReadAt(Span<byte> data, long position)
    {
        Errno error = CheckPosition(position);
        if (error != Errno.Success)
        {
            return error;
        }

        return CanRead ? Operations.Read(this, data, ref position) : Errno.EBADF;
    }

    /// <summary>pwrite: at a position of the caller's; at the end all the same when the file is appending, as in Linux.</summary>
    /// <returns>As <see cref="Write"/>; <see cref="Errno.ESPIPE"/> where there are no positions, <see cref="Errno.EINVAL"/> for a negative one.</returns>
    public IoResult WriteAt(ReadOnlySpan<byte> data, long position)
    {
        Errno error = CheckPosition(position);
        if (error != Errno.Success)
        {
            return error;
        }

        return CanWrite ? Operations.Write(this, data, ref position) : Errno.EBADF;
    }

    /// <summary>lseek.</summary>
    /// <param name="offset">Bytes from the origin.</param>
    /// <param name="origin">SEEK_SET, SEEK_CUR or SEEK_END.</param>
    /// <param name="position">The new position.</param>
    /// <returns><see cref="Errno.ESPIPE"/> where there are no positions, <see cref="Errno.EINVAL"/> for a negative result or an unknown origin, <see cref="Errno.EOVERFLOW"/>.</returns>
    public Errno Seek(long offset, SeekOrigin origin, out long position)
    {
        position = 0;
        if (IsPathOnly)
        {
            return Errno.EBADF;
        }

        if (!Operations.HasPosition(Inode))
        {
            return Errno.ESPIPE;
        }

        lock (PositionGate)
        {
            Errno error = Operations.Seek(this, offset, origin, _position, out position);
            if (error == Errno.Success)
            {
                _position = position;
            }

            return error;
        }
    }

    /// <summary>ftruncate.</summary>
    /// <returns><see cref="Errno.EINVAL"/> for a negative size, and for what is no regular file open for writing; or what the file system says.</returns>
    public Errno Truncate(long size)
    {
        if (IsPathOnly)
        {
            return Errno.EBADF;
        }

        return size >= 0 && CanWrite && Inode.Mode.IsRegular() ? Operations.Truncate(Inode, size) : Errno.EINVAL;
    }

    /// <summary>ioctl. FIONBIO, which every file knows, is served here.</summary>
    /// <param name="request">Request number.</param>
    /// <param name="argument">The third argument as a number.</param>
    /// <param name="data">The memory it points to, <see cref="IoctlRequest.ArgumentSize"/> bytes.</param>
    /// <returns>The value that ioctl returns; <see cref="Errno.EFAULT"/> for missing memory, or what the operations say.</returns>
    public IoResult Ioctl(uint request, long argument, Span<byte> data)
    {
        if (IsPathOnly)
        {
            return Errno.EBADF;
        }

        if (data.Length < IoctlRequest.ArgumentSize(request))
        {
            return Errno.EFAULT;
        }

        if (request != IoctlRequest.SetNonBlocking)
        {
            return Operations.Ioctl(this, request, argument, data);
        }

        bool isOn = BitConverter.ToInt32(data) != 0;
        ChangeFlags(isOn ? _flags | OpenFlags.NonBlocking : _flags & ~OpenFlags.NonBlocking);
        return IoResult.Ok(0);
    }

    /// <summary>What of the wanted events, and of those that are always told, is true now.</summary>
    /// <param name="wanted">Events asked for.</param>
    /// <param name="listener">Who will wait if nothing is; null for nobody.</param>
    public PollEvents Poll(PollEvents wanted, PollListener? listener) =>
        IsPathOnly ? PollEvents.Invalid : Operations.Poll(this, listener) & (wanted | PollEvents.Always);

    /// <summary>getdents64: packs the next entries of a directory into <paramref name="destination"/>.</summary>
    /// <returns>Bytes written, 0 at the end; <see cref="Errno.ENOTDIR"/>, <see cref="Errno.EINVAL"/> when not even one entry fits.</returns>
    public IoResult ReadDirectory(Span<byte> destination)
    {
        if (!CanRead)
        {
            return Errno.EBADF;
        }

        DirectoryEntry entry = new();
        lock (PositionGate)
        {
            int written = 0;
            while (true)
            {
                long next = _position;
                IoResult result = Operations.ReadDirectory(this, entry, ref next);
                if (!result.IsSuccess)
                {
                    return written > 0 ? IoResult.Ok(written) : result;
                }

                if (result.Count == 0)
                {
                    return IoResult.Ok(written);
                }

                if (!entry.TryWrite(destination[written..], next))
                {
                    return written > 0 ? IoResult.Ok(written) : Errno.EINVAL;
                }

                written += entry.RecordLength;
                _position = next;
            }
        }
    }

    private Errno CheckPosition(long position)
    {
        if (position < 0)
        {
            return Errno.EINVAL;
        }

        return Operations.HasPosition(Inode) ? Errno.Success : Errno.ESPIPE;
    }
}
