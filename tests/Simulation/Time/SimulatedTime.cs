namespace KernelSockets.Simulation;

/// <summary>
/// The heart of a simulation: events in order of time (and of scheduling, at the same time), run one by one while the clock jumps from one
/// to the next. Single-threaded; nothing sleeps.
/// </summary>
public sealed class SimulatedTime
{
    private readonly PriorityQueue<Action, (long Nanoseconds, long Order)> _events = new();
    private readonly SimulatedClock _clock = new();
    private long _order;

    /// <summary>The clock that the events move.</summary>
    public Clock Clock => _clock;

    /// <summary>Now.</summary>
    public Instant Now => _clock.Now;

    /// <summary>Events still to come.</summary>
    public int PendingEvents => _events.Count;

    /// <summary>Runs <paramref name="action"/> at <paramref name="moment"/>, or as the next event when that is past.</summary>
    public void At(Instant moment, Action action) =>
        _events.Enqueue(action, (Math.Max(moment.Nanoseconds, Now.Nanoseconds), _order++));

    /// <summary>Runs <paramref name="action"/> after <paramref name="delay"/>.</summary>
    public void After(TimeSpan delay, Action action) => At(Now + delay, action);

    /// <summary>Runs the next event if there is one up to <paramref name="deadline"/>.</summary>
    /// <returns>False when there is none; the clock has not moved.</returns>
    public bool Step(Instant deadline)
    {
        if (!_events.TryPeek(out _, out (long Nanoseconds, long Order) next) || next.Nanoseconds > deadline.Nanoseconds)
        {
            return false;
        }

        Action action = _events.Dequeue();
        _clock.MoveTo(new Instant(next.Nanoseconds));
        action();
        return true;
    }

    /// <summary>Runs every event up to <paramref name="moment"/>, then sets the clock to it.</summary>
    public void RunUntil(Instant moment)
    {
        while (Step(moment))
        {
        }

        _clock.MoveTo(moment);
    }

    /// <summary>Runs every event in the next <paramref name="span"/>.</summary>
    public void RunFor(TimeSpan span) => RunUntil(Now + span);

    /// <summary>Sets the clock to a moment before which no event is left.</summary>
    internal void JumpTo(Instant moment) => _clock.MoveTo(moment);
}
