namespace KernelSockets;

/// <summary>A task that waits for any of several files: poll, ppoll, select. One a task, used again and again.</summary>
public sealed class PollWaiter : PollListener
{
    private readonly Lock _gate = new();
    private readonly WaitQueue _queue;
    private bool _hasChanged;

    /// <summary>A waiter.</summary>
    /// <param name="queues">Makes its wait queue.</param>
    public PollWaiter(IWaitQueueFactory queues)
    {
        ArgumentNullException.ThrowIfNull(queues);
        _queue = queues.Create("poll");
    }

    /// <summary>Blocks until a source has changed since the last <see cref="Wait"/>; at once when one has.</summary>
    /// <param name="deadline">When to give up.</param>
    /// <returns><see cref="Errno.Success"/>, <see cref="Errno.ETIME"/> or <see cref="Errno.EINTR"/>.</returns>
    public Errno Wait(Instant deadline)
    {
        lock (_gate)
        {
            while (!_hasChanged)
            {
                Errno error = _queue.Wait(_gate, deadline);
                if (error != Errno.Success)
                {
                    return error;
                }
            }

            _hasChanged = false;
            return Errno.Success;
        }
    }

    /// <inheritdoc/>
    protected internal override void OnChange(PollEvents events)
    {
        lock (_gate)
        {
            _hasChanged = true;
            _queue.WakeAll();
        }
    }
}
