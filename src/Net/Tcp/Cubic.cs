namespace KernelSockets.Net;

/// <summary>CUBIC (RFC 9438): the window follows a cubic function of the time since the last loss.</summary>
internal sealed class Cubic : CongestionControl
{
    /// <summary>The name, Linux's.</summary>
    internal const string AlgorithmName = "cubic";

    /// <summary>C, RFC 9438 §4.1.</summary>
    private const double Aggressiveness = 0.4;

    /// <summary>beta_cubic, RFC 9438 §4.6.</summary>
    private const double Decrease = 0.7;

    /// <summary>alpha_cubic, RFC 9438 §4.3: the slope at which it is fair to Reno.</summary>
    private const double RenoSlope = 3 * (1 - Decrease) / (1 + Decrease);

    private double _maximum; // W_max, in segments
    private double _inflection; // K, in seconds
    private double _renoWindow; // W_est, in segments
    private double _fraction; // what the window has grown by less than a byte
    private Instant? _epoch;
    private double _priorMaximum; // before the last loss
    private Instant? _priorEpoch;

    /// <param name="maximumSegment">SMSS.</param>
    public Cubic(int maximumSegment)
        : base(maximumSegment)
    {
    }

    /// <inheritdoc/>
    public override string Name => AlgorithmName;

    /// <inheritdoc/>
    protected override void Avoid(int acknowledged, Instant now, TimeSpan roundTrip)
    {
        double window = (double)Window / MaximumSegment;
        _epoch ??= StartEpoch(now, window);

        // RFC 9438 §4.2: W_cubic(t) = C * (t - K)^3 + W_max, looked at one round trip ahead.
        double time = (now - _epoch.Value).TotalSeconds + roundTrip.TotalSeconds;
        double distance = time - _inflection;
        double target = (Aggressiveness * distance * distance * distance) + _maximum;
        target = Math.Clamp(target, window, 1.5 * window);

        // RFC 9438 §4.3: W_est grows as Reno would; where it is larger, it is the window.
        double segments = (double)acknowledged / MaximumSegment;
        double slope = _renoWindow >= _maximum ? 1 : RenoSlope;
        _renoWindow += slope * segments / window;
        double growth = _renoWindow > target ? Math.Max(0, _renoWindow - window) : (target - window) / window * segments;
        _fraction += growth * MaximumSegment;
        int whole = (int)Math.Min(_fraction, acknowledged);
        _fraction -= Math.Min(_fraction, Math.Max(whole, 0));
        Window += whole;
    }

    /// <inheritdoc/>
    protected override int Reduce(int inFlight, Instant now)
    {
        (_priorMaximum, _priorEpoch) = (_maximum, _epoch);
        _epoch = null;
        double window = (double)Window / MaximumSegment;

        // RFC 9438 §4.7, fast convergence: a flow that has not come back to its last maximum leaves room for new ones.
        _maximum = window < _maximum ? window * (1 + Decrease) / 2 : window;
        return (int)(Math.Min(Window, Math.Max(inFlight, MaximumSegment)) * Decrease);
    }

    /// <inheritdoc/>
    protected override void Restore()
    {
        _maximum = _priorMaximum;
        _epoch ??= _priorEpoch; // K and W_est are those of it as long as no other has begun
    }

    private Instant StartEpoch(Instant now, double window)
    {
        _maximum = Math.Max(_maximum, window);
        _inflection = Math.Cbrt((_maximum - window) / Aggressiveness);
        _renoWindow = window;
        _fraction = 0;
        return now;
    }
}
