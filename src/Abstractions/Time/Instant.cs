namespace KernelSockets;

/// <summary>A point on the monotonic clock: nanoseconds since the machine (or the simulation) started.</summary>
/// <param name="Nanoseconds">Nanoseconds since start.</param>
public readonly record struct Instant(long Nanoseconds) : IComparable<Instant>
{
    private const long NanosecondsPerTick = 100;

    /// <summary>The moment the clock started.</summary>
    public static Instant Zero => new(0);

    /// <summary>A deadline that never comes.</summary>
    public static Instant Never => new(long.MaxValue);

    /// <summary>Later by <paramref name="span"/>; <see cref="Never"/> stays never.</summary>
    public static Instant operator +(Instant instant, TimeSpan span)
    {
        if (instant == Never || span == TimeSpan.MaxValue)
        {
            return Never;
        }

        return new Instant(instant.Nanoseconds + (span.Ticks * NanosecondsPerTick));
    }

    /// <summary>The span from <paramref name="earlier"/> to <paramref name="later"/>.</summary>
    public static TimeSpan operator -(Instant later, Instant earlier) =>
        TimeSpan.FromTicks((later.Nanoseconds - earlier.Nanoseconds) / NanosecondsPerTick);

    /// <summary>True when <paramref name="left"/> is before <paramref name="right"/>.</summary>
    public static bool operator <(Instant left, Instant right) => left.Nanoseconds < right.Nanoseconds;

    /// <summary>True when <paramref name="left"/> is after <paramref name="right"/>.</summary>
    public static bool operator >(Instant left, Instant right) => left.Nanoseconds > right.Nanoseconds;

    /// <summary>True when <paramref name="left"/> is not after <paramref name="right"/>.</summary>
    public static bool operator <=(Instant left, Instant right) => left.Nanoseconds <= right.Nanoseconds;

    /// <summary>True when <paramref name="left"/> is not before <paramref name="right"/>.</summary>
    public static bool operator >=(Instant left, Instant right) => left.Nanoseconds >= right.Nanoseconds;

    /// <summary>The earlier of two.</summary>
    public static Instant Min(Instant left, Instant right) => left < right ? left : right;

    /// <summary>Named form of <c>+</c>.</summary>
    public Instant Add(TimeSpan span) => this + span;

    /// <summary>Named form of <c>-</c>.</summary>
    public TimeSpan Subtract(Instant earlier) => this - earlier;

    /// <inheritdoc/>
    public int CompareTo(Instant other) => Nanoseconds.CompareTo(other.Nanoseconds);
}
