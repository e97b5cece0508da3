using System.Numerics;

namespace KernelSockets.Kernel.Nucleus;

/// <summary>
/// Who runs: the first ready task of the most urgent priority, for a slice of 10 ms where another one of that priority is ready.
/// No tick: the timer is set to the next deadline or the end of a slice that matters; with nothing to do the idle task halts.
/// Interrupts off.
/// </summary>
internal static unsafe class Scheduler
{
    /// <summary>Priorities: 0 is the most urgent. Drivers, then ordinary tasks, then background work, then idle.</summary>
    public const int PriorityCount = 4;
    public const int DriverPriority = 0;
    public const int NormalPriority = 1;
    public const int BackgroundPriority = 2;
    public const int IdlePriority = 3;

    private const long SliceNanoseconds = 10_000_000;
    private const uint FsBaseMsr = 0xC000_0100;
    private const ulong IdleStackFrames = 4;
    private const ulong FlagsWithInterrupts = 0x202;

    private static Queues s_queues;
    private static uint s_readyPriorities;
    private static TaskRecord* s_current;
    private static TaskRecord* s_idle;
    private static TaskRecord* s_dead;
    private static bool s_isRescheduleNeeded;
    private static ulong s_switches;

    /// <summary>The running task.</summary>
    public static TaskRecord* Current => s_current;

    /// <summary>True before the first task runs.</summary>
    public static bool IsStarting => s_current == null;

    /// <summary>A more urgent task has become ready, or the slice is over.</summary>
    public static bool IsRescheduleNeeded => s_isRescheduleNeeded;

    /// <summary>Task switches so far.</summary>
    public static ulong Switches => s_switches;

    /// <summary>Time nobody used, in nanoseconds.</summary>
    public static long IdleTime => s_idle->CpuTime;

    public static void Initialize()
    {
        s_current = TaskTable.Allocate();
        s_current->State = RunState.Running;
        s_current->Priority = NormalPriority;
        s_current->QueuedPriority = NormalPriority;
        SetName(s_current, "main"u8);
        s_idle = TaskTable.Allocate();
        s_idle->Priority = IdlePriority;
        SetName(s_idle, "idle"u8);
        ulong stack = FrameAllocator.AllocateRun(IdleStackFrames) + PageTables.DirectMap + (IdleStackFrames * FrameAllocator.FrameSize);
        s_idle->Frame.Rip = Symbols.IdleLoop();
        s_idle->Frame.Cs = TrapFrame.KernelCode;
        s_idle->Frame.Ss = TrapFrame.KernelData;
        s_idle->Frame.Rflags = FlagsWithInterrupts;
        s_idle->Frame.Rsp = stack - 8;
        s_idle->IsStoppedByTrap = true;
        MakeReady(s_idle);
    }

    public static void SetName(TaskRecord* task, ReadOnlySpan<byte> name)
    {
        int length = name.Length < TaskRecord.NameBytes - 1 ? name.Length : TaskRecord.NameBytes - 1;
        for (int i = 0; i < TaskRecord.NameBytes; i++)
        {
            task->Name[i] = i < length ? name[i] : (byte)0;
        }
    }

    /// <summary>Enters a task in the run queue; a switch is due when it is more urgent than the running one.</summary>
    public static void MakeReady(TaskRecord* task)
    {
        task->State = RunState.Ready;
        Enqueue(task, task->Priority, isFirst: false);
        if (task->Priority < s_current->QueuedPriority)
        {
            s_isRescheduleNeeded = true;
        }
        else if (task->Priority == s_current->QueuedPriority)
        {
            // Now that somebody shares the priority, the slice counts.
            LocalApic.FireBy(s_current->SliceEnd);
        }
    }

    /// <summary>
    /// Leaves the running task, whose state says for what it waits, until it is made ready. From a system call only.
    /// </summary>
    /// <param name="deadline">When to wake it with ETIME at the latest.</param>
    /// <returns>The reason it was woken with.</returns>
    public static Errno Block(long deadline)
    {
        TaskRecord* task = s_current;
        task->Deadline = deadline;
        if (deadline != TimerQueue.Never)
        {
            TimerQueue.Add(task);
        }

        SwitchAway();
        return task->WakeReason;
    }

