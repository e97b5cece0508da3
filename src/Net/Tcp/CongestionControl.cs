namespace KernelSockets.Net;

/// <summary>How much a connection may have under way (RFC 5681). What grows and shrinks the window is the algorithm's; the rest is common.</summary>
/// <remarks>Windows are in bytes. Under the stack's gate.</remarks>
internal abstract class CongestionControl
{
    /// <summary>Initial window in segments (RFC 6928).</summary>
    internal const int InitialSegments = 10;

    /// <summary>Least threshold in segments (RFC 5681 (4)).</summary>
    protected const int LeastThreshold = 2;

    private int _priorWindow; // before the last loss
    private int _priorThreshold;

    /// <param name="maximumSegment">SMSS.</param>
    protected CongestionControl(int maximumSegment)
    {
        MaximumSegment = maximumSegment;
        Window = InitialSegments * maximumSegment;
    }

    /// <summary>The name that TCP_CONGESTION tells.</summary>
    public abstract string Name { get; }

    /// <summary>SMSS.</summary>
    public int MaximumSegment { get; private set; }

    /// <summary>cwnd.</summary>
    public int Window { get; set; }

    /// <summary>ssthresh.</summary>
    public int Threshold { get; protected set; } = int.MaxValue;

    /// <summary>True below the threshold.</summary>
    public bool IsInSlowStart => Window < Threshold;

    /// <summary>Data have been acknowledged, and no loss is being repaired.</summary>
    /// <param name="acknowledged">Bytes.</param>
    /// <param name="now">When.</param>
    /// <param name="roundTrip">SRTT.</param>
    public void OnAcknowledged(int acknowledged, Instant now, TimeSpan roundTrip)
    {
        if (IsInSlowStart)
        {
            // RFC 5681 (2), with appropriate byte counting (RFC 3465) without its limit, as in Linux: ACKs may be stretched.
            int grown = Math.Min(acknowledged, Threshold - Window);
            Window += grown;
            acknowledged -= grown;
        }

        if (acknowledged > 0)
        {
            Avoid(acknowledged, now, roundTrip);
        }
    }

    /// <summary>A loss was found: sets the threshold. The window follows by proportional rate reduction.</summary>
    /// <param name="inFlight">Bytes under way (RFC 5681's FlightSize).</param>
    /// <param name="now">When.</param>
    public void OnLoss(int inFlight, Instant now)
    {
        (_priorWindow, _priorThreshold) = (Window, Threshold);
        Threshold = Math.Max(LeastThreshold * MaximumSegment, Reduce(inFlight, now));
    }

    /// <summary>The last loss was none (RFC 4015 §3.2): everything is as it was before, unless it has become better since.</summary>
    public void Undo()
    {
        Window = Math.Max(Window, _priorWindow);
        Threshold = Math.Max(Threshold, _priorThreshold);
        Restore();
    }

    /// <summary>The retransmission time-out has come (RFC 5681 §3.1: the window is one segment).</summary>
    public void OnTimeout(int inFlight, Instant now)
    {
        OnLoss(inFlight, now);
        Window = MaximumSegment;
    }

    /// <summary>Nothing was sent for longer than the time-out: the window restarts (RFC 5681 §4.1).</summary>
    public void OnIdle() => Window = Math.Min(Window, InitialSegments * MaximumSegment);

    /// <summary>Segments have become smaller: the path has a smaller MTU.</summary>
    public void ChangeSegment(int maximumSegment)
    {
        Window = (int)Math.Max(maximumSegment, (long)Window * maximumSegment / MaximumSegment);
        MaximumSegment = maximumSegment;
    }

    /// <summary>Congestion avoidance: grows the window.</summary>
    protected abstract void Avoid(int acknowledged, Instant now, TimeSpan roundTrip);

    /// <summary>The threshold after a loss.</summary>
    protected abstract int Reduce(int inFlight, Instant now);

    /// <summary>Takes back what the last <see cref="Reduce"/> has changed in the algorithm's own state.</summary>
    protected virtual void Restore()
    {
    }

    /// <summary>Makes an algorithm by its name; null for an unknown one.</summary>
    public static CongestionControl? Create(string name, int maximumSegment) => name switch
    {
        NewReno.AlgorithmName => new NewReno(maximumSegment),
        Cubic.AlgorithmName => new Cubic(maximumSegment),
        _ => null,
    };
}
