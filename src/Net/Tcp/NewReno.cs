namespace KernelSockets.Net;

/// <summary>Additive increase, multiplicative decrease (RFC 5681, RFC 6582).</summary>
internal sealed class NewReno : CongestionControl
{
    /// <summary>The name, Linux's.</summary>
    internal const string AlgorithmName = "reno";

    private int _acknowledged;

    /// <param name="maximumSegment">SMSS.</param>
    public NewReno(int maximumSegment)
        : base(maximumSegment)
    {
    }

    /// <inheritdoc/>
    public override string Name => AlgorithmName;

    /// <inheritdoc/>
    /// <remarks>RFC 5681 §3.1: one segment for each window of acknowledged bytes.</remarks>
    protected override void Avoid(int acknowledged, Instant now, TimeSpan roundTrip)
    {
        _acknowledged += acknowledged;
        if (_acknowledged >= Window)
        {
            _acknowledged -= Window;
            Window += MaximumSegment;
        }
    }

    /// <inheritdoc/>
    /// <remarks>RFC 5681 (4): half of what is under way.</remarks>
    protected override int Reduce(int inFlight, Instant now)
    {
        _acknowledged = 0;
        return inFlight / 2;
    }
}
