namespace KernelSockets.Kernel.Nucleus;

/// <summary>A doubly linked queue of tasks through their own links. Interrupts off.</summary>
internal unsafe struct TaskQueue
{
    private TaskRecord* _head;
    private TaskRecord* _tail;

    public readonly TaskRecord* Head => _head;

    public readonly bool IsEmpty => _head == null;

    public void Append(TaskRecord* task)
    {
        task->Next = null;
        task->Previous = _tail;
        if (_tail == null)
        {
            _head = task;
        }
        else
        {
            _tail->Next = task;
        }

        _tail = task;
    }

    public void Prepend(TaskRecord* task)
    {
        task->Previous = null;
        task->Next = _head;
        if (_head == null)
        {
            _tail = task;
        }
        else
        {
            _head->Previous = task;
        }

        _head = task;
    }

    public void Remove(TaskRecord* task)
    {
        if (task->Previous == null)
        {
            _head = task->Next;
        }
        else
        {
            task->Previous->Next = task->Next;
        }

        if (task->Next == null)
        {
            _tail = task->Previous;
        }
        else
        {
            task->Next->Previous = task->Previous;
        }

        task->Next = null;
        task->Previous = null;
    }
}
