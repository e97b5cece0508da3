using KernelSockets.Vfs.Locks;

namespace KernelSockets.Vfs;

/// <summary>
/// Descriptors. 0, 1 and 2 belong to a job each; those above are shared by all in-kernel apps, since thread-pool threads of any job may use
/// them, and remember their owner, whose end closes them.
/// </summary>
/// <remarks>
/// Called by system calls with the caller's job. All of it is under one lock, in which nothing blocks; files are closed after it is left.
/// What a job leaves open may be known to objects of the class library that the collector finds only later, and their finalizers call close. Its number is therefore
/// abandoned, not free: nobody else gets it before that close has come, unless there is no other number left.
/// </remarks>
public sealed class FileTable
{
    /// <summary>Descriptors in all: RLIMIT_NOFILE, and the system's bound.</summary>
    public const int DefaultCapacity = 16_384;

    /// <summary>Descriptors that one job may own, its three standard ones among them.</summary>
    public const int DefaultJobLimit = 12_288;

    /// <summary>Descriptors 0, 1 and 2.</summary>
    public const int StandardCount = 3;

    /// <summary>Room for descriptors at first; it doubles when they need more.</summary>
    private const int FirstSize = 256;

    private readonly Lock _gate = new();
    private readonly DescriptorSet _used;
    private readonly Dictionary<int, Job> _jobs = [];
    private readonly int _jobLimit;
    private readonly FileLocks? _locks;
    private Slot[] _shared;
    private int _recycled; // where to look for the next abandoned number

    /// <summary>An empty table.</summary>
    /// <param name="capacity">Descriptors in all.</param>
    /// <param name="jobLimit">Descriptors a job.</param>
    /// <param name="locks">Told of what is closed; null where nobody locks files.</param>
    public FileTable(int capacity = DefaultCapacity, int jobLimit = DefaultJobLimit, FileLocks? locks = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, StandardCount);
        Capacity = capacity;
        _shared = new Slot[Math.Min(capacity, FirstSize)];
        _used = new DescriptorSet(capacity);
        for (int fd = 0; fd < StandardCount; fd++)
        {
            // The jobs have these.
            _used.Add(fd);
        }

