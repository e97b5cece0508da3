namespace KernelSockets.Simulation;

/// <summary>
/// Blocking in a simulation: the waiter itself runs events until one of them wakes the queue or its deadline comes. When it waits without
/// a deadline and no event is left, nobody could ever wake it, and the test fails.
/// </summary>
public sealed class SimulatedWaitQueue(SimulatedTime time, string name) : WaitQueue
{
    private readonly List<Waiter> _waiters = [];

    /// <summary>Waits begun.</summary>
    public int Waits { get; private set; }

    /// <summary>Waiters that the next wait ends with EINTR instead, as Ctrl-C would.</summary>
    public bool InterruptNext { get; set; }

    /// <inheritdoc/>
    public override Errno Wait(Lock gate, Instant deadline)
    {
        Waiter self = new();
        _waiters.Add(self);
        Waits++;
        gate.Exit();
        try
        {
            if (gate.IsHeldByCurrentThread)
            {
                throw new InvalidOperationException($"the gate of '{name}' was held more than once by a waiter");
            }

            return RunUntilWoken(self, deadline);
        }
        finally
        {
            gate.Enter();
            _waiters.Remove(self);
        }
    }

    /// <inheritdoc/>
    public override void WakeOne()
    {
        Waiter? longest = _waiters.Find(waiter => !waiter.IsWoken);
        if (longest is not null)
        {
            longest.IsWoken = true;
        }
    }

    /// <inheritdoc/>
    public override void WakeAll() => _waiters.ForEach(waiter => waiter.IsWoken = true);

    private Errno RunUntilWoken(Waiter self, Instant deadline)
    {
        if (InterruptNext)
        {
            InterruptNext = false;
            return Errno.EINTR;
        }

        while (!self.IsWoken)
        {
            if (time.Step(deadline))
            {
                continue;
            }

            if (deadline == Instant.Never)
            {
                throw new SimulationStalledException($"'{name}' waits for ever: no event is left at {time.Now.Nanoseconds} ns");
            }

            if (deadline > time.Now)
            {
                time.JumpTo(deadline);
            }

            return Errno.ETIME;
        }

        return Errno.Success;
    }

    private sealed class Waiter
    {
        public bool IsWoken { get; set; }
    }
}
