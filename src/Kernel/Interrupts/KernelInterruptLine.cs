using KernelSockets.Kernel.Nucleus;
using KernelSockets.Kernel.Tasks;

namespace KernelSockets.Kernel.Interrupts;

/// <summary>The interrupt lines of the devices that one driver task serves, as one event.</summary>
internal sealed class KernelInterruptLine : InterruptLine
{
    private static int s_lastEvent = -1;

    private readonly int _event = Interlocked.Increment(ref s_lastEvent);
    private readonly List<int> _lines = [];

    /// <summary>Routes a line to this processor and this event.</summary>
    /// <param name="line">Legacy interrupt line.</param>
    /// <param name="isPci">True for a PCI function's line.</param>
    /// <returns><see cref="Errno.EINVAL"/> for a line that the I/O APIC does not have, or too many events.</returns>
    public Errno Attach(int line, bool isPci)
    {
        if (_lines.Contains(line))
        {
            return Errno.Success;
        }

        Errno error = Gateway.AttachInterrupt(line, isPci, _event);
        if (error == Errno.Success)
        {
            _lines.Add(line);
        }

        return error;
    }

    /// <inheritdoc/>
    public override Errno Wait(Instant deadline) => NativeCalls.WaitForInterrupt(_event, deadline);

    /// <summary>Waits without interrupts: as long as the processor has nothing else to do, memory is watched that the device will change.</summary>
    /// <param name="mark">What the device will change.</param>
    /// <param name="until">When an idle processor stops watching, and this returns as if the line had fired.</param>
    /// <param name="deadline">When to give up in any case.</param>
    /// <param name="looksAtCalls">The end of each system call looks, too, so that a busy program does not hold frames up.</param>
    /// <returns>As <see cref="Wait"/>.</returns>
    public Errno WaitWatching(MemoryMark mark, Instant until, Instant deadline, bool looksAtCalls)
    {
        Gateway.BeginIdleWatch(mark.BusAddress, mark.Bits, _event, until.Nanoseconds, looksAtCalls);
        Errno error = Wait(deadline);
        Gateway.EndIdleWatch();
        return error;
    }

    /// <inheritdoc/>
    public override void Signal() => Gateway.SignalEvent(_event);

    /// <inheritdoc/>
    public override void Unmask()
    {
        for (int i = 0; i < _lines.Count; i++)
        {
            Gateway.UnmaskInterrupt(_lines[i]);
        }
    }
}
