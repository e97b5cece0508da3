using System.Text;
using KernelSockets.Kernel.Syscalls;
using KernelSockets.Vfs;
using KernelSockets.Vfs.Dev;

namespace KernelSockets.Kernel.Tasks;

/// <summary>All jobs, and which of them Ctrl-C reaches.</summary>
internal sealed class JobTable : IJobControl
{
    /// <summary>Most jobs at once, those that have ended and were not waited for included.</summary>
    public const int Capacity = 64;

    private const int MaximumPath = 4096; // PATH_MAX

    private readonly List<Job> _jobs = [];
    private readonly Job _shell;
    private readonly TerminalSession _console;

    /// <summary>An empty table. The kernel's own descriptors 0, 1 and 2 are there already.</summary>
    /// <param name="vfs">Whose descriptors jobs have.</param>
    /// <param name="console">The console, to whose Ctrl-C the table listens from now on.</param>
    public JobTable(VirtualFileSystem vfs, Terminal console)
    {
        Vfs = vfs;
        KernelEnvironment = ReadEnvironment();
        _console = new TerminalSession(console, new JobGroup());
        Serve(_console);
        _shell = new Job(this, ConsoleRouter.KernelJob, new JobStart { Name = "sh", Main = static _ => 0 }, parent: null, _console.Foreground, _console);
    }

    /// <summary>The environment of the machine's start, without what is for the runtime only.</summary>
    public IReadOnlyDictionary<string, string> KernelEnvironment { get; }

    private Inode Directory => Job.Current?.CurrentDirectory ?? Vfs.Root;

    /// <summary>Protects the table and every job's end.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The files of the machine.</summary>
    public VirtualFileSystem Vfs { get; }

    /// <summary>The terminal of the calling job; the console for what belongs to none.</summary>
    public Terminal Terminal => (Job.Current?.Session ?? _console).Terminal;

    /// <inheritdoc/>
    public IJob? Current => Job.Current;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Environment => Job.Current?.Environment ?? KernelEnvironment;

    /// <summary>Makes the calling thread that of the console's shell.</summary>
    public void AdoptShell() => _shell.Adopt();

    /// <inheritdoc/>
    public Errno TryStart(JobStart start, out IJob? job) => TryStart(start, Job.Current?.Session ?? _console, out job);

    /// <summary>The same at another terminal than the caller's.</summary>
    /// <returns>Also <see cref="Errno.EIO"/> when that is hung up.</returns>
    public Errno TryStart(JobStart start, TerminalSession session, out IJob? job)
    {
        job = null;
        Errno error = TryAdd(start, session, out Job? started);
        if (error != Errno.Success)
        {
            return error;
        }

        try
        {
            started!.Start();
        }
        catch (OutOfMemoryException)
        {
            Vfs.Files.EndJob(started!.Id);
            started.CurrentDirectory.Release();
            Remove(started);
            return Errno.EAGAIN;
        }

        job = started;
        return Errno.Success;
    }

    /// <inheritdoc/>
    public Errno Become(string name, string[] arguments, in JobFiles files, IReadOnlyDictionary<string, string> environment)
    {
        if (Job.Current is not { } job)
        {
            return Errno.EPERM;
        }

        Vfs.Files.ReplaceStandard(job.Id, files.Input, files.Output, files.Error);
        return job.Become(name, arguments, environment);
    }

    /// <inheritdoc/>
    public void HandleInterrupts() => Job.Current?.HandleInterrupts();

    /// <inheritdoc/>
    public void TakeForeground()
    {
        if (Job.Current is { } job)
        {
            lock (Gate)
            {
                job.Session.Foreground = job.Group;
                if (!job.Session.IsHungUp)
                {
                    job.ForgetInterrupt();
                }
            }

            job.Session.Terminal.WakeReaders();
        }
    }

