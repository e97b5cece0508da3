namespace KernelSockets.Drivers.E1000;

/// <summary>Waits for hardware that always end: at a deadline on the clock, or after so many turns should the clock stand still.</summary>
/// <remarks>Busy waits, for start-up and recovery only; a task that waits for frames blocks on its interrupt instead.</remarks>
internal readonly struct BoundedWait(RegisterSpace registers, Clock clock)
{
    /// <summary>Turns after which a wait ends even if the clock does not move: at 10 ns or more a turn, over 50 ms.</summary>
    private const int MaximumTurns = 5_000_000;

    /// <summary>Reads after which a wait for a register ends likewise: at 100 ns or more a read, over 200 ms.</summary>
    private const int MaximumReads = 2_000_000;

    /// <summary>Lets time pass without touching the device, which must be left alone just after a reset (§13.4.1).</summary>
    public void Delay(TimeSpan time)
    {
        Instant end = clock.Now + time;
        for (int turn = 0; turn < MaximumTurns && clock.Now < end; turn++)
        {
            Thread.SpinWait(1);
        }
    }

    /// <summary>Reads a register until the bits of <paramref name="mask"/> have the given value.</summary>
    /// <param name="register">Its offset.</param>
    /// <param name="mask">The bits to look at.</param>
    /// <param name="expected">Their wanted value.</param>
    /// <param name="timeout">How long to try.</param>
    /// <param name="value">The last value read.</param>
    /// <returns>False when the time is over or the device has gone.</returns>
    public bool TryReadUntil(uint register, uint mask, uint expected, TimeSpan timeout, out uint value)
    {
        Instant end = clock.Now + timeout;
        for (int turn = 0; turn < MaximumReads; turn++)
        {
            value = registers.Read(register);
            if (value == Register.Absent)
            {
                return false;
            }

            if ((value & mask) == expected)
            {
                return true;
            }

            if (clock.Now >= end)
            {
                return false;
            }
        }

        value = 0;
        return false;
    }
}
