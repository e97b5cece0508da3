using System.Runtime;

namespace KernelSockets.Kernel.Nucleus;

/// <summary>
/// What the idle task does instead of halting, for a while: it looks at a byte of memory that a device is about to change, and signals the event that the
/// device's interrupt would. So does the end of each system call, so that the device does not wait for a program that is busy with calls. Interrupts off.
/// </summary>
/// <remarks>
/// A device that is watched needs no interrupt, and so none of the register accesses that come with one; and a processor that has not halted need not be
/// woken. Under emulation both cost more than all the rest of a short answer.
/// </remarks>
internal static unsafe class IdleWatch
{
    /// <summary>Looks in a row, before interrupts get their chance and the clock is read.</summary>
    private const int Looks = 32;

    private static byte* s_watched;
    private static byte s_bits;
    private static bool s_looksAtCalls;
    private static int s_event;
    private static long s_until;

    /// <summary>Begins to watch; what was watched before is not any more.</summary>
    /// <param name="physical">Where the byte is.</param>
    /// <param name="bits">Signals when one of these bits is set.</param>
    /// <param name="signalled">The event; also signalled when the time is over.</param>
    /// <param name="until">When to give up, in nanoseconds.</param>
    /// <param name="looksAtCalls">The end of each system call looks, too.</param>
    public static void Begin(ulong physical, byte bits, int signalled, long until, bool looksAtCalls)
    {
        s_looksAtCalls = looksAtCalls;
        s_watched = (byte*)(physical + PageTables.DirectMap);
        s_bits = bits;
        s_event = signalled;
        s_until = until;
    }

    /// <summary>Ends it.</summary>
    public static void End() => s_watched = null;

    /// <summary>Looks once, at the end of a system call. A more urgent task may be ready then.</summary>
    public static void Look()
    {
        if (s_watched != null && s_looksAtCalls && IsMarked())
        {
            Signal();
        }
    }

    /// <summary>The idle task's turn: returns when it is time to halt.</summary>
    [RuntimeExport("nucleus_idle")]
    private static void Idle()
    {
        while (s_watched != null)
        {
            if (HasChanged() || Tsc.Nanoseconds() >= s_until)
            {
                Signal();
                if (Scheduler.IsRescheduleNeeded)
                {
                    Scheduler.RescheduleFromCall();
                }

                continue;
            }

            Cpu.EnableInterrupts();
            Cpu.DisableInterrupts();
        }
    }

    private static bool HasChanged()
    {
        for (int i = 0; i < Looks; i++)
        {
            if (IsMarked())
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsMarked() => (Volatile.Read(ref *s_watched) & s_bits) != 0;

    private static void Signal()
    {
        s_watched = null;
        InterruptEvents.Signal(s_event);
    }
}
