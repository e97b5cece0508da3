using System.Globalization;
using System.Text;

namespace KernelSockets.UserApps.Commands;

/// <summary>What top shows: remembers the last look to tell who used the processor since.</summary>
internal sealed class TopView(ISystem system)
{
    private const int HeadingLines = 4;

    private Dictionary<int, TimeSpan> _before = [];
    private Instant _lookedAt = Instant.Zero;

    /// <summary>Looks at the tasks now.</summary>
    /// <param name="rows">Most lines to return.</param>
    public string Look(int rows)
    {
        Instant now = system.Clock.Now;
        TimeSpan elapsed = now - _lookedAt;
        IReadOnlyList<TaskInformation> tasks = system.Tasks();
        List<(TaskInformation Task, double Share)> ranked = Rank(tasks, elapsed);
        var text = new StringBuilder();
        AppendHeading(text, tasks);
        for (int i = 0; i < ranked.Count && i < rows - HeadingLines; i++)
        {
            string share = ranked[i].Share.ToString("0.0", CultureInfo.InvariantCulture);
            text.Append(CultureInfo.InvariantCulture, $"{share,5} {TaskRow.Format(ranked[i].Task)}\n");
        }

        _lookedAt = now;
        return text.ToString();
    }

    private List<(TaskInformation Task, double Share)> Rank(IReadOnlyList<TaskInformation> tasks, TimeSpan elapsed)
    {
        var ranked = new List<(TaskInformation Task, double Share)>(tasks.Count);
        var now = new Dictionary<int, TimeSpan>(tasks.Count);
        foreach (TaskInformation task in tasks)
        {
            now[task.Id] = task.CpuTime;
            TimeSpan used = task.CpuTime - _before.GetValueOrDefault(task.Id);
            double share = elapsed > TimeSpan.Zero ? Math.Clamp(100 * used / elapsed, 0, 100) : 0;
            ranked.Add((task, share));
        }

        _before = now;
        ranked.Sort(static (left, right) =>
            right.Share != left.Share ? right.Share.CompareTo(left.Share) : left.Task.Id.CompareTo(right.Task.Id));
        return ranked;
    }

    private void AppendHeading(StringBuilder text, IReadOnlyList<TaskInformation> tasks)
    {
        int running = 0;
        foreach (TaskInformation task in tasks)
        {
            running += task.State == TaskState.Running ? 1 : 0;
        }

        MemoryStatistics memory = system.Memory();
        string up = UptimeCommand.Brief(system.Clock.Now - Instant.Zero);
        string heap = $"{ByteSize.Short(GC.GetTotalMemory(false))} of {ByteSize.Short(memory.HeapLimit)}";
        text.Append(CultureInfo.InvariantCulture, $"top - {system.Clock.UtcNow:HH:mm:ss} up {up}\n");
        text.Append(CultureInfo.InvariantCulture, $"Tasks: {tasks.Count} total, {running} running   ");
        text.Append(CultureInfo.InvariantCulture, $"Mem: {ByteSize.Short(memory.Total)} total, {ByteSize.Short(memory.Free)} free   ");
        text.Append(CultureInfo.InvariantCulture, $"Heap: {heap}\n\n");
        text.Append(CultureInfo.InvariantCulture, $" %CPU {TaskRow.Heading}\n");
    }
}
