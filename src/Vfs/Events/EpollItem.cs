namespace KernelSockets.Vfs.Events;

/// <summary>One file in an epoll set. It does not keep the file open; the file's end takes it out.</summary>
/// <remarks>
/// Locks, in the order in which they are taken: <see cref="EpollSet.AttachGate"/>, the file's own, the set's. The fields below are under the set's.
/// </remarks>
internal sealed class EpollItem : PollListener, IOpenFileObserver
{
    private readonly EpollSet _set;
    private bool _isDetached;

    public EpollItem(EpollSet set, OpenFile file, int fd)
    {
        _set = set;
        File = file;
        Fd = fd;
    }

    /// <summary>The file.</summary>
    public OpenFile File { get; }

    /// <summary>The descriptor it was added by.</summary>
    public int Fd { get; }

    /// <summary>It is in the list of ready items.</summary>
    public bool IsReady { get; set; }

    /// <summary>The one before it there.</summary>
    public EpollItem? Previous { get; set; }

    /// <summary>The one behind it there.</summary>
    public EpollItem? Next { get; set; }

    /// <summary>Another item of the same descriptor.</summary>
    public EpollItem? NextOfDescriptor { get; set; }

    /// <summary>What is wanted, and how.</summary>
    public EpollEvents Events { get; set; }

    /// <summary>What the program wants told with an event.</summary>
    public ulong Data { get; set; }

    /// <summary>True once it is out of the set.</summary>
    public bool IsRemoved { get; set; }

    /// <summary>What of the wanted events is true now; none once the file is closed.</summary>
    /// <param name="wanted">See <see cref="Events"/>.</param>
    /// <param name="attaches">True the first time: from then on changes are told.</param>
    public PollEvents Look(EpollEvents wanted, bool attaches)
    {
        PollEvents asked = (PollEvents)(wanted & EpollEvents.PollMask);
        if (asked == PollEvents.None || !File.TryHold())
        {
            return PollEvents.None;
        }

        try
        {
            if (!attaches)
            {
                return File.Poll(asked, listener: null);
            }

            lock (_set.AttachGate)
            {
                return _isDetached ? PollEvents.None : File.Poll(asked, this);
            }
        }
        finally
        {
            File.Release();
        }
    }

    /// <summary>Ends all notices.</summary>
    public void Detach()
    {
        lock (_set.AttachGate)
        {
            _isDetached = true;
            DetachAll();
        }

        File.Unobserve(this);
    }

    /// <inheritdoc/>
    public void OnClosed() => _set.Remove(this);

    /// <inheritdoc/>
    protected override void OnChange(PollEvents events) => _set.MarkReady(this, events);
}
