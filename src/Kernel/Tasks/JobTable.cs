namespace KernelSockets.Kernel.Tasks;

/// <summary>All jobs, and which of them Ctrl-C reaches.</summary>
internal sealed class JobTable : IJobControl
{
    /// <summary>Most jobs at once, those that have ended and were not waited for included.</summary>
    public const int Capacity = 64;

    private readonly List<Job> _jobs = [];
    private Job? _foreground;

    public JobTable(ITerminal terminal) => Terminal = terminal;

    /// <summary>Protects the table and every job's end.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The console, which jobs start with as their standard streams.</summary>
    public ITerminal Terminal { get; }

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
