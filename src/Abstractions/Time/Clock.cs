namespace KernelSockets;

/// <summary>The seam for time: the TSC in the kernel, advanced by the test when hosted.</summary>
public abstract class Clock
{
    /// <summary>Monotonic time (CLOCK_MONOTONIC).</summary>
    public abstract Instant Now { get; }

    /// <summary>Wall-clock time in UTC (CLOCK_REALTIME).</summary>
    public abstract DateTimeOffset UtcNow { get; }
}
