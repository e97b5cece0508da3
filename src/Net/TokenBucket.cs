namespace KernelSockets.Net;

/// <summary>A rate limit: so many at once, so many a second on average. Used under the stack's gate.</summary>
internal struct TokenBucket
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly long _intervalNs;
    private readonly long _burstNs;
    private long _emptyUntilNs;

    /// <param name="ratePerSecond">On average.</param>
    /// <param name="burst">At once.</param>
    public TokenBucket(int ratePerSecond, int burst)
    {
        _intervalNs = NanosecondsPerSecond / ratePerSecond;
        _burstNs = _intervalNs * burst;
        _emptyUntilNs = long.MinValue;
    }

    /// <summary>Takes one token.</summary>
    /// <returns>False when the rate is exceeded.</returns>
    public bool TryTake(Instant now)
    {
        // The generic cell rate algorithm: the debt is a point in time, at most a burst ahead of now.
        long debtEnd = Math.Max(_emptyUntilNs, now.Nanoseconds) + _intervalNs;
        if (debtEnd - now.Nanoseconds > _burstNs)
        {
            return false;
        }

        _emptyUntilNs = debtEnd;
        return true;
    }
}
