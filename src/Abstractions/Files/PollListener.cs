namespace KernelSockets;

/// <summary>Somebody who wants to know when files become ready: a task in poll, or an entry of an epoll set.</summary>
/// <remarks>
/// No wake-up is lost because of the order: <see cref="FileSystemOps.Poll"/> first attaches the listener to the file's
/// <see cref="PollSource"/>, then looks at the file's state. Whatever changes later notifies; whatever changed before is seen.
/// The owner calls <see cref="DetachAll"/> when it is done. Attaching and detaching belong to one task at a time.
/// </remarks>
public abstract class PollListener
{
    private PollSource? _first; // most have no other
    private List<PollSource>? _others;

    /// <summary>Called when a source changes, by any task, with the locks of the file held: notes it and wakes, nothing more.</summary>
    /// <param name="events">What may have become true; a hint.</param>
    protected internal abstract void OnChange(PollEvents events);

    /// <summary>Leaves all sources. After it no <see cref="OnChange"/> begins, though one in flight on another task may still end.</summary>
    public void DetachAll()
    {
        _first?.Detach(this);
        _first = null;
        _others?.ForEach(source => source.Detach(this));
        _others?.Clear();
    }

    internal bool TryRemember(PollSource source)
    {
        if (source == _first || _others?.Contains(source) == true)
        {
            return false;
        }

        if (_first is null)
        {
            _first = source;
        }
        else
        {
            (_others ??= []).Add(source);
        }

        return true;
    }
}
