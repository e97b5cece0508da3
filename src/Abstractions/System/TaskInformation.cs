namespace KernelSockets;

/// <summary>What a task is doing.</summary>
public enum TaskState
{
    /// <summary>Ready or running.</summary>
    Running,

    /// <summary>Blocked until something happens (TASK_WAITING).</summary>
    Waiting,

    /// <summary>Blocked until a time (TASK_SLEEPING).</summary>
    Sleeping,

    /// <summary>Ended, not yet taken away.</summary>
    Dead,
}

/// <summary>One line of <c>ps</c>.</summary>
/// <param name="Id">Task id.</param>
/// <param name="JobId">Its job; 0 for the kernel's own tasks.</param>
/// <param name="Name">Task name.</param>
/// <param name="State">What it is doing.</param>
/// <param name="WaitsFor">What it waits for (ps's WCHAN); empty when it runs.</param>
/// <param name="Priority">0 is the most urgent.</param>
/// <param name="CpuTime">Processor time used.</param>
public sealed record TaskInformation(int Id, int JobId, string Name, TaskState State, string WaitsFor, int Priority, TimeSpan CpuTime);
