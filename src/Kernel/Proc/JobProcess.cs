using KernelSockets.Kernel.Tasks;

namespace KernelSockets.Kernel.Proc;

/// <summary>A job as a process.</summary>
internal sealed class JobProcess : IProcess
{
    private readonly JobTable _jobs;
    private readonly Job _job;

    public JobProcess(JobTable jobs, Job job)
    {
        _jobs = jobs;
        _job = job;
    }

    /// <inheritdoc/>
    public int Id => _job.MainTask;

    /// <inheritdoc/>
    public int ParentId => KernelProcess.Number;

    /// <inheritdoc/>
    public int JobId => _job.Id;

    /// <inheritdoc/>
    public string Name => _job.Name;

    /// <inheritdoc/>
    public IReadOnlyList<string> Arguments => _job.Arguments;

    /// <inheritdoc/>
    public Instant StartedAt => _job.StartedAt;

    /// <inheritdoc/>
    public bool HasEnded => _job.HasEnded;

    /// <inheritdoc/>
    public bool IsGone => _job.HasEnded && _jobs.Find(_job.Id) != _job;

    /// <inheritdoc/>
    public Inode? HoldCurrentDirectory() => _job.HoldDirectory();
}
