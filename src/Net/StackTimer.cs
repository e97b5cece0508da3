namespace KernelSockets.Net;

/// <summary>A timer of the stack, rescheduled for as long as its owner lives. Made once, then free of allocation.</summary>
/// <remarks>All members are the <see cref="TimerWheel"/>'s; the stack's gate protects them.</remarks>
internal abstract class StackTimer
{
    internal const int NotQueued = -1;

    public Instant Deadline { get; internal set; } = Instant.Never;

    public bool IsScheduled => Slot != NotQueued;

    /// <summary>The slot that it is in.</summary>
    internal int Slot { get; set; } = NotQueued;

    /// <summary>The one behind it in its slot.</summary>
    internal StackTimer? Next { get; set; }

    /// <summary>The one in front of it in its slot.</summary>
    internal StackTimer? Previous { get; set; }

    /// <summary>The deadline has come. Called with the gate held and the current time, after the timer has left the wheel.</summary>
    internal abstract void Fire(Instant now);
}

/// <summary>A timer that calls back.</summary>
/// <param name="callback">Called with the current time.</param>
internal sealed class CallbackTimer(Action<Instant> callback) : StackTimer
{
    internal override void Fire(Instant now) => callback(now);
}
