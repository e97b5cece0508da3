using System.Runtime.CompilerServices;
using KernelSockets.Kernel.Tasks;

namespace KernelSockets.Kernel.Proc;

/// <summary>The jobs, and the kernel itself, as processes.</summary>
internal sealed class KernelProcessTable : IProcessTable
{
    private readonly JobTable _jobs;
    private readonly KernelProcess _kernel;
    private readonly ConditionalWeakTable<Job, JobProcess> _processes = [];

    public KernelProcessTable(JobTable jobs)
    {
        _jobs = jobs;
        _kernel = new KernelProcess(jobs);
    }

    /// <inheritdoc/>
    public IProcess Current => Job.Current is { } job && IsProcess(job) ? Of(job) : _kernel;

    /// <inheritdoc/>
    public IReadOnlyList<IProcess> Processes() =>
        [_kernel, .. _jobs.Jobs().Cast<Job>().Where(IsProcess).OrderBy(static job => job.MainTask).Select(Of)];

    /// <inheritdoc/>
    public IProcess? Find(int id) => Processes().FirstOrDefault(process => process.Id == id);

    /// <summary>A job whose first task has not yet begun has no number yet.</summary>
    private static bool IsProcess(Job job) => job.Id != ConsoleRouter.KernelJob && job.MainTask != 0;

    private JobProcess Of(Job job) => _processes.GetValue(job, known => new JobProcess(_jobs, known));
}
