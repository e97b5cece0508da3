using KernelSockets.Kernel.Nucleus;

namespace KernelSockets.Kernel.Tasks;

/// <summary>
/// A task: the managed side of a thread, made when the thread first needs it. Holds what the kernel knows beyond scheduling: its job, and the queue it waits in.
/// </summary>
/// <remarks>The queue links are protected by the gate of the queue that the task is in.</remarks>
internal sealed class KernelTask
{
    [ThreadStatic]
    private static KernelTask? s_current;

    private Job? _job;

    private KernelTask(TaskRegistry registry)
    {
        Id = Gateway.CurrentTask;
        Thread = Thread.CurrentThread;
        _job = Job.Current;
        registry.Add(this);
    }

    /// <summary>Task id, as gettid has it.</summary>
    public int Id { get; }

    /// <summary>The .NET thread.</summary>
    public Thread Thread { get; }

    /// <summary>The job on whose behalf it waits now; null for a kernel task.</summary>
    public Job? Job => Volatile.Read(ref _job);

    /// <summary>What it waits for, as ps shows it; null while it does not wait.</summary>
    public string? WaitsFor { get; private set; }

    /// <summary>The queue it is in; null when it is in none.</summary>
    public KernelWaitQueue? Queue { get; set; }

    public KernelTask? Next { get; set; }

    public KernelTask? Previous { get; set; }

    /// <summary>The calling thread's task.</summary>
    public static KernelTask Current => s_current ??= new KernelTask(TaskRegistry.Instance);

    /// <summary>
    /// The seed's task_block: blocks the calling task until it is unblocked or the deadline comes. Put the task on a list first; an unblock between the two is not lost.
    /// </summary>
    /// <param name="waitsFor">What it waits for.</param>
    /// <param name="deadline">When to give up.</param>
    /// <returns>The reason given to <see cref="Unblock"/>; <see cref="Errno.ETIME"/>; <see cref="Errno.EINTR"/> when its job was interrupted.</returns>
    public Errno Block(string waitsFor, Instant deadline)
    {
        Job? job = Job.Current;
        Volatile.Write(ref _job, job);
        if (job is { IsInterrupted: true })
        {
            return Errno.EINTR;
        }

        Errno reason = BlockUninterrupted(waitsFor, deadline);

        // A thread of the pool is taken for one of the job that it last waited for: that job's interrupt is no reason to end this wait.
        return reason == Errno.EINTR && job is not { IsInterrupted: true } ? Errno.Success : reason;
    }

    /// <summary>Blocks whether or not the job was interrupted before; an interrupt that comes now still ends the wait.</summary>
    public Errno BlockUninterrupted(string waitsFor, Instant deadline)
    {
        WaitsFor = waitsFor;
        Errno reason = NativeCalls.Park(deadline);
        WaitsFor = null;
        return reason;
    }

    /// <summary>The seed's task_unblock: ends a task's wait with a reason.</summary>
    public void Unblock(Errno reason) => Gateway.Unpark(Id, reason);

    /// <summary>Blocks the calling task for a time.</summary>
    /// <returns><see cref="Errno.Success"/> after the whole time, or <see cref="Errno.EINTR"/>.</returns>
    public static Errno Sleep(Instant deadline)
    {
        Errno reason;
        do
        {
            reason = Current.Block("sleep", deadline);
        }
        while (reason == Errno.Success);

        return reason == Errno.ETIME ? Errno.Success : reason;
    }
}