    /// <summary>Ends a wait: takes the task off its timer and makes it ready.</summary>
    public static void Wake(TaskRecord* task, Errno reason)
    {
        TimerQueue.Remove(task);
        task->WakeReason = reason;
        MakeReady(task);
    }

    /// <summary>
    /// Blocks until <see cref="Unpark"/>, or returns at once if that has already come. From a system call only.
    /// </summary>
    public static Errno Park(long deadline)
    {
        TaskRecord* task = s_current;
        if (task->HasPermit)
        {
            task->HasPermit = false;
            return task->PermitReason;
        }

        if (deadline <= Tsc.Nanoseconds())
        {
            return Errno.ETIME;
        }

        task->State = RunState.Parked;
        Errno reason = Block(deadline);
        task->HasPermit = false;
        return reason;
    }

    /// <summary>Wakes a parked task, or lets its next park return at once. Any context.</summary>
    public static void Unpark(TaskRecord* task, Errno reason)
    {
        if (task->State == RunState.Parked)
        {
            Wake(task, reason);
        }
        else
        {
            task->HasPermit = true;
            task->PermitReason = reason;
        }
    }

    /// <summary>
    /// Lets every other ready task go first, less urgent ones too: whoever yields waits for something that another task does, and may hold
    /// the very processor that task needs. From a system call only.
    /// </summary>
    public static void Yield()
    {
        if ((s_readyPriorities & ~(1u << IdlePriority)) == 0)
        {
            return;
        }

        TaskRecord* task = s_current;
        task->State = RunState.Ready;
        int least = BitOperations.Log2(s_readyPriorities & ~(1u << IdlePriority));
        Enqueue(task, least > task->Priority ? least : task->Priority, isFirst: false);
        SwitchAway();
    }

    /// <summary>Gives the processor to a more urgent task, if there is one. From a system call's end only.</summary>
    public static void RescheduleFromCall()
    {
        s_isRescheduleNeeded = false;
        TaskRecord* task = s_current;
        EnqueueInterrupted(task);
        SwitchAway();
    }

    /// <summary>The same at the end of a trap: the stopped task's state moves to its record.</summary>
    /// <returns>The frame to go on with, when the next task was stopped by a trap too; else it does not return.</returns>
    public static TrapFrame* RescheduleFromTrap(TrapFrame* frame)
    {
        s_isRescheduleNeeded = false;
        TaskRecord* task = s_current;
        Cpu.Copy(&task->Frame, frame, (ulong)sizeof(TrapFrame));
        ExtendedState.Save(task->ExtendedState, frame);
        task->IsStoppedByTrap = true;
        EnqueueInterrupted(task);
        TaskRecord* next = TakeNext();
        BeginTurn(next);
        if (!next->IsStoppedByTrap)
        {
            Cpu.TaskResume(next->SavedStack);
        }

        PrepareFrame(next);
        return &next->Frame;
    }

    /// <summary>Ends the running task. Does not return.</summary>
    public static void Exit()
    {
        BuryDead();
        TaskRecord* task = s_current;
        if (task->ClearChildId != null && AddressSpace.TryMakePresent((ulong)task->ClearChildId, sizeof(uint), true))
        {
            *task->ClearChildId = 0;
            Futex.Wake((ulong)task->ClearChildId, 1, uint.MaxValue);
        }

        task->State = RunState.Free;
        s_dead = task;
        SwitchAway();
    }

    /// <summary>The timer has fired: wakes those whose time has come, and ends the slice.</summary>
    public static void OnTimer()
    {
        LocalApic.OnTimer();
        long now = Tsc.Nanoseconds();
        for (TaskRecord* task = TimerQueue.TakeExpired(now); task != null; task = TimerQueue.TakeExpired(now))
        {
            if (task->State == RunState.OnFutex)
            {
                Futex.Forget(task);
            }

            Wake(task, Errno.ETIME);
        }

        if (IsSliceOver() && HasRival())
        {
            s_isRescheduleNeeded = true;
        }

        ProgramTimer();
    }

    /// <summary>Accounts the running task's time up to now, so that it can be read.</summary>
    public static void AccountCurrent()
    {
        long now = Tsc.Nanoseconds();
        s_current->CpuTime += now - s_current->SwitchedAt;
        s_current->SwitchedAt = now;
    }

