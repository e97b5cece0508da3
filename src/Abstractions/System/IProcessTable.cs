namespace KernelSockets;

/// <summary>
/// The processes that /proc shows: the jobs, and process 1, the kernel itself with its shell. A job's process number is the id of its first task, as a
/// Linux process has that of its first thread, so that it is what ps prints, kill takes, and no other job gets soon after.
/// </summary>
/// <remarks>All members may be called from any task.</remarks>
public interface IProcessTable
{
    /// <summary>All processes, by number; a copy. Those that have ended and were not waited for are among them.</summary>
    IReadOnlyList<IProcess> Processes();

    /// <summary>The process with a number; null when there is none.</summary>
    IProcess? Find(int id);

    /// <summary>The process of the calling task.</summary>
    IProcess Current { get; }
}

/// <summary>A process as /proc shows it. The same object for as long as the process is there.</summary>
public interface IProcess
{
    /// <summary>Its number.</summary>
    int Id { get; }

    /// <summary>Number of the process that started it; 0 for process 1.</summary>
    int ParentId { get; }

    /// <summary>Number of its job: the owner of its descriptors, and <see cref="TaskInformation.JobId"/> of its tasks; 0 for the kernel.</summary>
    int JobId { get; }

    /// <summary>Name of the program.</summary>
    string Name { get; }

    /// <summary>Arguments, without the name; none for the kernel.</summary>
    IReadOnlyList<string> Arguments { get; }

    /// <summary>When it was started.</summary>
    Instant StartedAt { get; }

    /// <summary>True when its program has ended.</summary>
    bool HasEnded { get; }

    /// <summary>True when it has also been waited for: its number means nothing any more.</summary>
    bool IsGone { get; }

    /// <summary>Its current directory with a reference for the caller; null when it has ended.</summary>
    Inode? HoldCurrentDirectory();
}