    /// <inheritdoc/>
    public OpenFile? StandardFile(int descriptor)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)descriptor, (uint)FileTable.StandardCount, nameof(descriptor));
        _ = Vfs.Files.TryGet(Job.Current?.Id ?? ConsoleRouter.KernelJob, descriptor, out OpenFile? file);
        return file;
    }

    /// <inheritdoc/>
    public Errno TryOpen(string path, OpenFlags flags, out OpenFile? file)
    {
        InodeMode mode = InodeMode.ReadWriteForAll & ~UserPath.CreationMask;
        return Vfs.TryOpen(Directory, Encoding.UTF8.GetBytes(path), flags, mode, out file);
    }

    /// <inheritdoc/>
    public Errno TryPipe(out OpenFile? reader, out OpenFile? writer) => Vfs.Pipes.TryCreate(default, out reader, out writer);

    /// <inheritdoc/>
    public IReadOnlyList<IJob> Jobs()
    {
        lock (Gate)
        {
            return [.. _jobs];
        }
    }

    /// <inheritdoc/>
    public Errno SetForeground(IJob job)
    {
        if (job is not Job own)
        {
            return Errno.ESRCH;
        }

        lock (Gate)
        {
            if (own.HasEnded || !_jobs.Contains(own))
            {
                return Errno.ESRCH;
            }

            own.Session.Foreground = own.Group;
        }

        own.Session.Terminal.WakeReaders();
        return Errno.Success;
    }

    /// <inheritdoc/>
    public string CurrentDirectory
    {
        get
        {
            Span<byte> path = stackalloc byte[MaximumPath];
            IoResult result = Vfs.GetPath(Directory, path);
            return result.IsSuccess ? Encoding.UTF8.GetString(path[..result.Count]) : "(removed)";
        }
    }

    /// <inheritdoc/>
    public Errno SetCurrentDirectory(string path)
    {
        Errno error = Vfs.TryResolveDirectory(Directory, Encoding.UTF8.GetBytes(path), out Inode? directory);
        if (error != Errno.Success)
        {
            return error;
        }

        if (Job.Current is not { } job)
        {
            directory!.Release();
            return Errno.EPERM;
        }

        job.ChangeDirectory(directory!);
        return Errno.Success;
    }

    /// <summary>The current directory of what belongs to no job, with a reference for the caller.</summary>
    public Inode HoldKernelDirectory() => _shell.HoldDirectory()!;

    /// <inheritdoc/>
    public Errno Sleep(TimeSpan time) => KernelTask.Sleep(KernelClock.Instance.Now + time);

    /// <summary>Listens to a terminal's Ctrl-C, and tells it who may read: its foreground group, and what belongs to no job of it.</summary>
    public void Serve(TerminalSession session)
    {
        session.Terminal.Interrupted = () => Interrupt(session);
        session.Terminal.MayRead = () => Job.Current is not { } job || job.Session != session || job.Group == session.Foreground;
    }

    /// <summary>Ctrl-C: interrupts the foreground group of a terminal, the console's shell too when it belongs to it.</summary>
    private void Interrupt(TerminalSession session)
    {
        Job[] jobs;
        lock (Gate)
        {
            jobs = [.. _jobs.Prepend(_shell).Where(job => job.Group == session.Foreground && !job.HasEnded)];
        }

        Array.ForEach(jobs, static job => job.Interrupt());
    }

    /// <summary>A terminal is gone: all of its jobs are told to end, and no more are started.</summary>
    public void HangUp(TerminalSession session)
    {
        Job[] jobs;
        lock (Gate)
        {
            session.IsHungUp = true;
            jobs = [.. _jobs.Where(job => job.Session == session && !job.HasEnded)];
        }

        Array.ForEach(jobs, static job => job.Interrupt());
    }

    /// <summary>Finds the job that a task belongs to.</summary>
    public Job? Find(int jobId)
    {
        lock (Gate)
        {
            return _jobs.Find(j => j.Id == jobId);
        }
    }

    /// <summary>Takes a job off the table.</summary>
    public void Remove(Job job)
    {
        lock (Gate)
        {
            _jobs.Remove(job);
        }
    }

    /// <summary>A job has ended. Nobody will wait for its children now, nor for itself when its parent has gone. The gate is held.</summary>
    public void OnEnded(Job job)
    {
        _jobs.RemoveAll(child => child.Parent == job && child.HasEnded);
        if (job.Parent is { HasEnded: true })
        {
            _jobs.Remove(job);
        }
    }

    private static Dictionary<string, string> ReadEnvironment()
    {
        Dictionary<string, string> environment = new(StringComparer.Ordinal);
        foreach (System.Collections.DictionaryEntry entry in System.Environment.GetEnvironmentVariables())
        {
            string name = (string)entry.Key;
            if (!name.StartsWith("DOTNET_", StringComparison.Ordinal))
            {
                environment[name] = (string?)entry.Value ?? "";
            }
        }

        return environment;
    }

    private Errno TryAdd(JobStart start, TerminalSession session, out Job? added)
    {
        added = null;
        Job? parent = Job.Current;
        int caller = parent?.Id ?? ConsoleRouter.KernelJob;
        lock (Gate)
        {
            if (parent is { IsInterrupted: true })
            {
                return Errno.EINTR;
            }

            if (session.IsHungUp)
            {
                return Errno.EIO;
            }

            if (_jobs.Count == Capacity)
            {
                return Errno.EAGAIN;
            }

            JobGroup group = (start.Group as Job)?.Group ?? new JobGroup();
            added = new Job(this, FirstFreeId(), start, parent, group, session);
            Errno error = start.Files is { } files
                ? Vfs.Files.AddJob(added.Id, files.Input, files.Output, files.Error)
                : Vfs.Files.AddJobLike(added.Id, caller);
            if (error != Errno.Success)
            {
                added.CurrentDirectory.Release();
                return error;
            }

            _jobs.Add(added);
            session.Foreground = start.IsForeground ? group : session.Foreground;
            return Errno.Success;
        }
    }

    private int FirstFreeId()
    {
        int id = 1;
        while (_jobs.Exists(j => j.Id == id))
        {
            id++;
        }

        return id;
    }
}
