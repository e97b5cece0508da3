namespace KernelSockets.Net;

/// <summary>
/// All timers of a stack in a binary heap: scheduling, moving and cancelling take O(log n) and allocate only when the heap grows.
/// </summary>
/// <remarks>Used under the stack's gate.</remarks>
internal sealed class TimerQueue
{
    private const int InitialCapacity = 64;

    private readonly Action<Instant> _earlier;
    private StackTimer[] _heap = new StackTimer[InitialCapacity];

    /// <param name="earlier">Told when the earliest deadline has moved forward.</param>
    public TimerQueue(Action<Instant> earlier) => _earlier = earlier;

    /// <summary>Timers under way.</summary>
    public int Count { get; private set; }

    /// <summary>The earliest deadline.</summary>
    public Instant NextDeadline => Count == 0 ? Instant.Never : _heap[0].Deadline;

    /// <summary>Starts a timer, or moves one that is under way.</summary>
    public void Schedule(StackTimer timer, Instant deadline)
    {
        Instant before = NextDeadline;
        timer.Deadline = deadline;
        if (!timer.IsScheduled)
        {
            Insert(timer);
        }

        SiftUp(timer);
        SiftDown(timer);
        if (deadline < before)
        {
            _earlier(deadline);
        }
    }

    /// <summary>Stops a timer; one that is not under way stays so.</summary>
    public void Cancel(StackTimer timer)
    {
        int index = timer.HeapIndex;
        if (index == StackTimer.NotQueued)
        {
            return;
        }

        StackTimer last = _heap[--Count];
        _heap[Count] = null!;
        timer.HeapIndex = StackTimer.NotQueued;
        timer.Deadline = Instant.Never;
        if (!ReferenceEquals(last, timer))
        {
            Place(last, index);
            SiftUp(last);
            SiftDown(last);
        }
    }

    /// <summary>Calls the timers that are due. A callback schedules later than <paramref name="now"/>, or this would not end.</summary>
    public void RunDue(Instant now)
    {
        while (Count > 0 && _heap[0].Deadline <= now)
        {
            StackTimer timer = _heap[0];
            Cancel(timer);
            timer.Callback(now);
        }
    }

    private void Insert(StackTimer timer)
    {
        if (Count == _heap.Length)
        {
            Array.Resize(ref _heap, _heap.Length * 2);
        }

        Place(timer, Count++);
    }

    private void SiftUp(StackTimer timer)
    {
        int index = timer.HeapIndex;
        while (index > 0)
        {
            int parent = (index - 1) / 2;
            if (_heap[parent].Deadline <= timer.Deadline)
            {
                break;
            }

            Place(_heap[parent], index);
            index = parent;
        }

        Place(timer, index);
    }

    private void SiftDown(StackTimer timer)
    {
        int index = timer.HeapIndex;
        while (2 * index + 1 < Count)
        {
            int child = 2 * index + 1;
            if (child + 1 < Count && _heap[child + 1].Deadline < _heap[child].Deadline)
            {
                child++;
            }

            if (timer.Deadline <= _heap[child].Deadline)
            {
                break;
            }

            Place(_heap[child], index);
            index = child;
        }

        Place(timer, index);
    }

    private void Place(StackTimer timer, int index)
    {
        _heap[index] = timer;
        timer.HeapIndex = index;
    }
}