    /// <summary>Frees what a task that has ended could not free while it ran.</summary>
    public static void BuryDead()
    {
        TaskRecord* dead = s_dead;
        if (dead != null)
        {
            s_dead = null;
            if (dead->DeferredUnmapBytes != 0)
            {
                AddressSpace.Unmap(dead->DeferredUnmap, dead->DeferredUnmapBytes);
            }

            TaskTable.Release(dead);
        }
    }

    private static void SwitchAway()
    {
        TaskRecord* previous = s_current;
        TaskRecord* next = TakeNext();
        if (next == previous)
        {
            BeginTurn(next);
            return;
        }

        previous->IsStoppedByTrap = false;
        BeginTurn(next);
        if (next->IsStoppedByTrap)
        {
            PrepareFrame(next);
            Cpu.TaskLeaveToFrame(&previous->SavedStack, &next->Frame);
        }
        else
        {
            Cpu.TaskSwitch(&previous->SavedStack, next->SavedStack);
        }

        // Here the task goes on, some time later.
        BuryDead();
    }

    /// <summary>A task that a trap stopped goes on: its registers come back, and signals that wait strike now.</summary>
    private static void PrepareFrame(TaskRecord* task)
    {
        if (Signals.HasDeliverable(task))
        {
            Signals.Deliver(task, &task->Frame, isFromCall: false);
        }

        ExtendedState.Restore(task->ExtendedState);
    }

    private static void BeginTurn(TaskRecord* next)
    {
        AccountCurrent();
        s_switches++;
        s_current = next;
        next->State = RunState.Running;
        next->QueuedPriority = next->Priority;
        next->SwitchedAt = Tsc.Nanoseconds();
        next->SliceEnd = next->SwitchedAt + (next->SliceLeft > 0 ? next->SliceLeft : SliceNanoseconds);
        next->SliceLeft = 0;
        s_isRescheduleNeeded = false;
        Cpu.WriteMsr(FsBaseMsr, next->ThreadPointer);
        if (HasRival())
        {
            LocalApic.FireBy(next->SliceEnd);
        }
    }

    private static void ProgramTimer()
    {
        if (TimerQueue.Next != TimerQueue.Never)
        {
            LocalApic.FireBy(TimerQueue.Next);
        }

        if (HasRival())
        {
            LocalApic.FireBy(s_current->SliceEnd);
        }
    }

    /// <summary>
    /// The running task goes on later: first of its priority with the rest of its slice, or last when that is over. With a whole slice each time, a task
    /// that drivers interrupt often would never let its rivals run.
    /// </summary>
    private static void EnqueueInterrupted(TaskRecord* task)
    {
        task->State = RunState.Ready;
        task->SliceLeft = task->SliceEnd - Tsc.Nanoseconds();
        Enqueue(task, task->Priority, isFirst: task->SliceLeft > 0);
    }

    private static bool IsSliceOver() => Tsc.Nanoseconds() >= s_current->SliceEnd;

    /// <summary>True when a ready task is as urgent as the running one.</summary>
    private static bool HasRival() =>
        s_current != s_idle && (s_readyPriorities & ((2u << s_current->QueuedPriority) - 1)) != 0;

    private static void Enqueue(TaskRecord* task, int priority, bool isFirst)
    {
        task->QueuedPriority = priority;
        fixed (byte* queues = s_queues.Bytes)
        {
            TaskQueue* queue = (TaskQueue*)queues + priority;
            if (isFirst)
            {
                queue->Prepend(task);
            }
            else
            {
                queue->Append(task);
            }
        }

        s_readyPriorities |= 1u << priority;
    }

    private static TaskRecord* TakeNext()
    {
        int priority = BitOperations.TrailingZeroCount(s_readyPriorities);
        fixed (byte* queues = s_queues.Bytes)
        {
            TaskQueue* queue = (TaskQueue*)queues + priority;
            TaskRecord* task = queue->Head;
            queue->Remove(task);
            if (queue->IsEmpty)
            {
                s_readyPriorities &= ~(1u << priority);
            }

            return task;
        }
    }

    private struct Queues
    {
        public fixed byte Bytes[PriorityCount * 16];
    }
}
