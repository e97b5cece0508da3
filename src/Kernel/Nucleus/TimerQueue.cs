namespace KernelSockets.Kernel.Nucleus;

/// <summary>Tasks with a deadline, as a binary heap by deadline. Interrupts off.</summary>
internal static unsafe class TimerQueue
{
    public const long Never = long.MaxValue;

    private static Heap s_heap;
    private static int s_count;

    /// <summary>The earliest deadline, or <see cref="Never"/>.</summary>
    public static long Next => s_count == 0 ? Never : At(0)->Deadline;

    /// <summary>Enters a task with its <see cref="TaskRecord.Deadline"/>.</summary>
    public static void Add(TaskRecord* task)
    {
        int index = s_count++;
        Place(index, task);
        MoveUp(index);
        LocalApic.FireBy(task->Deadline);
    }

    /// <summary>Takes a task out, if it is in.</summary>
    public static void Remove(TaskRecord* task)
    {
        int index = task->TimerIndex;
        if (index < 0)
        {
            return;
        }

        task->TimerIndex = -1;
        TaskRecord* last = At(--s_count);
        if (last != task)
        {
            Place(index, last);
            MoveDown(index);
            MoveUp(last->TimerIndex);
        }
    }

    /// <summary>Takes out the earliest task whose deadline has come.</summary>
    /// <returns>Null when there is none.</returns>
    public static TaskRecord* TakeExpired(long now)
    {
        if (s_count == 0 || At(0)->Deadline > now)
        {
            return null;
        }

        TaskRecord* task = At(0);
        Remove(task);
        return task;
    }

    private static TaskRecord* At(int index) => (TaskRecord*)s_heap.Tasks[index];

    private static void Place(int index, TaskRecord* task)
    {
        s_heap.Tasks[index] = (ulong)task;
        task->TimerIndex = index;
    }

    private static void MoveUp(int index)
    {
        TaskRecord* task = At(index);
        while (index > 0 && task->Deadline < At((index - 1) / 2)->Deadline)
        {
            Place(index, At((index - 1) / 2));
            index = (index - 1) / 2;
        }

        Place(index, task);
    }

    private static void MoveDown(int index)
    {
        TaskRecord* task = At(index);
        while (true)
        {
            int child = (2 * index) + 1;
            if (child + 1 < s_count && At(child + 1)->Deadline < At(child)->Deadline)
            {
                child++;
            }

            if (child >= s_count || At(child)->Deadline >= task->Deadline)
            {
                break;
            }

            Place(index, At(child));
            index = child;
        }

        Place(index, task);
    }

    private struct Heap
    {
        public fixed ulong Tasks[TaskTable.Capacity];
    }
}
