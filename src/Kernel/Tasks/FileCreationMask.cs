namespace KernelSockets.Kernel.Tasks;

/// <summary>The umask: permissions that new files do not get. Each job has its own; what runs outside of jobs, the console's shell for one, shares one.</summary>
internal static class FileCreationMask
{
    /// <summary>022, with which everything starts.</summary>
    private const InodeMode Default = (InodeMode)0x12;

    private static InodeMode s_outsideJobs = Default;

    /// <summary>The caller's.</summary>
    public static InodeMode Current => Job.Current?.CreationMask ?? s_outsideJobs;

    /// <summary>umask(2): changes the caller's.</summary>
    /// <param name="mask">The new one; what are no permissions is ignored.</param>
    /// <returns>The old one.</returns>
    public static InodeMode Exchange(InodeMode mask)
    {
        InodeMode old = Current;
        if (Job.Current is { } job)
        {
            job.CreationMask = mask & InodeMode.AllForAll;
        }
        else
        {
            s_outsideJobs = mask & InodeMode.AllForAll;
        }

        return old;
    }
}
