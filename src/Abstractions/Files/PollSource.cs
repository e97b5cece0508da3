namespace KernelSockets;

/// <summary>The listeners of one pollable thing: a pipe, a socket, a terminal. Its owner notifies it whenever the answer of poll may have changed.</summary>
/// <remarks>Its lock is a leaf but for the listener's own: it may be used with the owner's gate held.</remarks>
public sealed class PollSource
{
    private readonly Lock _gate = new();
    private PollListener[] _listeners = [];

    /// <summary>Adds a listener; a second time does nothing. Called from <see cref="FileSystemOps.Poll"/> before it looks at the state.</summary>
    /// <param name="listener">Who; null, when the caller of poll will not wait, is allowed and does nothing.</param>
    public void Attach(PollListener? listener)
    {
        if (listener is null || !listener.TryRemember(this))
        {
            return;
        }

        lock (_gate)
        {
            _listeners = [.. _listeners, listener];
        }
    }

    /// <summary>Tells all listeners of a change. Allocates nothing.</summary>
    /// <param name="events">What may have become true.</param>
    public void Notify(PollEvents events)
    {
        // Volatile: a listener attaches before it reads the state, and the state was changed before this.
        foreach (PollListener listener in Volatile.Read(ref _listeners))
        {
            listener.OnChange(events);
        }
    }

    internal void Detach(PollListener listener)
    {
        lock (_gate)
        {
            _listeners = Array.FindAll(_listeners, other => other != listener);
        }
    }
}
