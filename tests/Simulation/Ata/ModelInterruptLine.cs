namespace KernelSockets.Simulation.Ata;

/// <summary>An edge-triggered line as an event; a wait runs the simulation.</summary>
public sealed class ModelInterruptLine(SimulatedTime time) : InterruptLine
{
    private bool _isSignalled;

    /// <summary>Waits that end with EINTR before one that does not.</summary>
    public int Interruptions { get; set; }

    /// <inheritdoc/>
    public override Errno Wait(Instant deadline)
    {
        if (Interruptions > 0)
        {
            Interruptions--;
            return Errno.EINTR;
        }

        while (!_isSignalled)
        {
            if (!time.Step(deadline))
            {
                time.RunUntil(deadline);
                return Errno.ETIME;
            }
        }

        _isSignalled = false;
        return Errno.Success;
    }

    /// <inheritdoc/>
    public override void Signal() => _isSignalled = true;

    /// <inheritdoc/>
    public override void Unmask()
    {
    }
}
