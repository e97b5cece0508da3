using KernelSockets.Vfs;

namespace KernelSockets.Kernel.Tasks;

/// <summary>All jobs, and which of them Ctrl-C reaches.</summary>
internal sealed class JobTable : IJobControl
{
    /// <summary>Most jobs at once, those that have ended and were not waited for included.</summary>
    public const int Capacity = 64;

    private readonly List<Job> _jobs = [];
    private readonly OpenFile _console;
    private Job? _foreground;

    /// <summary>An empty table.</summary>
    /// <param name="vfs">Whose descriptors jobs have.</param>
    /// <param name="console">What jobs start with as descriptors 0, 1 and 2.</param>
    public JobTable(VirtualFileSystem vfs, OpenFile console)
    {
        Vfs = vfs;
        _console = console;
    }

    /// <summary>Protects the table and every job's end.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The files of the machine.</summary>
    public VirtualFileSystem Vfs { get; }

    /// <inheritdoc/>
    public Errno TryStart(string name, Func<string[], int> main, string[] arguments, bool isForeground, out IJob? job)
    {
        job = null;
        Job started;
        lock (Gate)
        {
            if (_jobs.Count == Capacity)
            {
                return Errno.EAGAIN;
            }

            started = new Job(this, FirstFreeId(), name, main, arguments);
            Errno error = Vfs.Files.AddJob(started.Id, _console, _console, _console);
            if (error != Errno.Success)
            {
                started.CurrentDirectory.Release();
                return error;
            }

            _jobs.Add(started);
            if (isForeground)
            {
                _foreground = started;
            }
        }

        try
        {
            started.Start();
        }
        catch (OutOfMemoryException)
        {
            Vfs.Files.EndJob(started.Id);
            started.CurrentDirectory.Release();
            Remove(started);
            return Errno.EAGAIN;
        }

        job = started;
        return Errno.Success;
    }

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
        lock (Gate)
        {
            if (job is not Job own || own.HasEnded || !_jobs.Contains(own))
            {
                return Errno.ESRCH;
            }

            _foreground = own;
            return Errno.Success;
        }
    }

    /// <inheritdoc/>
    public Errno Sleep(TimeSpan time) => KernelTask.Sleep(KernelClock.Instance.Now + time);

    /// <summary>Ctrl-C: interrupts the foreground job.</summary>
    public void InterruptForeground()
    {
        Job? job;
        lock (Gate)
        {
            job = _foreground;
        }

        job?.Interrupt();
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
            if (_foreground == job)
            {
                _foreground = null;
            }
        }
    }

    /// <summary>A job has ended: Ctrl-C reaches it no more. The gate is held.</summary>
    public void OnEnded(Job job)
    {
        if (_foreground == job)
        {
            _foreground = null;
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
