namespace KernelSockets.Kernel.Nucleus;

/// <summary>
/// Interrupt lines as events: the handler masks a level-triggered line, counts, and signals the line's event, for which one task waits. Lines of
/// several devices that one task serves share an event. Interrupts off.
/// </summary>
internal static unsafe class InterruptEvents
{
    /// <summary>Events in all.</summary>
    public const int EventCount = 32;

    private const int LineCount = IoApic.LineCount;

    private static Table s_table;

    /// <summary>Routes a line to an event and lets it fire.</summary>
    public static Errno Attach(int line, bool isPci, int signalledEvent)
    {
        if (line is < 0 or >= LineCount || signalledEvent is < 0 or >= EventCount)
        {
            return Errno.EINVAL;
        }

        s_table.Events[line] = (byte)signalledEvent;
        s_table.IsAttached[line] = true;
        s_table.IsLevel[line] = IoApic.IsLevelTriggered(line, isPci);
        IoApic.Enable(line, isPci);
        return Errno.Success;
    }

    /// <summary>Blocks until the event was signalled since the last call. From a system call only.</summary>
    public static Errno Wait(int awaited, long deadline)
    {
        if (awaited is < 0 or >= EventCount)
        {
            return Errno.EINVAL;
        }

        while (!s_table.HasFired[awaited])
        {
            s_table.Waiters[awaited] = (ulong)Scheduler.Current;
            Errno reason = Scheduler.Park(deadline);
            s_table.Waiters[awaited] = 0;
            if (reason != Errno.Success)
            {
                return reason;
            }
        }

        s_table.HasFired[awaited] = false;
        return Errno.Success;
    }

    /// <summary>Signals an event. Any context.</summary>
    public static void Signal(int signalled)
    {
        s_table.HasFired[signalled] = true;
        TaskRecord* waiter = (TaskRecord*)s_table.Waiters[signalled];
        if (waiter != null)
        {
            s_table.Waiters[signalled] = 0;
            Scheduler.Unpark(waiter, Errno.Success);
        }
    }

    /// <summary>The line has fired.</summary>
    public static void OnInterrupt(int line)
    {
        s_table.Counts[line]++;
        if (s_table.IsLevel[line])
        {
            IoApic.Mask(line);
        }

        Signal(s_table.Events[line]);
    }

    public static bool IsAttached(int line) => s_table.IsAttached[line];

    public static bool IsLevel(int line) => s_table.IsLevel[line];

    public static long Count(int line) => s_table.Counts[line];

    public static void CountTimer() => s_table.Timer++;

    public static void CountSelfTest() => s_table.SelfTest++;

    public static void CountReschedule() => s_table.Reschedule++;

    public static long TimerCount => s_table.Timer;

    public static long SelfTestCount => s_table.SelfTest;

    public static long RescheduleCount => s_table.Reschedule;

    private struct Table
    {
        public fixed ulong Waiters[EventCount];
        public fixed bool HasFired[EventCount];
        public fixed byte Events[LineCount];
        public fixed long Counts[LineCount];
        public fixed bool IsLevel[LineCount];
        public fixed bool IsAttached[LineCount];
        public long Timer;
        public long SelfTest;
        public long Reschedule;
    }
}