        _jobLimit = jobLimit;
        _locks = locks;
    }

    /// <summary>One above the highest possible descriptor.</summary>
    public int Capacity { get; }

    /// <summary>How often a descriptor was refused because the table or a job was full.</summary>
    public long Refused { get; private set; }

    /// <summary>Gives a new job its standard files.</summary>
    /// <param name="job">Number of the job.</param>
    /// <param name="input">Descriptor 0; the table takes a reference of its own, as for the others. Null for a closed one.</param>
    /// <param name="output">Descriptor 1.</param>
    /// <param name="error">Descriptor 2.</param>
    /// <returns><see cref="Errno.EEXIST"/> for a job that is there already.</returns>
    public Errno AddJob(int job, OpenFile? input, OpenFile? output, OpenFile? error)
    {
        lock (_gate)
        {
            Job added = new();
            if (!_jobs.TryAdd(job, added))
            {
                return Errno.EEXIST;
            }

            OpenFile?[] files = [input, output, error];
            for (int fd = 0; fd < StandardCount; fd++)
            {
                files[fd]?.Hold();
                added.Standard[fd] = new Slot { File = files[fd], Owner = job };
                added.Count += files[fd] is null ? 0 : 1;
            }

            return Errno.Success;
        }
    }

    /// <summary>Gives a new job the standard files of another.</summary>
    /// <returns>As <see cref="AddJob"/>; a job that is not there has none open.</returns>
    public Errno AddJobLike(int job, int other)
    {
        OpenFile?[] files = new OpenFile?[StandardCount];
        for (int fd = 0; fd < StandardCount; fd++)
        {
            _ = TryGet(other, fd, out files[fd]);
        }

        Errno error = AddJob(job, files[0], files[1], files[2]);
        Array.ForEach(files, static file => file?.Release());
        return error;
    }

    /// <summary>Gives a job other standard files, as a process that calls exec with redirections has them.</summary>
    /// <param name="job">Number of the job; nothing happens when it has ended.</param>
    /// <param name="files">Descriptors 0, 1 and 2, of which the table takes references of its own; null for a closed one.</param>
    public void ReplaceStandard(int job, params ReadOnlySpan<OpenFile?> files)
    {
        OpenFile?[] closed = new OpenFile?[StandardCount];
        lock (_gate)
        {
            if (!_jobs.TryGetValue(job, out Job? known))
            {
                return;
            }

            for (int fd = 0; fd < StandardCount; fd++)
            {
                ref Slot slot = ref known.Standard[fd];
                closed[fd] = slot.File;
                files[fd]?.Hold();
                known.Count += (files[fd] is null ? 0 : 1) - (slot.File is null ? 0 : 1);
                slot = new Slot { File = files[fd], Owner = job };
            }
        }

        Array.ForEach(closed, static file => file?.Release());
    }

    /// <summary>Closes all descriptors of a job that ends.</summary>
    public void EndJob(int job)
    {
        List<OpenFile> closed = [];
        lock (_gate)
        {
            if (!_jobs.Remove(job, out Job? ended))
            {
                return;
            }

            foreach (Slot slot in ended.Standard)
            {
                if (slot.File is not null)
                {
                    closed.Add(slot.File);
                }
            }

            for (int fd = StandardCount; fd < _shared.Length; fd++)
            {
                if (_shared[fd].File is { } file && _shared[fd].Owner == job)
                {
                    closed.Add(file);
                    _shared[fd] = new Slot { IsAbandoned = true };
                }
            }
        }

        _locks?.OnJobEnded(job);
        closed.ForEach(file => file.Release());
    }

    /// <summary>Finds the file behind a descriptor.</summary>
    /// <param name="job">The calling job.</param>
    /// <param name="fd">The descriptor.</param>
    /// <param name="file">The file with a reference for the caller, who releases it after use.</param>
    /// <returns><see cref="Errno.EBADF"/>.</returns>
    public Errno TryGet(int job, int fd, out OpenFile? file)
    {
        lock (_gate)
        {
            ref Slot slot = ref SlotOf(job, fd);
            file = IsNone(ref slot) ? null : slot.File;
            file?.Hold();
            return file is null ? Errno.EBADF : Errno.Success;
        }
    }

    /// <summary>Gives a file the lowest free descriptor.</summary>
    /// <param name="job">The job that will own it.</param>
    /// <param name="file">The file; on success the table takes over the caller's reference, on failure the caller keeps it.</param>
    /// <param name="isClosedOnExec">FD_CLOEXEC.</param>
    /// <param name="fd">The descriptor.</param>
    /// <param name="minimum">The least descriptor wanted (F_DUPFD).</param>
    /// <returns><see cref="Errno.EMFILE"/> when the job has enough, <see cref="Errno.ENFILE"/> when the table is full; <see cref="Errno.EINVAL"/> for a bad minimum.</returns>
    public Errno TryInstall(int job, OpenFile file, bool isClosedOnExec, out int fd, int minimum = 0)
    {
        ArgumentNullException.ThrowIfNull(file);
        fd = -1;
        if (minimum < 0 || minimum >= Capacity)
        {
            return Errno.EINVAL;
        }

        lock (_gate)
        {
            Errno error = FindFree(job, minimum, out fd);
            if (error != Errno.Success)
            {
                Refused++;
                return error;
            }

            Fill(job, fd, file, isClosedOnExec);
            return Errno.Success;
        }
    }

    /// <summary>Gives two files a descriptor each, or none: pipe2, socketpair.</summary>
    /// <returns>As <see cref="TryInstall"/>; the references are taken over only on success.</returns>
    public Errno TryInstallPair(int job, OpenFile first, OpenFile second, bool isClosedOnExec, out int firstFd, out int secondFd)
    {
        secondFd = -1;
        Errno error = TryInstall(job, first, isClosedOnExec, out firstFd);
        if (error != Errno.Success)
        {
            return error;
        }

        error = TryInstall(job, second, isClosedOnExec, out secondFd);
        if (error != Errno.Success)
        {
            first.Hold();
            Close(job, firstFd);
            firstFd = -1;
        }

        return error;
    }

    /// <summary>close.</summary>
    /// <returns><see cref="Errno.EBADF"/>.</returns>
    public Errno Close(int job, int fd)
    {
        OpenFile file;
        lock (_gate)
        {
            ref Slot slot = ref SlotOf(job, fd);
            if (IsNone(ref slot) || slot.File is null)
            {
                Forget(ref slot, fd);
                return Errno.EBADF;
            }

            file = slot.File;
            Empty(ref slot, fd);
        }

        Release(job, file);
        return Errno.Success;
    }

    /// <summary>close_range: closes the descriptors that a job owns in a range, or marks them.</summary>
    /// <param name="job">The calling job.</param>
    /// <param name="first">The first.</param>
    /// <param name="last">The last; may be above all that are possible.</param>
    /// <param name="isMarked">True to set FD_CLOEXEC and close none.</param>
    public void CloseRange(int job, uint first, uint last, bool isMarked)
    {
        List<OpenFile> closed = [];
        lock (_gate)
        {
            for (long fd = first; fd <= Math.Min(last, _shared.Length - 1); fd++)
            {
                ref Slot slot = ref SlotOf(job, (int)fd);
                if (IsNone(ref slot) || slot.File is not { } file || slot.Owner != job)
                {
                    continue;
                }

                if (isMarked)
                {
                    slot.IsClosedOnExec = true;
                }
                else
                {
                    closed.Add(file);
                    Empty(ref slot, (int)fd);
                }
            }
        }

        closed.ForEach(file => Release(job, file));
    }

    /// <summary>dup (with minimum 0) and F_DUPFD.</summary>
    /// <returns><see cref="Errno.EBADF"/>, or as <see cref="TryInstall"/>.</returns>
    public Errno Duplicate(int job, int fd, int minimum, bool isClosedOnExec, out int duplicate)
    {
        duplicate = -1;
        Errno error = TryGet(job, fd, out OpenFile? file);
        if (error != Errno.Success)
        {
            return error;
        }

        error = TryInstall(job, file!, isClosedOnExec, out duplicate, minimum);
        if (error != Errno.Success)
        {
            file!.Release();
        }

        return error;
    }

    /// <summary>dup2 and dup3: closes what the new descriptor was.</summary>
    /// <param name="job">The calling job.</param>
    /// <param name="fd">The old descriptor.</param>
    /// <param name="target">The new one.</param>
    /// <param name="isClosedOnExec">FD_CLOEXEC of the new one.</param>
    /// <param name="refusesSame">True for dup3: the same descriptor twice is <see cref="Errno.EINVAL"/>, while dup2 does nothing then.</param>
    /// <returns><see cref="Errno.EBADF"/> also for a target outside the table, <see cref="Errno.EMFILE"/> when the job has enough.</returns>
    public Errno DuplicateTo(int job, int fd, int target, bool isClosedOnExec, bool refusesSame)
    {
        if (fd == target && refusesSame)
        {
            return Errno.EINVAL;
        }

        OpenFile? replaced;
        lock (_gate)
        {
            ref Slot source = ref SlotOf(job, fd);
            ref Slot slot = ref SlotOf(job, target);
            if (IsNone(ref source) || source.File is null || !IsPossible(job, target))
            {
                return Errno.EBADF;
            }

            if (fd == target)
            {
                return Errno.Success;
            }

            replaced = IsNone(ref slot) ? null : slot.File;
            bool isNew = replaced is null || slot.Owner != job;
            if (isNew && CountOf(job) >= _jobLimit)
            {
                Refused++;
                return Errno.EMFILE;
            }

            source.File.Hold();
            OpenFile file = source.File;
            if (replaced is not null)
            {
                Empty(ref slot, target);
            }

            Fill(job, target, file, isClosedOnExec);
        }

        if (replaced is not null)
        {
            Release(job, replaced);
        }

        return Errno.Success;
    }

    /// <summary>F_GETFD and F_SETFD.</summary>
    /// <param name="job">The calling job.</param>
    /// <param name="fd">The descriptor.</param>
    /// <param name="change">The new FD_CLOEXEC; null to leave it.</param>
    /// <param name="isClosedOnExec">FD_CLOEXEC before the change.</param>
    /// <returns><see cref="Errno.EBADF"/>.</returns>
    public Errno DescriptorFlag(int job, int fd, bool? change, out bool isClosedOnExec)
    {
        lock (_gate)
        {
            ref Slot slot = ref SlotOf(job, fd);
            if (IsNone(ref slot) || slot.File is null)
            {
                isClosedOnExec = false;
                return Errno.EBADF;
            }

            isClosedOnExec = slot.IsClosedOnExec;
            slot.IsClosedOnExec = change ?? isClosedOnExec;
            return Errno.Success;
        }
    }

    /// <summary>True when two descriptors of a job are one open file, as after dup.</summary>
    public bool IsSameFile(int job, int fd, int other)
    {
        lock (_gate)
        {
            ref Slot slot = ref SlotOf(job, fd);
            ref Slot otherSlot = ref SlotOf(job, other);
            return !IsNone(ref slot) && !IsNone(ref otherSlot) && slot.File is not null && slot.File == otherSlot.File;
        }
    }

    /// <summary>True when a job could be given one more descriptor now.</summary>
    public bool HasRoom(int job)
    {
        lock (_gate)
        {
            return FindFree(job, 0, out _) == Errno.Success;
        }
    }

    /// <summary>Goes through the descriptors that a job owns.</summary>
    /// <param name="job">The job.</param>
    /// <param name="minimum">Where to begin; not negative.</param>
    /// <returns>The first one from there on; -1 when there is none.</returns>
    public int NextOwned(int job, int minimum)
    {
        lock (_gate)
        {
            for (int fd = minimum; fd < _shared.Length; fd++)
            {
                ref Slot slot = ref SlotOf(job, fd);
                if (!IsNone(ref slot) && slot.File is not null && slot.Owner == job)
                {
                    return fd;
                }
            }

            return -1;
        }
    }

    /// <summary>Descriptors that a job owns.</summary>
    public int CountOf(int job)
    {
        lock (_gate)
        {
            return _jobs.TryGetValue(job, out Job? known) ? known.Count : 0;
        }
    }

    /// <summary>Ends a descriptor's part in a file.</summary>
    private void Release(int job, OpenFile file)
    {
        _locks?.OnDescriptorClosed(job, file.Inode);
        file.Release();
    }

    private static bool IsNone(ref Slot slot) => System.Runtime.CompilerServices.Unsafe.IsNullRef(ref slot);

    private ref Slot SlotOf(int job, int fd)
    {
        if ((uint)fd >= (uint)_shared.Length)
        {
            return ref System.Runtime.CompilerServices.Unsafe.NullRef<Slot>();
        }

        if (fd >= StandardCount)
        {
            return ref _shared[fd];
        }

        return ref _jobs.TryGetValue(job, out Job? known)
            ? ref known.Standard[fd]
            : ref System.Runtime.CompilerServices.Unsafe.NullRef<Slot>();
    }

    private Errno FindFree(int job, int minimum, out int fd)
    {
        if (CountOf(job) >= _jobLimit)
        {
            fd = -1;
            return Errno.EMFILE;
        }

        if (_jobs.TryGetValue(job, out Job? known))
        {
            for (fd = minimum; fd < StandardCount; fd++)
            {
                if (known.Standard[fd].File is null)
                {
                    return Errno.Success;
                }
            }
        }

        return _used.TryFindFree(minimum, out fd) || (Recycle(minimum) && _used.TryFindFree(minimum, out fd)) ? Errno.Success : Errno.ENFILE;
    }

    /// <summary>Frees one of the abandoned numbers, in turn.</summary>
    /// <returns>False when there is none from the minimum on.</returns>
    private bool Recycle(int minimum)
    {
        for (int i = 0; i < _shared.Length; i++)
        {
            _recycled = (_recycled + 1) % _shared.Length;
            if (_recycled >= minimum && Forget(ref _shared[_recycled], _recycled))
            {
                return true;
            }
        }

        return false;
    }

    private bool Forget(ref Slot slot, int fd)
    {
        if (IsNone(ref slot) || !slot.IsAbandoned)
        {
            return false;
        }

        slot = default;
        _used.Remove(fd);
        return true;
    }

    private bool IsPossible(int job, int fd) => fd >= StandardCount ? fd < Capacity : fd >= 0 && _jobs.ContainsKey(job);

    private void Fill(int job, int fd, OpenFile file, bool isClosedOnExec)
    {
        if (fd >= StandardCount)
        {
            Grow(fd);
            _used.Add(fd);
        }

        SlotOf(job, fd) = new Slot { File = file, Owner = job, IsClosedOnExec = isClosedOnExec };
        if (_jobs.TryGetValue(job, out Job? owner))
        {
            owner.Count++;
        }
    }

    private void Grow(int fd)
    {
        if (fd >= _shared.Length)
        {
            Array.Resize(ref _shared, Math.Min(Math.Max(_shared.Length * 2, fd + 1), Capacity));
        }
    }

    private void Empty(ref Slot slot, int fd)
    {
        if (_jobs.TryGetValue(slot.Owner, out Job? owner))
        {
            owner.Count--;
        }

        slot = default;
        if (fd >= StandardCount)
        {
            _used.Remove(fd);
        }
    }

    private struct Slot
    {
        public OpenFile? File;
        public int Owner;
        public bool IsClosedOnExec;
        public bool IsAbandoned; // no file, and not free either
    }

    private sealed class Job
    {
        public Slot[] Standard { get; } = new Slot[StandardCount];

        public int Count { get; set; }
    }
}
