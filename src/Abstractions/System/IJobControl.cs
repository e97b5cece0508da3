namespace KernelSockets;

/// <summary>Starts programs as jobs, each with its own standard input, output and error.</summary>
/// <remarks>A job's group is what Ctrl-C reaches as a whole: the programs of a pipeline, and the shell that waits for them.</remarks>
public interface IJobControl
{
    /// <summary>The calling program's own job; null for code that belongs to none.</summary>
    IJob? Current { get; }

    /// <summary>Starts a program on a task of its own. An exception that leaves it ends the job with its stack trace and status 134.</summary>
    /// <param name="start">What to start, and with what.</param>
    /// <param name="job">The running job.</param>
    /// <returns><see cref="Errno.EAGAIN"/> when the job or task table is full, <see cref="Errno.EINTR"/> when the caller has been told to end.</returns>
    Errno TryStart(JobStart start, out IJob? job);

    /// <summary>Starts a program with the caller's standard files and in the caller's group.</summary>
    /// <param name="name">Name of the job and its first task.</param>
    /// <param name="main">The program: takes its arguments, returns its exit status.</param>
    /// <param name="arguments">Arguments, without the name.</param>
    /// <param name="job">The running job.</param>
    /// <returns>As the other.</returns>
    Errno TryStart(string name, Func<string[], int> main, string[] arguments, out IJob? job) =>
        TryStart(new JobStart { Name = name, Main = main, Arguments = arguments, Group = Current }, out job);

    /// <summary>What exec(3) is to a process: the calling job goes on as another program, with other standard files.</summary>
    /// <param name="name">Name of the program.</param>
    /// <param name="arguments">Its arguments, without the name.</param>
    /// <param name="files">Its descriptors 0, 1 and 2; the job takes references of its own.</param>
    /// <param name="environment">Its environment.</param>
    /// <returns><see cref="Errno.EINTR"/> when the job has been told to end, and must not go on.</returns>
    Errno Become(string name, string[] arguments, in JobFiles files, IReadOnlyDictionary<string, string> environment);

    /// <summary>
    /// From now on the calling job looks at <see cref="IJob.IsInterrupted"/> itself: Ctrl-C ends its waits in the kernel with <see cref="Errno.EINTR"/>, and nothing
    /// is thrown.
    /// </summary>
    void HandleInterrupts();

    /// <summary>Makes the calling job's group the one that Ctrl-C reaches, and forgets an interrupt that came before.</summary>
    void TakeForeground();

    /// <summary>Jobs that have not been waited for, by id.</summary>
    IReadOnlyList<IJob> Jobs();

    /// <summary>Makes a running job's group the terminal's foreground (the shell's <c>fg</c>).</summary>
    /// <returns><see cref="Errno.ESRCH"/> when it has ended, <see cref="Errno.ENOSYS"/> where jobs cannot be moved.</returns>
    Errno SetForeground(IJob job) => Errno.ENOSYS;

    /// <summary>Finds one of the calling job's standard files.</summary>
    /// <param name="descriptor">0, 1 or 2.</param>
    /// <returns>The file with a reference for the caller; null for a closed descriptor.</returns>
    OpenFile? StandardFile(int descriptor);

    /// <summary>Opens a file.</summary>
    /// <param name="path">Absolute, or from <see cref="CurrentDirectory"/>.</param>
    /// <param name="flags">As for open(2); a file that is made gets permissions 666 less the umask.</param>
    /// <param name="file">The file with one reference, the caller's.</param>
    /// <returns>What open(2) says.</returns>
    Errno TryOpen(string path, OpenFlags flags, out OpenFile? file);

    /// <summary>Makes a pipe.</summary>
    /// <param name="reader">The reading end with one reference, the caller's.</param>
    /// <param name="writer">The writing end with one reference, the caller's.</param>
    /// <returns>What pipe(2) says.</returns>
    Errno TryPipe(out OpenFile? reader, out OpenFile? writer);

    /// <summary>The calling job's environment, as whoever started it has given it; the kernel's own for code without a job.</summary>
    IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>Path of the directory where relative paths of the calling program, and of the jobs it starts, begin.</summary>
    string CurrentDirectory { get; }

    /// <summary>Changes <see cref="CurrentDirectory"/>.</summary>
    /// <param name="path">Absolute, or from the present one.</param>
    /// <returns><see cref="Errno.ENOENT"/>, <see cref="Errno.ENOTDIR"/> and what else chdir(2) says.</returns>
    Errno SetCurrentDirectory(string path);

    /// <summary>Blocks the calling task.</summary>
    /// <returns><see cref="Errno.Success"/> after the whole time, <see cref="Errno.EINTR"/> when its job was interrupted.</returns>
    Errno Sleep(TimeSpan time);
}
