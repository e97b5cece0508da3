namespace KernelSockets.Net;

/// <summary>Round-trip time and retransmission time-out (RFC 6298).</summary>
/// <remarks>Under the stack's gate.</remarks>
internal struct RttEstimator
{
    /// <summary>Initial RTO (RFC 6298 (2.1)).</summary>
    internal static readonly TimeSpan InitialTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Least RTO. RFC 6298 (2.4) says 1 s; we follow Linux's TCP_RTO_MIN, since a second is far above today's round trips.</summary>
    internal static readonly TimeSpan MinimumTimeout = TimeSpan.FromMilliseconds(200);

    /// <summary>Most RTO (RFC 6298 (2.5) allows a bound of at least 60 s; Linux's TCP_RTO_MAX).</summary>
    internal static readonly TimeSpan MaximumTimeout = TimeSpan.FromSeconds(120);

    /// <summary>RTO when the SYN was not answered in time (RFC 6298 (5.7)).</summary>
    private static readonly TimeSpan s_fallbackTimeout = TimeSpan.FromSeconds(3);

    /// <summary>How long a least round trip counts.</summary>
    private static readonly TimeSpan s_minimumWindow = TimeSpan.FromMinutes(5);

    private long _variation; // RTTVAR, in ticks
    private Instant _minimumAt;

    public RttEstimator()
    {
    }

    /// <summary>True after the first sample.</summary>
    public bool HasSample { get; private set; }

    /// <summary>SRTT.</summary>
    public TimeSpan Smoothed { get; private set; }

    /// <summary>RTTVAR.</summary>
    public readonly TimeSpan Variation => TimeSpan.FromTicks(_variation);

    /// <summary>The least round trip of the last minutes.</summary>
    public TimeSpan Minimum { get; private set; } = TimeSpan.MaxValue;

    /// <summary>RTO without backoff.</summary>
    public TimeSpan Timeout { get; private set; } = InitialTimeout;

    /// <summary>Takes a sample of a segment that was sent once (Karn's algorithm), or that a timestamp tells.</summary>
    public void Add(TimeSpan sample, Instant now)
    {
        long ticks = Math.Max(1, sample.Ticks);
        if (!HasSample)
        {
            // RFC 6298 (2.2): SRTT <- R, RTTVAR <- R/2.
            HasSample = true;
            Smoothed = TimeSpan.FromTicks(ticks);
            _variation = ticks / 2;
        }
        else
        {
            // RFC 6298 (2.3): RTTVAR <- 3/4 RTTVAR + 1/4 |SRTT - R'|, then SRTT <- 7/8 SRTT + 1/8 R'.
            _variation += (Math.Abs(Smoothed.Ticks - ticks) - _variation) / 4;
            Smoothed += TimeSpan.FromTicks((ticks - Smoothed.Ticks) / 8);
        }

        if (ticks <= Minimum.Ticks || now - _minimumAt > s_minimumWindow)
        {
            Minimum = TimeSpan.FromTicks(ticks);
            _minimumAt = now;
        }

        // As Linux: the floor is under the variation, so that RTO stays above SRTT by it.
        long timeout = Smoothed.Ticks + Math.Max(MinimumTimeout.Ticks, 4 * _variation);
        Timeout = TimeSpan.FromTicks(Math.Min(timeout, MaximumTimeout.Ticks));
    }

    /// <summary>The SYN's round trip is not known: RFC 6298 (5.7), "the RTO MUST be re-initialized to 3 seconds when data transmission begins".</summary>
    public void FallBack() => Timeout = HasSample ? Timeout : s_fallbackTimeout;

    /// <summary>RTO after a number of time-outs in a row (RFC 6298 (5.5)).</summary>
    public readonly TimeSpan TimeoutAfter(int backoff) =>
        TimeSpan.FromTicks(Math.Min(MaximumTimeout.Ticks, Timeout.Ticks << Math.Min(backoff, 16)));
}
