namespace KernelSockets.Net;

/// <summary>Counters of TCP, named as in /proc/net/snmp and /proc/net/netstat (RFC 4022).</summary>
public sealed class TcpStatistics
{
    /// <summary>Connections opened by connect.</summary>
    public long ActiveOpens { get; internal set; }

    /// <summary>Connections opened by a peer.</summary>
    public long PassiveOpens { get; internal set; }

    /// <summary>Attempts that failed.</summary>
    public long AttemptFails { get; internal set; }

    /// <summary>Connections ended by a reset.</summary>
    public long EstabResets { get; internal set; }

    /// <summary>Segments received, bad ones counted.</summary>
    public long InSegs { get; internal set; }

    /// <summary>Segments received that were as predicted from the one before (see <see cref="HeaderPrediction"/>).</summary>
    public long PredictionHits { get; internal set; }

    /// <summary>Segments sent, without those sent again and resets without a connection.</summary>
    public long OutSegs { get; internal set; }

    /// <summary>Segments sent again.</summary>
    public long RetransSegs { get; internal set; }

    /// <summary>Segments dropped: malformed or with a bad checksum.</summary>
    public long InErrs { get; internal set; }

    /// <summary>Resets sent.</summary>
    public long OutRsts { get; internal set; }

    /// <summary>Of <see cref="InErrs"/>: bad checksums.</summary>
    public long InCsumErrors { get; internal set; }

    /// <summary>Challenge ACKs sent (RFC 5961).</summary>
    public long ChallengeAcks { get; internal set; }

    /// <summary>SYN cookies sent (RFC 4987).</summary>
    public long SyncookiesSent { get; internal set; }

    /// <summary>Valid SYN cookies that came back.</summary>
    public long SyncookiesRecv { get; internal set; }

    /// <summary>ACKs that looked like a cookie of ours and were none.</summary>
    public long SyncookiesFailed { get; internal set; }

    /// <summary>SYNs and finished handshakes dropped since the queue of finished ones was full.</summary>
    public long ListenOverflows { get; internal set; }

    /// <summary>SYNs dropped for whatever reason.</summary>
    public long ListenDrops { get; internal set; }

    /// <summary>Segments dropped by PAWS (RFC 7323).</summary>
    public long PawsDrops { get; internal set; }

    /// <summary>Retransmission time-outs.</summary>
    public long Timeouts { get; internal set; }

    /// <summary>Losses repaired before the time-out.</summary>
    public long FastRecoveries { get; internal set; }

    /// <summary>Losses that turned out to be none (RFC 4015).</summary>
    public long SpuriousRecoveries { get; internal set; }

    /// <summary>Tail loss probes (RFC 8985).</summary>
    public long LossProbes { get; internal set; }

    /// <summary>Connections given up after time-outs.</summary>
    public long AbortOnTimeout { get; internal set; }

    /// <summary>Connections reset since data came that nobody would read.</summary>
    public long AbortOnData { get; internal set; }

    /// <summary>Connections reset since they held memory that had run out, and their peers took nothing.</summary>
    public long AbortOnMemory { get; internal set; }

    /// <summary>Segments dropped since there was no memory for them.</summary>
    public long MemoryDrops { get; internal set; }

    /// <summary>Segments in TIME-WAIT dropped since there were too many of those.</summary>
    public long TimeWaitOverflows { get; internal set; }

    /// <summary>Connections established now.</summary>
    public long CurrEstab { get; internal set; }
}
