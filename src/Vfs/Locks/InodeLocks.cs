namespace KernelSockets.Vfs.Locks;

/// <summary>The locks on one inode: those on the whole file, each with the open file that has it, and those on parts of it, with the job.</summary>
/// <remarks>Protected by the gate of its <see cref="FileLocks"/>.</remarks>
internal sealed class InodeLocks(Inode inode, WaitQueue changed)
{
    private readonly List<WholeLock> _whole = [];
    private List<RecordLock> _records = [];

    /// <summary>The file.</summary>
    public Inode Inode { get; } = inode;

    /// <summary>Woken when a lock goes.</summary>
    public WaitQueue Changed { get; } = changed;

    /// <summary>Tasks that wait for a lock to go.</summary>
    public int Waiters { get; set; }

    /// <summary>True while the locks on parts keep the inode.</summary>
    public bool HoldsInode { get; set; }

    /// <summary>Locks on parts.</summary>
    public int RecordCount => _records.Count;

    /// <summary>All locks.</summary>
    public int Count => _whole.Count + _records.Count;

    /// <summary>True when nobody needs this any more.</summary>
    public bool IsIdle => Count == 0 && Waiters == 0;

    /// <summary>What an open file has of the whole file; null for nothing.</summary>
    public WholeLock? WholeOf(OpenFile file) => _whole.Find(held => held.File == file);

    /// <summary>True when an open file, which has nothing of it, could have the whole file.</summary>
    public bool IsWholeFree(LockType type) => type == LockType.Exclusive ? _whole.Count == 0 : !_whole.Exists(static held => held.Type == LockType.Exclusive);

    /// <summary>Enters a lock on the whole file.</summary>
    public void Add(WholeLock taken) => _whole.Add(taken);

    /// <summary>Drops a lock on the whole file.</summary>
    /// <returns>False when it has gone already.</returns>
    public bool Drop(WholeLock held)
    {
        bool isDropped = _whole.Remove(held);
        if (isDropped)
        {
            Changed.WakeAll();
        }

        return isDropped;
    }

    /// <summary>The first lock of another job that a request meets.</summary>
    public RecordLock? FindConflict(in RecordLock request)
    {
        foreach (RecordLock held in _records)
        {
            if (held.ConflictsWith(request))
            {
                return held;
            }
        }

        return null;
    }

    /// <summary>Enters a request that meets no other job's lock: what its job had there changes, and equal neighbours become one (fcntl(2)).</summary>
    public void Set(in RecordLock request)
    {
        RecordLock merged = request;
        List<RecordLock> records = new(_records.Count + 2);
        foreach (RecordLock held in _records)
        {
            if (held.Owner != request.Owner || !held.Touches(request))
            {
                records.Add(held);
            }
            else if (held.Type == request.Type)
            {
                merged = merged with { Start = Math.Min(merged.Start, held.Start), End = Math.Max(merged.End, held.End) };
            }
            else
            {
                AddWithout(held, request, records);
            }
        }

        if (request.Type != LockType.None)
        {
            records.Add(merged);
        }

        _records = records;
        Changed.WakeAll();
    }

    /// <summary>Adds what is left of a lock on both sides of a request.</summary>
    private static void AddWithout(in RecordLock held, in RecordLock request, List<RecordLock> records)
    {
        if (held.Start < request.Start)
        {
            records.Add(held with { End = Math.Min(held.End, request.Start - 1) });
        }

        if (held.End > request.End)
        {
            records.Add(held with { Start = Math.Max(held.Start, request.End + 1) });
        }
    }
}
