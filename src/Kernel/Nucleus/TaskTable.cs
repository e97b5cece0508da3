namespace KernelSockets.Kernel.Nucleus;

/// <summary>All tasks. A task id is a slot number plus a multiple of the table's size, so that ids are not soon used again. Interrupts off.</summary>
internal static unsafe class TaskTable
{
    /// <summary>Most tasks at once.</summary>
    public const int Capacity = 1024;

    private const int MaximumGeneration = 0x1F_FFFF;
    private const ulong StateAlignment = 64;

    private static Slots s_slots;
    private static ulong s_framesPerTask;
    private static int s_count;
    private static int s_nextSlot;

    /// <summary>Tasks alive.</summary>
    public static int Count => s_count;

    public static void Initialize()
    {
        ulong bytes = (ulong)sizeof(TaskRecord) + StateAlignment + ExtendedState.Bytes;
        s_framesPerTask = (bytes + FrameAllocator.FrameSize - 1) / FrameAllocator.FrameSize;
    }

    /// <summary>The task in a slot, or null.</summary>
    public static TaskRecord* At(int slot) => (TaskRecord*)s_slots.Records[slot];

    /// <summary>Finds a task by id.</summary>
    /// <returns>Null when there is none.</returns>
    public static TaskRecord* Find(int id)
    {
        if (id <= 0)
        {
            return null;
        }

        TaskRecord* task = At((id - 1) % Capacity);
        return task != null && task->Id == id ? task : null;
    }

    /// <summary>Makes a record with a fresh id.</summary>
    /// <returns>Null when the table or memory is full.</returns>
    public static TaskRecord* Allocate()
    {
        for (int i = 0; i < Capacity; i++)
        {
            int slot = (s_nextSlot + i) % Capacity;
            if (s_slots.Records[slot] == 0)
            {
                return AllocateAt(slot);
            }
        }

        return null;
    }

    public static void Release(TaskRecord* task)
    {
        s_slots.Records[task->Slot] = 0;
        s_count--;
        FrameAllocator.ReleaseRun((ulong)task - PageTables.DirectMap, s_framesPerTask);
    }

    private static TaskRecord* AllocateAt(int slot)
    {
        ulong run = FrameAllocator.AllocateRun(s_framesPerTask);
        if (run == 0)
        {
            return null;
        }

        bool hasWrapped = slot < s_nextSlot;
        s_nextSlot = slot + 1 < Capacity ? slot + 1 : 0;
        if (hasWrapped || s_nextSlot == 0)
        {
            s_slots.Generation = (s_slots.Generation + 1) & MaximumGeneration;
        }

        TaskRecord* task = (TaskRecord*)(run + PageTables.DirectMap);
        s_slots.Records[slot] = (ulong)task;
        s_count++;
        task->Slot = slot;
        task->Id = (s_slots.Generation * Capacity) + slot + 1;
        task->TimerIndex = -1;
        task->Deadline = TimerQueue.Never;
        task->ExtendedState = (byte*)(((ulong)(task + 1) + StateAlignment - 1) & ~(StateAlignment - 1));
        ExtendedState.Clear(task->ExtendedState);
        return task;
    }

    private struct Slots
    {
        public fixed ulong Records[Capacity];
        public int Generation;
    }
}
