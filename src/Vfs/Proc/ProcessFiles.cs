namespace KernelSockets.Vfs.Proc;

/// <summary>Contents of the files of a process (proc(5), /proc/pid/...).</summary>
internal static class ProcessFiles
{
    private const int MaximumName = 15; // TASK_COMM_LEN without its zero
    private const int TicksPerSecond = 100; // sysconf(_SC_CLK_TCK)
    private const int IdlePriority = 3; // Scheduler.IdlePriority

    /// <summary>True for a task that is ready or running; the one that halts the processor is always ready, and does not count.</summary>
    public static bool IsRunning(TaskInformation task) => task.State == TaskState.Running && task.Priority < IdlePriority;

    /// <summary>The name and the arguments, each with a zero behind it; nothing for the kernel, as in Linux.</summary>
    public static void WriteCommandLine(ProcText text, IProcess process)
    {
        if (process.JobId == 0)
        {
            return;
        }

        foreach (string word in process.Arguments.Prepend(process.Name))
        {
            text.Append(word + '\0');
        }
    }

    /// <summary>The name, cut as Linux cuts it.</summary>
    public static void WriteName(ProcText text, IProcess process) => text.Line(Cut(process.Name));

    /// <summary>The fields for people.</summary>
    public static void WriteStatus(ProcText text, IProcess process, IReadOnlyList<TaskInformation> tasks, FileTable files)
    {
        List<TaskInformation> own = TasksOf(process, tasks);
        text.Line($"Name:\t{Cut(process.Name)}");
        text.Line("Umask:\t0022");
        text.Line($"State:\t{Describe(StateOf(process, own))}");
        text.Line($"Tgid:\t{process.Id}");
        text.Line("Ngid:\t0");
        text.Line($"Pid:\t{process.Id}");
        text.Line($"PPid:\t{process.ParentId}");
        text.Line("TracerPid:\t0");
        text.Line("Uid:\t0\t0\t0\t0");
        text.Line("Gid:\t0\t0\t0\t0");
        text.Line($"FDSize:\t{files.CountOf(process.JobId)}");
        text.Line("Groups:\t0 ");
        text.Line($"Threads:\t{own.Count}");
    }

    /// <summary>The 52 fields for programs; those that nothing here corresponds to are 0.</summary>
    public static void WriteStatistics(ProcText text, IProcess process, IReadOnlyList<TaskInformation> tasks)
    {
        List<TaskInformation> own = TasksOf(process, tasks);
        long used = (long)(own.Sum(static task => task.CpuTime.Ticks) / (double)TimeSpan.TicksPerSecond * TicksPerSecond);
        long started = process.StartedAt.Nanoseconds / (1_000_000_000 / TicksPerSecond);
        const int Terminal = (5 << 8) | 1; // tty_nr: the console
        string upToTimes = $"{process.Id} ({Cut(process.Name)}) {StateOf(process, own)} {process.ParentId} {process.Id} 1 {Terminal} 1 0 0 0 0 0";
        string times = $"{used} 0 0 0 20 0 {own.Count} 0 {started}";
        const int FieldsAfterStart = 30; // vsize to exit_code
        text.Line($"{upToTimes} {times} {string.Join(' ', Enumerable.Repeat(0, FieldsAfterStart))}");
    }

    private static string Cut(string name) => name.Length <= MaximumName ? name : name[..MaximumName];

    private static List<TaskInformation> TasksOf(IProcess process, IReadOnlyList<TaskInformation> tasks) =>
        process.HasEnded ? [] : [.. tasks.Where(task => task.JobId == process.JobId)];

    /// <summary>A process runs while any of its tasks does.</summary>
    private static char StateOf(IProcess process, List<TaskInformation> own) =>
        process.HasEnded ? 'Z' : own.Exists(IsRunning) ? 'R' : 'S';

    private static string Describe(char state) => state switch
    {
        'R' => "R (running)",
        'S' => "S (sleeping)",
        _ => "Z (zombie)",
    };
}
