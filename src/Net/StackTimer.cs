namespace KernelSockets.Net;

/// <summary>A timer of the stack: one callback, rescheduled for as long as its owner lives. Made once, then free of allocation.</summary>
/// <remarks>All members are the queue's; the stack's gate protects them.</remarks>
internal sealed class StackTimer
{
    internal const int NotQueued = -1;

    /// <param name="callback">Called with the gate held and the current time, after the timer has left the queue.</param>
    public StackTimer(Action<Instant> callback) => Callback = callback;

    public Instant Deadline { get; internal set; } = Instant.Never;

    public bool IsScheduled => HeapIndex != NotQueued;

    internal Action<Instant> Callback { get; }

    internal int HeapIndex { get; set; } = NotQueued;
}
