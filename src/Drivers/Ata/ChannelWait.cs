namespace KernelSockets.Drivers.Ata;

/// <summary>Waits for a channel that always end at a deadline. Blocks on the interrupt; a lost one costs at most <see cref="s_slice"/>.</summary>
internal sealed class ChannelWait(TaskFile registers, InterruptLine line, Clock clock)
{
    /// <summary>How often status is looked at without an interrupt where one is expected.</summary>
    private static readonly TimeSpan s_slice = TimeSpan.FromSeconds(1);

    /// <summary>How often it is looked at where no interrupt tells of a change, as after a reset.</summary>
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(1);

    /// <summary>Looks before the first wait: most devices answer within microseconds.</summary>
    private const int FirstLooks = 20;

    /// <summary>Interrupts that were found missing.</summary>
    public long LostInterrupts { get; private set; }

    /// <summary>Waits until bits of status have a value and the device is not busy, or, unless the value asks for it, until it tells an error.</summary>
    /// <param name="mask">The bits.</param>
    /// <param name="expected">Their value.</param>
    /// <param name="timeout">How long at most.</param>
    /// <param name="status">The last status read.</param>
    /// <returns>False at the deadline.</returns>
    public bool TryReach(AtaStatus mask, AtaStatus expected, TimeSpan timeout, out AtaStatus status)
    {
        Instant deadline = clock.Now + timeout;
        for (int look = 0; ; look++)
        {
            status = registers.AlternateStatus;
            bool isIdle = (status & AtaStatus.Busy) == 0;
            if (isIdle && ((status & mask) == expected || (status & (AtaStatus.Error | AtaStatus.DeviceFault)) != 0))
            {
                return true;
            }

            if (clock.Now >= deadline)
            {
                return false;
            }

            if (look >= FirstLooks)
            {
                _ = line.Wait(Instant.Min(deadline, clock.Now + s_poll));
            }
        }
    }

    /// <summary>Waits until the bus master has seen the device's interrupt or has failed, or both are found at rest.</summary>
    /// <returns>False at the deadline.</returns>
    public bool TryFinish(BusMaster busMaster, TimeSpan timeout)
    {
        Instant deadline = clock.Now + timeout;
        while ((busMaster.Status & (BusMasterStatus.Interrupt | BusMasterStatus.Error)) == 0)
        {
            if (clock.Now >= deadline)
            {
                return false;
            }

            Errno reason = line.Wait(Instant.Min(deadline, clock.Now + s_slice));
            if (reason == Errno.ETIME && IsFinished(busMaster))
            {
                LostInterrupts++;
                return true;
            }
        }

        return true;
    }

    /// <summary>Lets time pass.</summary>
    public void Delay(TimeSpan time)
    {
        Instant end = clock.Now + time;
        while (clock.Now < end)
        {
            _ = line.Wait(end);
        }
    }

    private bool IsFinished(BusMaster busMaster)
    {
        bool isIdle = (registers.AlternateStatus & (AtaStatus.Busy | AtaStatus.DataRequest)) == 0;
        return isIdle && (busMaster.Status & BusMasterStatus.Active) == 0;
    }
}
