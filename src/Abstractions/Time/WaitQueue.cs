namespace KernelSockets;

/// <summary>
/// Tasks that wait for one condition. The seam for blocking: in the kernel it blocks the task; hosted it runs the
/// simulation until the queue is woken, and "no event left" is a test failure.
/// </summary>
/// <remarks>
/// The condition is protected by a <see cref="Lock"/>, the gate. The pattern, always in a loop since a wake-up is a hint:
/// <code>
/// lock (gate) { while (!condition) { Errno e = queue.Wait(gate, deadline); if (e != Errno.Success) return e; } }
/// </code>
/// </remarks>
public abstract class WaitQueue
{
    /// <summary>Leaves the gate, blocks until a wake-up, and enters the gate again. No wake-up between the two is lost.</summary>
    /// <param name="gate">Held by the caller exactly once.</param>
    /// <param name="deadline">When to give up; <see cref="Instant.Never"/> for no time-out.</param>
    /// <returns><see cref="Errno.Success"/> when woken, <see cref="Errno.ETIME"/> at the deadline, <see cref="Errno.EINTR"/> on Ctrl-C or kill.</returns>
    public abstract Errno Wait(Lock gate, Instant deadline);

    /// <summary>Wakes the task that has waited longest, if any. Called with the gate held.</summary>
    public abstract void WakeOne();

    /// <summary>Wakes every task in the queue. Called with the gate held.</summary>
    public abstract void WakeAll();
}
