namespace KernelSockets.Kernel.Nucleus;

/// <summary>
/// Fast user-space mutexes (futex(2)): waiting tasks in hash buckets by address, in order of arrival. Interrupts off.
/// </summary>
internal static unsafe class Futex
{
    private const int BucketCount = 256;

    private static Buckets s_buckets;

    /// <summary>Blocks while the word has the expected value.</summary>
    /// <param name="address">The futex word; 4-byte aligned and present.</param>
    /// <param name="expected">Value that the caller saw.</param>
    /// <param name="bits">Which wake-ups count.</param>
    /// <param name="deadline">When to give up.</param>
    /// <returns>Success, EAGAIN when the value differs, ETIMEDOUT, EINTR.</returns>
    public static Errno Wait(ulong address, uint expected, uint bits, long deadline)
    {
        if (*(uint*)address != expected)
        {
            return Errno.EAGAIN;
        }

        if (deadline <= Tsc.Nanoseconds())
        {
            return Errno.ETIMEDOUT;
        }

        TaskRecord* task = Scheduler.Current;
        task->State = RunState.OnFutex;
        task->FutexAddress = address;
        task->FutexBits = bits;
        Bucket(address)->Append(task);
        Errno reason = Scheduler.Block(deadline);
        return reason == Errno.ETIME ? Errno.ETIMEDOUT : reason;
    }

    /// <summary>Wakes the tasks that have waited longest.</summary>
    /// <returns>How many were woken.</returns>
    public static int Wake(ulong address, int count, uint bits)
    {
        int woken = 0;
        TaskQueue* bucket = Bucket(address);
        for (TaskRecord* task = bucket->Head; task != null && woken < count;)
        {
            TaskRecord* next = task->Next;
            if (task->FutexAddress == address && (task->FutexBits & bits) != 0)
            {
                bucket->Remove(task);
                Scheduler.Wake(task, Errno.Success);
                woken++;
            }

            task = next;
        }

        return woken;
    }

    /// <summary>Moves waiting tasks to another word without waking them.</summary>
    /// <returns>How many were moved.</returns>
    public static int Requeue(ulong from, ulong to, int count)
    {
        int moved = 0;
        TaskQueue* source = Bucket(from);
        TaskQueue* target = Bucket(to);
        for (TaskRecord* task = source->Head; task != null && moved < count;)
        {
            TaskRecord* next = task->Next;
            if (task->FutexAddress == from)
            {
                source->Remove(task);
                task->FutexAddress = to;
                target->Append(task);
                moved++;
            }

            // In the same bucket the moved task comes last, and is not met again with its old address.
            task = next;
        }

        return moved;
    }

    /// <summary>Takes a waiting task out of its queue, since its time is over.</summary>
    public static void Forget(TaskRecord* task) => Bucket(task->FutexAddress)->Remove(task);

    private static TaskQueue* Bucket(ulong address)
    {
        ulong hash = address >> 2;
        hash ^= hash >> 8;
        hash ^= hash >> 16;
        fixed (byte* bytes = s_buckets.Bytes)
        {
            return (TaskQueue*)bytes + (hash % BucketCount);
        }
    }

    private struct Buckets
    {
        public fixed byte Bytes[BucketCount * 16];
    }
}
