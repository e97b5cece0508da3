namespace KernelSockets.Simulation;

/// <summary>A clock that stands still until the simulation moves it.</summary>
public sealed class SimulatedClock : Clock
{
    private static readonly DateTimeOffset s_epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private Instant _now = Instant.Zero;

    /// <inheritdoc/>
    public override Instant Now => _now;

    /// <inheritdoc/>
    public override DateTimeOffset UtcNow => s_epoch + (_now - Instant.Zero);

    /// <summary>Moves to a later moment; an earlier one is a fault of the simulation.</summary>
    internal void MoveTo(Instant moment)
    {
        if (moment < _now)
        {
            throw new InvalidOperationException($"simulated time cannot go back from {_now} to {moment}");
        }

        _now = moment;
    }
}
