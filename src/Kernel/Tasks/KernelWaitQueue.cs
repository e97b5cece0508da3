using KernelSockets.Kernel.Nucleus;

namespace KernelSockets.Kernel.Tasks;

/// <summary>A wait queue whose tasks block in the nucleus. The caller's gate protects the list.</summary>
internal sealed class KernelWaitQueue : WaitQueue
{
    private readonly string _name;
    private KernelTask? _head;
    private KernelTask? _tail;

    public KernelWaitQueue(string name) => _name = name;

    /// <inheritdoc/>
    public override Errno Wait(Lock gate, Instant deadline) => Wait(gate, deadline, isInterruptible: true);

    /// <summary>Waits until woken, Ctrl-C or not: for waits that always end soon, and whose end others rely on.</summary>
    public void WaitUninterrupted(Lock gate) => Wait(gate, Instant.Never, isInterruptible: false);

    private Errno Wait(Lock gate, Instant deadline, bool isInterruptible)
    {
        KernelTask task = KernelTask.Current;
        Append(task);
        gate.Exit();
        Errno reason;
        try
        {
            reason = isInterruptible ? task.Block(_name, deadline) : task.BlockUninterrupted(_name, deadline);
        }
        finally
        {
            // Without the gate the task could not be taken off the queue, and the caller would leave a lock that it does not hold.
            gate.EnterUninterrupted();
        }

        if (task.Queue == this)
        {
            Remove(task);
            return reason;
        }

        // It was woken, whatever ended its wait; the permit may have come after that.
        Gateway.ClearPermit();
        return Errno.Success;
    }

    /// <inheritdoc/>
    public override void WakeOne()
    {
        KernelTask? task = _head;
        if (task is not null)
        {
            Remove(task);
            task.Unblock(Errno.Success);
        }
    }

    /// <inheritdoc/>
    public override void WakeAll()
    {
        while (_head is not null)
        {
            WakeOne();
        }
    }

    private void Append(KernelTask task)
    {
        task.Queue = this;
        task.Previous = _tail;
        task.Next = null;
        if (_tail is null)
        {
            _head = task;
        }
        else
        {
            _tail.Next = task;
        }

        _tail = task;
    }

    private void Remove(KernelTask task)
    {
        if (task.Previous is null)
        {
            _head = task.Next;
        }
        else
        {
            task.Previous.Next = task.Next;
        }

        if (task.Next is null)
        {
            _tail = task.Previous;
        }
        else
        {
            task.Next.Previous = task.Previous;
        }

        task.Queue = null;
        task.Next = null;
        task.Previous = null;
    }
}

/// <summary>Makes queues that block in the nucleus.</summary>
internal sealed class KernelWaitQueueFactory : IWaitQueueFactory
{
    /// <inheritdoc/>
    public WaitQueue Create(string name) => new KernelWaitQueue(name);
}
