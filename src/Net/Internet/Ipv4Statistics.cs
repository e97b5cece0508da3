namespace KernelSockets.Net;

/// <summary>
/// Counters of IPv4, named as in RFC 4293's ipSystemStatsTable (without the prefix), which says exactly what each counts.
/// </summary>
public sealed class Ipv4Statistics
{
    /// <summary>Datagrams received, those in error included.</summary>
    public long InReceives { get; internal set; }

    /// <summary>Bytes in them, padding not counted.</summary>
    public long InOctets { get; internal set; }

    /// <summary>Dropped: version, lengths, checksum or options are wrong.</summary>
    public long InHdrErrors { get; internal set; }

    /// <summary>Dropped: the frame ended before the datagram.</summary>
    public long InTruncatedPkts { get; internal set; }

    /// <summary>Dropped: the destination is not ours (datagrams are never forwarded), or an address is impossible.</summary>
    public long InAddrErrors { get; internal set; }

    /// <summary>Of <see cref="InAddrErrors"/>: the source is one no other host can have (RFC 1122 §3.2.1.3).</summary>
    public long InMartians { get; internal set; }

    /// <summary>Of <see cref="InAddrErrors"/>: refused because they carry a source route (RFC 7126 §4.3).</summary>
    public long InSourceRouted { get; internal set; }

    /// <summary>Dropped: nobody here speaks the protocol.</summary>
    public long InUnknownProtos { get; internal set; }

    /// <summary>Dropped for want of memory or because a bound was reached, though nothing was wrong with them.</summary>
    public long InDiscards { get; internal set; }

    /// <summary>Datagrams given to a protocol.</summary>
    public long InDelivers { get; internal set; }

    /// <summary>Broadcast datagrams received.</summary>
    public long InBcastPkts { get; internal set; }

    /// <summary>Multicast datagrams received.</summary>
    public long InMcastPkts { get; internal set; }

    /// <summary>Fragments received for us.</summary>
    public long ReasmReqds { get; internal set; }

    /// <summary>Datagrams put together again.</summary>
    public long ReasmOKs { get; internal set; }

    /// <summary>Reassemblies given up: time-out, overlap, bounds, or not enough memory.</summary>
    public long ReasmFails { get; internal set; }

    /// <summary>Datagrams that our protocols asked to send.</summary>
    public long OutRequests { get; internal set; }

    /// <summary>Not sent: no route to the destination.</summary>
    public long OutNoRoutes { get; internal set; }

    /// <summary>Not sent for want of memory, or refused below.</summary>
    public long OutDiscards { get; internal set; }

    /// <summary>Datagrams or fragments given to an interface.</summary>
    public long OutTransmits { get; internal set; }

    /// <summary>Datagrams larger than the MTU.</summary>
    public long OutFragReqds { get; internal set; }

    /// <summary>Of them, those sent in fragments.</summary>
    public long OutFragOKs { get; internal set; }

    /// <summary>Of them, those that could not be: DF, or want of memory.</summary>
    public long OutFragFails { get; internal set; }

    /// <summary>Fragments made.</summary>
    public long OutFragCreates { get; internal set; }
}
