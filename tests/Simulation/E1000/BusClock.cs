namespace KernelSockets.Simulation.E1000;

/// <summary>The time of the simulated bus: it moves when the test says so, and a little with every look at it and every register access,
/// so that a driver's busy waits end as they do on a real machine.</summary>
public sealed class BusClock : Clock
{
    private const long ReadCostNanoseconds = 200;

    private long _nanoseconds;

    /// <inheritdoc/>
    public override Instant Now => new(Interlocked.Add(ref _nanoseconds, ReadCostNanoseconds));

    /// <inheritdoc/>
    public override DateTimeOffset UtcNow => DateTimeOffset.UnixEpoch + (Peek - Instant.Zero);

    /// <summary>The time, without moving it.</summary>
    public Instant Peek => new(Interlocked.Read(ref _nanoseconds));

    /// <summary>Lets time pass.</summary>
    public void Advance(TimeSpan time) => Interlocked.Add(ref _nanoseconds, time.Ticks * TimeSpan.NanosecondsPerTick);
}
