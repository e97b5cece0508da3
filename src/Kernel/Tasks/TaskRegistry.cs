namespace KernelSockets.Kernel.Tasks;

/// <summary>All tasks that have a managed side, for ps and for Ctrl-C. Tasks whose threads have ended fall out as they are met.</summary>
internal sealed class TaskRegistry
{
    private readonly Lock _gate = new();
    private readonly List<KernelTask> _tasks = [];

    /// <summary>The machine's one registry.</summary>
    public static TaskRegistry Instance { get; } = new();

    public void Add(KernelTask task)
    {
        lock (_gate)
        {
            _tasks.RemoveAll(static t => !t.Thread.IsAlive);
            _tasks.Add(task);
        }
    }

    /// <summary>The tasks alive.</summary>
    public KernelTask[] Snapshot()
    {
        lock (_gate)
        {
            _tasks.RemoveAll(static t => !t.Thread.IsAlive);
            return [.. _tasks];
        }
    }
}
