namespace KernelSockets.Vfs.Locks;

/// <summary>
/// Advisory locks on files: those of flock(2) belong to an open file and go when it is closed; those of fcntl(2) belong to a job and go when it closes
/// any descriptor of the file. As in Linux, the two kinds do not see each other.
/// </summary>
/// <remarks>Called by system calls, from tasks; only requests that say so block. All of it is under one lock, in which no other is taken.</remarks>
public sealed class FileLocks
{
    /// <summary>Locks in all; what does not fit is <see cref="Errno.ENOLCK"/>.</summary>
    public const int MaxLocks = 4096;

    /// <summary>How far a chain of jobs that wait for each other is followed (Linux's MAX_DEADLK_ITERATIONS).</summary>
    private const int MaxChain = 10;

    private readonly Lock _gate = new();
    private readonly IWaitQueueFactory _queues;
    private readonly Dictionary<Inode, InodeLocks> _inodes = [];
    private readonly List<(int Owner, int BlockedBy)> _waits = [];
    private int _count;
    private volatile int _recordCount;

    /// <summary>No locks.</summary>
    /// <param name="queues">Makes the queues of those who wait.</param>
    public FileLocks(IWaitQueueFactory queues) => _queues = queues;

    /// <summary>Locks held.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>flock: takes the whole file for an open file, or drops what that has.</summary>
    /// <param name="file">The open file, held by the caller.</param>
    /// <param name="type">What is wanted. Another lock of the same file goes first, so a change may lose it (flock(2)).</param>
    /// <param name="waits">True to wait for others.</param>
    /// <returns><see cref="Errno.EAGAIN"/> when others have it and the caller does not wait, <see cref="Errno.EINTR"/>, <see cref="Errno.ENOLCK"/>.</returns>
    public Errno LockWhole(OpenFile file, LockType type, bool waits)
    {
        ArgumentNullException.ThrowIfNull(file);
        lock (_gate)
        {
            InodeLocks locks = Of(file.Inode);
            WholeLock? held = locks.WholeOf(file);
            if (held is not null && held.Type != type)
            {
                file.Unobserve(held);
                _ = locks.Drop(held);
                _count--;
                held = null;
            }

            try
            {
                return held is not null || type == LockType.None ? Errno.Success : TakeWhole(locks, file, type, waits);
            }
            finally
            {
                Settle(locks);
            }
        }
    }

    /// <summary>F_SETLK and F_SETLKW.</summary>
    /// <param name="inode">The file, held by the caller.</param>
    /// <param name="request">The lock; <see cref="LockType.None"/> to drop what its job has there.</param>
    /// <param name="waits">True to wait for others.</param>
    /// <returns><see cref="Errno.EAGAIN"/>, <see cref="Errno.EINTR"/>, <see cref="Errno.EDEADLK"/> when jobs would wait for each other, <see cref="Errno.ENOLCK"/>.</returns>
    public Errno LockRecord(Inode inode, in RecordLock request, bool waits)
    {
        ArgumentNullException.ThrowIfNull(inode);
        Inode? released = null;
        Errno error = Errno.Success;
        lock (_gate)
        {
            InodeLocks locks = Of(inode);
            try
            {
                error = request.Type == LockType.None ? Errno.Success : AwaitRecord(locks, request, waits);
                if (error == Errno.Success)
                {
                    Enter(locks, request);
                }
            }
            finally
            {
                released = Settle(locks);
            }
        }

        released?.Release();
        return error;
    }

    /// <summary>F_GETLK: the lock of another job that a request would meet; null for none.</summary>
    public RecordLock? FindConflict(Inode inode, in RecordLock request)
    {
        ArgumentNullException.ThrowIfNull(inode);
        lock (_gate)
        {
            return _inodes.GetValueOrDefault(inode)?.FindConflict(request);
        }
    }

    /// <summary>A job has closed a descriptor: what it had of parts of the file goes, whatever else it has open (POSIX close).</summary>
    public void OnDescriptorClosed(int job, Inode inode)
    {
        ArgumentNullException.ThrowIfNull(inode);
        if (_recordCount > 0)
        {
            _ = LockRecord(inode, new RecordLock(job, LockType.None, 0, long.MaxValue), waits: false);
        }
    }

