using KernelSockets.Kernel.Nucleus;

namespace KernelSockets.Kernel;

/// <summary>The machine's clock: the time stamp counter, and the real-time clock read at start-up.</summary>
internal sealed class KernelClock : Clock
{
    private const long NanosecondsPerTick = 100;

    public static KernelClock Instance { get; } = new();

    /// <inheritdoc/>
    public override Instant Now => new(Tsc.Nanoseconds());

    /// <inheritdoc/>
    public override DateTimeOffset UtcNow => DateTimeOffset.UnixEpoch.AddTicks(RealTimeClock.Now() / NanosecondsPerTick);
}
