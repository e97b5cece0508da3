namespace KernelSockets.Net;

/// <summary>Counters of ICMP, named as in RFC 2011's icmp group (without the prefix) where it has a name.</summary>
public sealed class IcmpStatistics
{
    /// <summary>Messages received, those in error included.</summary>
    public long InMsgs { get; internal set; }

    /// <summary>Dropped: too short, bad checksum, or an error whose quotation makes no sense.</summary>
    public long InErrors { get; internal set; }

    /// <summary>Destination unreachable received.</summary>
    public long InDestUnreachs { get; internal set; }

    /// <summary>Time exceeded received.</summary>
    public long InTimeExcds { get; internal set; }

    /// <summary>Parameter problem received.</summary>
    public long InParmProbs { get; internal set; }

    /// <summary>
    /// Redirects received; ignored (deviation from RFC 1122 §3.2.2.2: they are a way to hijack traffic, and there is one gateway).
    /// </summary>
    public long InRedirects { get; internal set; }

    /// <summary>Echo requests received.</summary>
    public long InEchos { get; internal set; }

    /// <summary>Echo replies received.</summary>
    public long InEchoReps { get; internal set; }

    /// <summary>Messages of a type nobody here handles; silently dropped (RFC 1122 §3.2.2).</summary>
    public long InUnknownTypes { get; internal set; }

    /// <summary>Echo requests to a broadcast or multicast address; ignored (RFC 1122 §3.2.2.6 allows it).</summary>
    public long InEchosToGroup { get; internal set; }

    /// <summary>Messages sent.</summary>
    public long OutMsgs { get; internal set; }

    /// <summary>Messages not sent for want of a buffer or a route.</summary>
    public long OutErrors { get; internal set; }

    /// <summary>Destination unreachable sent.</summary>
    public long OutDestUnreachs { get; internal set; }

    /// <summary>Time exceeded sent.</summary>
    public long OutTimeExcds { get; internal set; }

    /// <summary>Parameter problem sent.</summary>
    public long OutParmProbs { get; internal set; }

    /// <summary>Echo requests sent.</summary>
    public long OutEchos { get; internal set; }

    /// <summary>Echo replies sent.</summary>
    public long OutEchoReps { get; internal set; }

    /// <summary>Errors not sent because the datagram must not be answered with one (RFC 1122 §3.2.2).</summary>
    public long OutErrorsForbidden { get; internal set; }

    /// <summary>Errors not sent because of a rate limit (as Linux's OutRateLimitGlobal and OutRateLimitHost).</summary>
    public long OutRateLimited { get; internal set; }
}
