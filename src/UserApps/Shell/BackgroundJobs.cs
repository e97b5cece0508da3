namespace KernelSockets.UserApps;

/// <summary>The jobs that the shell has started with <c>&amp;</c> and not yet waited for. Used by the shell's task only.</summary>
/// <remarks>The kernel bounds the number of jobs, hence this list too.</remarks>
internal sealed class BackgroundJobs
{
    private readonly List<(IJob Job, string Source)> _jobs = [];
    private bool _isCopy;

    /// <summary>The jobs, oldest first.</summary>
    public IReadOnlyList<(IJob Job, string Source)> All => _jobs;

    /// <summary>The same jobs for a subshell, which may list them; they are not its own, to wait for.</summary>
    public BackgroundJobs Copy()
    {
        var copy = new BackgroundJobs { _isCopy = true };
        copy._jobs.AddRange(_jobs);
        return copy;
    }

    /// <summary>Remembers a job.</summary>
    /// <param name="job">Just started.</param>
    /// <param name="source">What was typed.</param>
    public void Add(IJob job, string source)
    {
        if (_isCopy)
        {
            _jobs.Clear();
            _isCopy = false;
        }

        _jobs.Add((job, source));
    }

    /// <summary>Forgets a job that has been waited for.</summary>
    public void Remove(IJob job) => _jobs.RemoveAll(entry => entry.Job == job);

    /// <summary>Finds a job by its number, with or without <c>%</c>, or the latest one.</summary>
    /// <param name="number">What was typed; null for the latest.</param>
    /// <returns>Null for no such job.</returns>
    public IJob? Find(string? number)
    {
        if (_isCopy)
        {
            return null;
        }

        if (number is null or "%" or "%%" or "%+")
        {
            return _jobs.Count == 0 ? null : _jobs[^1].Job;
        }

        _ = int.TryParse(number.StartsWith('%') ? number[1..] : number, out int id);
        foreach ((IJob job, _) in _jobs)
        {
            if (job.Id == id)
            {
                return job;
            }
        }

        return null;
    }

    /// <summary>What was typed to start a job.</summary>
    public string SourceOf(IJob job)
    {
        foreach ((IJob candidate, string source) in _jobs)
        {
            if (candidate == job)
            {
                return source;
            }
        }

        return job.Name;
    }

    /// <summary>Takes the jobs that have ended off the list and off the kernel's table.</summary>
    /// <returns>A line for each, as bash reports it.</returns>
    public List<string> Reap()
    {
        var lines = new List<string>();
        for (int i = 0; i < _jobs.Count; i++)
        {
            (IJob job, string source) = _jobs[i];
            if (job.HasEnded && !_isCopy && job.Wait(Instant.Zero) == Errno.Success)
            {
                lines.Add(Describe(job, source));
                _jobs.RemoveAt(i--);
            }
        }

        return lines;
    }

    /// <summary>One line of <c>jobs</c>.</summary>
    public static string Describe(IJob job, string source)
    {
        string state = !job.HasEnded ? "Running" : job.ExitStatus switch
        {
            0 => "Done",
            App.InterruptedStatus => "Interrupt",
            134 => "Aborted",
            141 => "Broken pipe",
            int status => $"Exit {status}",
        };
        return $"[{job.Id}]  {state,-22}  {source}{(job.HasEnded ? "" : " &")}";
    }
}
