namespace KernelSockets;

/// <summary>The listeners of one pollable thing: a pipe, a socket, a terminal. Its owner notifies it whenever the answer of poll may have changed.</summary>
/// <remarks>Has no lock: it may be used with the owner's gate held.</remarks>
public sealed class PollSource
{
    private CopyOnWriteSet<PollListener> _listeners;

    /// <summary>Adds a listener; a second time does nothing. Called from <see cref="FileSystemOps.Poll"/> before it looks at the state.</summary>
    /// <param name="listener">Who; null, when the caller of poll will not wait, is allowed and does nothing.</param>
    public void Attach(PollListener? listener)
    {
        if (listener is not null && listener.TryRemember(this))
        {
            _listeners.Add(listener);
        }
    }

    /// <summary>Tells all listeners of a change. Allocates nothing.</summary>
    /// <param name="events">What may have become true.</param>
    public void Notify(PollEvents events)
    {
        // A listener attaches before it reads the state, and the state was changed before this.
        foreach (PollListener listener in _listeners.Items)
        {
            listener.OnChange(events);
        }
    }

    internal void Detach(PollListener listener) => _listeners.Remove(listener);
}
