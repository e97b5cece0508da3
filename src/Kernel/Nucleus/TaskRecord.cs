using System.Runtime.InteropServices;

namespace KernelSockets.Kernel.Nucleus;

/// <summary>What a task is doing, to the scheduler.</summary>
internal enum RunState
{
    Free,
    Ready,
    Running,

    /// <summary>Waits for a futex (FUTEX_WAIT).</summary>
    OnFutex,

    /// <summary>Sleeps until its deadline.</summary>
    Asleep,

    /// <summary>Blocked by <see cref="Scheduler.Park"/> until unparked.</summary>
    Parked,
}

/// <summary>
/// One thread: a .NET thread, and so a task. Lives in a page of its own, followed there by the area for XSAVE.
/// All fields: interrupts off.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TaskRecord
{
    public const int NameBytes = 16;
    public const int SignalCount = 64;

    /// <summary>Where the task goes on. Valid while it is not running and <see cref="IsStoppedByTrap"/>.</summary>
    public TrapFrame Frame;

    /// <summary>Its stack pointer inside <c>task_switch</c>, when it left on its own.</summary>
    public ulong SavedStack;
    public bool IsStoppedByTrap;

    public int Id;
    public int Slot;
    public RunState State;
    public int Priority;

    /// <summary>Priority for the next turn only; a task that yields goes behind every ready task.</summary>
    public int QueuedPriority;

    /// <summary>Links of the run queue or the futex queue: a task is in one of them at most.</summary>
    public TaskRecord* Next;
    public TaskRecord* Previous;

    /// <summary>Thread-local storage: the fs base.</summary>
    public ulong ThreadPointer;

    /// <summary>CLONE_CHILD_CLEARTID: cleared, and woken as a futex, when the task ends.</summary>
    public uint* ClearChildId;

    /// <summary>When to be woken, in nanoseconds; <see cref="TimerQueue.Never"/> for never.</summary>
    public long Deadline;

    /// <summary>Place in the timer heap; -1 when not in it.</summary>
    public int TimerIndex;

    /// <summary>How the last wait ended.</summary>
    public Errno WakeReason;

    /// <summary>An unpark that came before its park.</summary>
    public bool HasPermit;
    public Errno PermitReason;

    public ulong FutexAddress;
    public uint FutexBits;

    /// <summary>Signals that wait to be delivered, and those held back; bit n-1 is signal n.</summary>
    public ulong PendingSignals;
    public ulong BlockedSignals;
    public ulong AlternateStack;
    public ulong AlternateStackBytes;

    /// <summary>Its own stack, given back only once it has left it.</summary>
    public ulong DeferredUnmap;
    public ulong DeferredUnmapBytes;

    /// <summary>Processor time used, and when it was last switched to; nanoseconds.</summary>
    public long CpuTime;
    public long SwitchedAt;
    public long SliceEnd;

    /// <summary>What a more urgent task has left of its slice, in nanoseconds; 0 when the next turn has a whole one.</summary>
    public long SliceLeft;

    /// <summary>Area for XSAVE, 64-byte aligned.</summary>
    public byte* ExtendedState;

    public fixed byte Name[NameBytes];
}
