namespace KernelSockets;

/// <summary>An interrupt as an event: the handler counts and masks it, and a driver task waits for it.</summary>
public abstract class InterruptLine
{
    /// <summary>Waits until the line has fired since the last call, then clears that.</summary>
    /// <param name="deadline">When to give up.</param>
    /// <returns><see cref="Errno.Success"/>, <see cref="Errno.ETIME"/> at the deadline, <see cref="Errno.EINTR"/> when the waiting task is told to end.</returns>
    public abstract Errno Wait(Instant deadline);

    /// <summary>Makes <see cref="Wait"/> return as if the line had fired; for work that comes from elsewhere.</summary>
    public abstract void Signal();

    /// <summary>Lets a level-triggered line fire again. The driver calls it once the device no longer asserts it.</summary>
    public abstract void Unmask();
}