    /// <summary>A job has ended: all its locks on parts of files go.</summary>
    public void OnJobEnded(int job)
    {
        if (_recordCount == 0)
        {
            return;
        }

        List<Inode> released = [];
        lock (_gate)
        {
            foreach (InodeLocks locks in _inodes.Values.ToArray())
            {
                Enter(locks, new RecordLock(job, LockType.None, 0, long.MaxValue));
                if (Settle(locks) is { } inode)
                {
                    released.Add(inode);
                }
            }
        }

        released.ForEach(static inode => inode.Release());
    }

    /// <summary>An open file is closed that has locked the whole file. Its inode is still held.</summary>
    internal void Drop(WholeLock held)
    {
        lock (_gate)
        {
            if (_inodes.TryGetValue(held.File.Inode, out InodeLocks? locks) && locks.Drop(held))
            {
                _count--;
                Settle(locks);
            }
        }
    }

    private Errno TakeWhole(InodeLocks locks, OpenFile file, LockType type, bool waits)
    {
        while (true)
        {
            if (locks.WholeOf(file) is { } meanwhile)
            {
                // Another task has locked the same open file while this one waited: the later request is the one that counts.
                file.Unobserve(meanwhile);
                _ = locks.Drop(meanwhile);
                _count--;
            }

            if (locks.IsWholeFree(type))
            {
                break;
            }

            Errno error = waits ? Wait(locks) : Errno.EAGAIN;
            if (error != Errno.Success)
            {
                return error;
            }
        }

        if (_count >= MaxLocks)
        {
            return Errno.ENOLCK;
        }

        WholeLock taken = new(this, file, type);
        file.Observe(taken);
        locks.Add(taken);
        _count++;
        return Errno.Success;
    }

    private Errno AwaitRecord(InodeLocks locks, in RecordLock request, bool waits)
    {
        while (locks.FindConflict(request) is { } conflict)
        {
            if (!waits)
            {
                return Errno.EAGAIN;
            }

            if (WaitsFor(conflict.Owner, request.Owner, depth: 0))
            {
                return Errno.EDEADLK;
            }

            (int Owner, int BlockedBy) wait = (request.Owner, conflict.Owner);
            _waits.Add(wait);
            try
            {
                Errno error = Wait(locks);
                if (error != Errno.Success)
                {
                    return error;
                }
            }
            finally
            {
                _waits.Remove(wait);
            }
        }

        // A request may part a lock in two.
        return _count + 2 > MaxLocks ? Errno.ENOLCK : Errno.Success;
    }

    /// <summary>True when a job waits for another one's locks, be it by way of others.</summary>
    private bool WaitsFor(int job, int other, int depth) =>
        job == other || (depth < MaxChain && _waits.Exists(wait => wait.Owner == job && WaitsFor(wait.BlockedBy, other, depth + 1)));

    private Errno Wait(InodeLocks locks)
    {
        locks.Waiters++;
        try
        {
            return locks.Changed.Wait(_gate, Instant.Never);
        }
        finally
        {
            locks.Waiters--;
        }
    }

    private void Enter(InodeLocks locks, in RecordLock request)
    {
        int before = locks.RecordCount;
        locks.Set(request);
        _count += locks.RecordCount - before;
        _recordCount += locks.RecordCount - before;
    }

    private InodeLocks Of(Inode inode)
    {
        if (!_inodes.TryGetValue(inode, out InodeLocks? locks))
        {
            locks = new InodeLocks(inode, _queues.Create("file lock"));
            _inodes.Add(inode, locks);
        }

        return locks;
    }

    /// <summary>Takes or gives back the reference to the inode that locks on parts need, and forgets what holds nothing.</summary>
    /// <returns>A reference for the caller to drop once the gate is left.</returns>
    private Inode? Settle(InodeLocks locks)
    {
        bool needsInode = locks.RecordCount > 0;
        bool hadInode = locks.HoldsInode;
        locks.HoldsInode = needsInode;
        if (needsInode && !hadInode)
        {
            locks.Inode.Hold();
        }

        if (locks.IsIdle)
        {
            _inodes.Remove(locks.Inode);
        }

        return hadInode && !needsInode ? locks.Inode : null;
    }
}
