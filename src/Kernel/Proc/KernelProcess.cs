using KernelSockets.Kernel.Tasks;

namespace KernelSockets.Kernel.Proc;

/// <summary>Process 1: the kernel with its shell, and all that belongs to no job.</summary>
internal sealed class KernelProcess : IProcess
{
    /// <summary>Its number, as getpid has it.</summary>
    public const int Number = 1;

    private readonly JobTable _jobs;

    public KernelProcess(JobTable jobs) => _jobs = jobs;

    /// <inheritdoc/>
    public int Id => Number;

    /// <inheritdoc/>
    public int ParentId => 0;

    /// <inheritdoc/>
    public int JobId => ConsoleRouter.KernelJob;

    /// <inheritdoc/>
    public string Name => "kernel";

    /// <inheritdoc/>
    public IReadOnlyList<string> Arguments => [];

    /// <inheritdoc/>
    public Instant StartedAt => Instant.Zero;

    /// <inheritdoc/>
    public bool HasEnded => false;

    /// <inheritdoc/>
    public bool IsGone => false;

    /// <inheritdoc/>
    public Inode? HoldCurrentDirectory() => _jobs.HoldKernelDirectory();
}
