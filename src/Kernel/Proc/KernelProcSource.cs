using KernelSockets.Kernel.Diagnostics;
using KernelSockets.Kernel.Nucleus;
using KernelSockets.Kernel.Tasks;
using KernelSockets.Vfs;
using KernelSockets.Vfs.Proc;

namespace KernelSockets.Kernel.Proc;

/// <summary>What /proc tells of this machine.</summary>
internal sealed class KernelProcSource : IProcSource
{
    private KernelProcSource(ISystem system, JobTable jobs, KernelOptions options)
    {
        System = system;
        Processes = new KernelProcessTable(jobs);
        CommandLine = options.CommandLine;
    }

    /// <inheritdoc/>
    public ISystem System { get; }

    /// <inheritdoc/>
    public IProcessTable Processes { get; }

    /// <inheritdoc/>
    public string CommandLine { get; }

    /// <inheritdoc/>
    public ProcessorInformation Processor { get; } = CpuReader.Read();

    /// <inheritdoc/>
    public TimeSpan IdleTime => TimeSpan.FromTicks(Scheduler.IdleTime / TimeSpan.NanosecondsPerTick);

    /// <inheritdoc/>
    public long ContextSwitches => (long)Scheduler.Switches;

    /// <summary>Fills /proc and mounts it. Called once, when the root is there.</summary>
    public static void Mount(VirtualFileSystem vfs, ISystem system, JobTable jobs, KernelOptions options)
    {
        SystemFiles.AddTo(vfs.Proc.Root, new KernelProcSource(system, jobs, options));
        Errno error = vfs.MountProc();
        if (error != Errno.Success)
        {
            Log.Error($"proc: /proc cannot be mounted: {error.Describe()}");
        }
    }
}
