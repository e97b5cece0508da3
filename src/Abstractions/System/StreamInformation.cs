namespace KernelSockets;

/// <summary>The figures of a TCP connection as <c>ss -i</c> shows them: those of TCP_INFO (Linux's struct tcp_info).</summary>
public sealed record StreamInformation
{
    /// <summary>The congestion control algorithm.</summary>
    public required string Congestion { get; init; }

    /// <summary>Timestamps were agreed on (RFC 7323).</summary>
    public bool HasTimestamps { get; init; }

    /// <summary>Selective acknowledgements were agreed on (RFC 2018).</summary>
    public bool HasSack { get; init; }

    /// <summary>The peer's shift count (RFC 7323 §2).</summary>
    public int SendScale { get; init; }

    /// <summary>Our shift count.</summary>
    public int ReceiveScale { get; init; }

    /// <summary>RTO.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>Time-outs in a row.</summary>
    public int Backoff { get; init; }

    /// <summary>SRTT.</summary>
    public TimeSpan RoundTrip { get; init; }

    /// <summary>RTTVAR.</summary>
    public TimeSpan Variation { get; init; }

    /// <summary>How long an acknowledgement is held back.</summary>
    public TimeSpan AcknowledgeDelay { get; init; }

    /// <summary>The most data a segment of ours carries, in bytes.</summary>
    public int SendSegment { get; init; }

    /// <summary>The largest segment received, in bytes.</summary>
    public int ReceiveSegment { get; init; }

    /// <summary>The MTU of the way to the peer.</summary>
    public int PathMtu { get; init; }

    /// <summary>cwnd, in segments.</summary>
    public int Window { get; init; }

    /// <summary>ssthresh, in segments; null before the first loss.</summary>
    public int? Threshold { get; init; }

    /// <summary>Segments sent and not acknowledged.</summary>
    public int SegmentsUnderWay { get; init; }

    /// <summary>Of these, acknowledged selectively.</summary>
    public int SegmentsSacked { get; init; }

    /// <summary>Of these, taken as lost.</summary>
    public int SegmentsLost { get; init; }

    /// <summary>Segments sent again since the connection is there.</summary>
    public int Retransmitted { get; init; }

    /// <summary>Since data were sent.</summary>
    public TimeSpan SinceSent { get; init; }

    /// <summary>Since a segment came.</summary>
    public TimeSpan SinceReceived { get; init; }

    /// <summary>Bytes that may wait to be read.</summary>
    public int ReceiveSpace { get; init; }

    /// <summary>The peer's window, in bytes.</summary>
    public int PeerWindow { get; init; }
}
