namespace KernelSockets;

/// <summary>Starts programs as jobs, each with its own standard input, output and error.</summary>
public interface IJobControl
{
    /// <summary>Starts <paramref name="main"/> on a task of its own. An exception that leaves it ends the job with its stack trace and status 134.</summary>
    /// <param name="name">Name of the job and its first task.</param>
    /// <param name="main">The program: takes its arguments, returns its exit status.</param>
    /// <param name="arguments">Arguments, without the name.</param>
    /// <param name="isForeground">True to make it the terminal's foreground job, which Ctrl-C reaches, until it ends.</param>
    /// <param name="job">The running job.</param>
    /// <returns><see cref="Errno.EAGAIN"/> when the job or task table is full.</returns>
    Errno TryStart(string name, Func<string[], int> main, string[] arguments, bool isForeground, out IJob? job);

    /// <summary>Jobs that have not been waited for, by id.</summary>
    IReadOnlyList<IJob> Jobs();

    /// <summary>Makes a running job the terminal's foreground job until it ends (the shell's <c>fg</c>).</summary>
    /// <returns><see cref="Errno.ESRCH"/> when it has ended, <see cref="Errno.ENOSYS"/> where jobs cannot be moved.</returns>
    Errno SetForeground(IJob job) => Errno.ENOSYS;

    /// <summary>Blocks the calling task.</summary>
    /// <returns><see cref="Errno.Success"/> after the whole time, <see cref="Errno.EINTR"/> when its job was interrupted.</returns>
    Errno Sleep(TimeSpan time);
}

/// <summary>A running or ended program.</summary>
public interface IJob
{
    /// <summary>Job number, from 1; also the id of its first task.</summary>
    int Id { get; }

    /// <summary>Name of the program.</summary>
    string Name { get; }

    /// <summary>True after its main has returned or it was ended.</summary>
    bool HasEnded { get; }

    /// <summary>Exit status 0 to 255; 130 after Ctrl-C, 134 after an unhandled exception. Valid once it has ended.</summary>
    int ExitStatus { get; }

    /// <summary>Waits for the end of the job and takes it off the table.</summary>
    /// <returns><see cref="Errno.Success"/>, <see cref="Errno.ETIME"/> or <see cref="Errno.EINTR"/>.</returns>
    Errno Wait(Instant deadline);

    /// <summary>What Ctrl-C does: every wait of its tasks ends with <see cref="Errno.EINTR"/>.</summary>
    void Interrupt();
}
