using System.Runtime.InteropServices;

namespace KernelSockets.Kernel.Nucleus;

/// <summary>
/// What the managed kernel may ask of the nucleus. Each method is raw, may be called with interrupts on, and turns them off for its own short duration.
/// None of them blocks: blocking goes through <see cref="SystemCalls.Park"/> and <see cref="SystemCalls.WaitForInterrupt"/>.
/// </summary>
internal static unsafe class Gateway
{
    /// <summary>Id of the running task.</summary>
    public static int CurrentTask => Scheduler.Current->Id;

    /// <summary>Wakes a parked task, or lets its next park return at once. A more urgent task runs immediately.</summary>
    public static void Unpark(int taskId, Errno reason)
    {
        ulong flags = Cpu.DisableInterrupts();
        TaskRecord* task = TaskTable.Find(taskId);
        if (task != null)
        {
            Scheduler.Unpark(task, reason);
        }

        RestoreAndReschedule(flags);
    }

    /// <summary>Forgets an unpark that has come too late.</summary>
    public static void ClearPermit() => Scheduler.Current->HasPermit = false;

    /// <summary>Sets the running task's priority.</summary>
    public static void SetPriority(int priority)
    {
        ulong flags = Cpu.DisableInterrupts();
        Scheduler.Current->Priority = priority;
        Scheduler.Current->QueuedPriority = priority;
        Cpu.RestoreInterrupts(flags);
    }

    /// <summary>Describes the task in a slot of the table.</summary>
    /// <returns>False for an empty slot.</returns>
    public static bool TryDescribe(int slot, out TaskSnapshot snapshot)
    {
        ulong flags = Cpu.DisableInterrupts();
        TaskRecord* task = TaskTable.At(slot);
        snapshot = default;
        if (task != null)
        {
            Scheduler.AccountCurrent();
            snapshot.Id = task->Id;
            snapshot.State = task->State;
            snapshot.Priority = task->Priority;
            snapshot.CpuTime = task->CpuTime;
            fixed (byte* name = snapshot.Name)
            {
                Cpu.Copy(name, task->Name, TaskRecord.NameBytes);
            }
        }

        Cpu.RestoreInterrupts(flags);
        return task != null;
    }

    /// <summary>Lets an interrupt line fire and signal an event.</summary>
    public static Errno AttachInterrupt(int line, bool isPci, int signalledEvent)
    {
        ulong flags = Cpu.DisableInterrupts();
        Errno error = InterruptEvents.Attach(line, isPci, signalledEvent);
        Cpu.RestoreInterrupts(flags);
        return error;
    }

    /// <summary>Lets a level-triggered line fire again.</summary>
    public static void UnmaskInterrupt(int line)
    {
        ulong flags = Cpu.DisableInterrupts();
        IoApic.Unmask(line);
        Cpu.RestoreInterrupts(flags);
    }

    /// <summary>Lets the idle task watch memory for a device: see <see cref="IdleWatch"/>.</summary>
    public static void BeginIdleWatch(ulong physical, byte bits, int signalled, long until, bool looksAtCalls)
    {
        ulong flags = Cpu.DisableInterrupts();
        IdleWatch.Begin(physical, bits, signalled, until, looksAtCalls);
        Cpu.RestoreInterrupts(flags);
    }

    /// <summary>Ends it.</summary>
    public static void EndIdleWatch() => IdleWatch.End();

    /// <summary>Signals an event as an interrupt would.</summary>
    public static void SignalEvent(int signalledEvent)
    {
        ulong flags = Cpu.DisableInterrupts();
        InterruptEvents.Signal(signalledEvent);
        RestoreAndReschedule(flags);
    }

    /// <summary>Raises the self-test vector and lets it strike.</summary>
    public static void RaiseSelfTest()
    {
        ulong flags = Cpu.DisableInterrupts();
        LocalApic.RaiseSelf(LocalApic.SelfTestVector);
        Cpu.RestoreInterrupts(flags);
    }

    /// <summary>Maps device registers.</summary>
    /// <returns>Their address, or 0.</returns>
    public static ulong MapDevice(ulong physical, ulong size)
    {
        ulong flags = Cpu.DisableInterrupts();
        ulong address = PageTables.MapDevice(physical, size);
        Cpu.RestoreInterrupts(flags);
        return address;
    }

    /// <summary>Physical address of a byte of memory, which gets its frame if it has none yet.</summary>
    /// <returns>0 when it cannot be accessed.</returns>
    public static ulong Translate(ulong address)
    {
        ulong flags = Cpu.DisableInterrupts();
        ulong physical = AddressSpace.TryMakePresent(address, 1, true) ? PageTables.Translate(address) : 0;
        Cpu.RestoreInterrupts(flags);
        return physical;
    }

    /// <summary>True when a range of memory may be touched. Every page of it has a frame afterwards.</summary>
    public static bool IsAccessible(ulong address, ulong length, bool isWrite)
    {
        if (AddressSpace.IsPresent(address, length, isWrite))
        {
            return true;
        }

        ulong flags = Cpu.DisableInterrupts();
        bool isAccessible = AddressSpace.TryMakePresent(address, length, isWrite);
        Cpu.RestoreInterrupts(flags);
        return isAccessible;
    }

    /// <summary>Writes one line to the kernel's log.</summary>
    public static void Log(LogLevel level, ReadOnlySpan<byte> text) => KernelLog.Line(level, text);

    public static void FillRandom(byte* destination, ulong length)
    {
        ulong flags = Cpu.DisableInterrupts();
        Entropy.Fill(destination, length);
        Cpu.RestoreInterrupts(flags);
    }

    /// <summary>Stops the machine as a panic, from managed code.</summary>
    public static void Stop(ReadOnlySpan<byte> reason) => Panic.Stop(reason, 0);

    private static void RestoreAndReschedule(ulong flags)
    {
        if (Scheduler.IsRescheduleNeeded)
        {
            LocalApic.RaiseSelf(LocalApic.RescheduleVector);
        }

        Cpu.RestoreInterrupts(flags);
    }
}

/// <summary>A copy of what the scheduler knows about a task.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TaskSnapshot
{
    public int Id;
    public int Priority;
    public RunState State;
    public long CpuTime;
    public fixed byte Name[TaskRecord.NameBytes];
}
