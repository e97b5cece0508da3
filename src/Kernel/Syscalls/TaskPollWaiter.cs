using KernelSockets.Kernel.Tasks;

namespace KernelSockets.Kernel.Syscalls;

/// <summary>The calling task's waiter for poll and select.</summary>
internal static class TaskPollWaiter
{
    [ThreadStatic]
    private static PollWaiter? s_waiter;

    /// <summary>It, made when it is first asked for.</summary>
    public static PollWaiter Current => s_waiter ??= new PollWaiter(new KernelWaitQueueFactory());
}
