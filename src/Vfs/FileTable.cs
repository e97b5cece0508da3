namespace KernelSockets.Vfs;

/// <summary>
/// Descriptors. 0, 1 and 2 belong to a job each; those above are shared by all in-kernel apps, since thread-pool threads of any job may use
/// them, and remember their owner, whose end closes them.
/// </summary>
/// <remarks>Called by system calls with the caller's job. All of it is under one lock, in which nothing blocks; files are closed after it is left.</remarks>
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
    private Slot[] _shared;

    /// <summary>An empty table.</summary>
    /// <param name="capacity">Descriptors in all.</param>
    /// <param name="jobLimit">Descriptors a job.</param>
    public FileTable(int capacity = DefaultCapacity, int jobLimit = DefaultJobLimit)
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
                    _shared[fd] = default;
                    _used.Remove(fd);
                }
            }
        }

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
                return Errno.EBADF;
            }

            file = slot.File;
            Empty(ref slot, fd);
        }

        file.Release();
        return Errno.Success;
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

        replaced?.Release();
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

    /// <summary>True when a job could be given one more descriptor now.</summary>
    public bool HasRoom(int job)
    {
        lock (_gate)
        {
            return FindFree(job, 0, out _) == Errno.Success;
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

        return _used.TryFindFree(minimum, out fd) ? Errno.Success : Errno.ENFILE;
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
    }

    private sealed class Job
    {
        public Slot[] Standard { get; } = new Slot[StandardCount];

        public int Count { get; set; }
    }
}
