namespace KernelSockets.UserApps.Commands;

/// <summary>A task as <c>ps</c> and <c>top</c> print it.</summary>
internal static class TaskRow
{
    /// <summary>The column heads.</summary>
    public const string Heading = "  PID   JOB STAT PRI WCHAN             TIME COMMAND";

    /// <summary>One task.</summary>
    public static string Format(TaskInformation task) =>
        $"{task.Id,5} {(task.JobId == 0 ? "-" : task.JobId.ToString()),5} {Letter(task.State),-4} {task.Priority,3} "
        + $"{Cut(task.WaitsFor, 12),-12} {Time(task.CpuTime),9} {task.Name}";

    /// <summary>Processor time as <c>minutes:seconds.hundredths</c>.</summary>
    public static string Time(TimeSpan time) => $"{(long)time.TotalMinutes}:{time.Seconds:00}.{time.Milliseconds / 10:00}";

    /// <summary>The letter under STAT.</summary>
    public static char Letter(TaskState state) => state switch
    {
        TaskState.Running => 'R',
        TaskState.Waiting => 'W',
        TaskState.Sleeping => 'S',
        _ => 'Z',
    };

    private static string Cut(string text, int length) => text.Length == 0 ? "-" : text.Length <= length ? text : text[..length];
}
