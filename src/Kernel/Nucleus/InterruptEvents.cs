namespace KernelSockets.Kernel.Nucleus;

/// <summary>
/// Interrupt lines as events: the handler masks a level-triggered line, counts, and wakes the one task that waits for it. Interrupts off.
/// </summary>
internal static unsafe class InterruptEvents
{
    private const int LineCount = IoApic.LineCount;

    private static Table s_table;

    /// <summary>Routes a line and lets it fire.</summary>
    public static Errno Attach(int line, bool isPci)
    {
        if (line is < 0 or >= LineCount)
        {
            return Errno.EINVAL;
        }

        s_table.IsLevel[line] = IoApic.IsLevelTriggered(line, isPci);
        IoApic.Enable(line, isPci);
        return Errno.Success;
    }

    /// <summary>Blocks until the line has fired since the last call. From a system call only.</summary>
    public static Errno Wait(int line, long deadline)
    {
        while (!s_table.HasFired[line])
        {
            s_table.Waiters[line] = (ulong)Scheduler.Current;
            Errno reason = Scheduler.Park(deadline);
            s_table.Waiters[line] = 0;
            if (reason != Errno.Success)
            {
                return reason;
            }
        }

        s_table.HasFired[line] = false;
        return Errno.Success;
    }

    /// <summary>As if the line had fired. Any context.</summary>
    public static void Signal(int line)
    {
        s_table.HasFired[line] = true;
        TaskRecord* waiter = (TaskRecord*)s_table.Waiters[line];
        if (waiter != null)
        {
            s_table.Waiters[line] = 0;
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

        Signal(line);
    }

    public static long Count(int line) => s_table.Counts[line];

    public static void CountTimer() => s_table.Timer++;

    public static void CountSelfTest() => s_table.SelfTest++;

    public static void CountReschedule() => s_table.Reschedule++;

    public static long TimerCount => s_table.Timer;

    public static long SelfTestCount => s_table.SelfTest;

    public static long RescheduleCount => s_table.Reschedule;

    private struct Table
    {
        public fixed ulong Waiters[LineCount];
        public fixed long Counts[LineCount];
        public fixed bool HasFired[LineCount];
        public fixed bool IsLevel[LineCount];
        public long Timer;
        public long SelfTest;
        public long Reschedule;
    }
}
