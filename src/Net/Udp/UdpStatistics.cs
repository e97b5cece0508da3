namespace KernelSockets.Net;

/// <summary>Counters of UDP, named as in /proc/net/snmp (RFC 4113).</summary>
public sealed class UdpStatistics
{
    /// <summary>Datagrams given to a socket.</summary>
    public long InDatagrams { get; internal set; }

    /// <summary>Datagrams for a port that no socket has.</summary>
    public long NoPorts { get; internal set; }

    /// <summary>Dropped: malformed, bad checksum, or a full queue.</summary>
    public long InErrors { get; internal set; }

    /// <summary>Datagrams sent.</summary>
    public long OutDatagrams { get; internal set; }

    /// <summary>Of <see cref="InErrors"/>: the queue of the socket was full.</summary>
    public long RcvbufErrors { get; internal set; }

    /// <summary>Not sent: no packet buffer, or a full transmit ring.</summary>
    public long SndbufErrors { get; internal set; }

    /// <summary>Of <see cref="InErrors"/>: bad checksum.</summary>
    public long InCsumErrors { get; internal set; }
}
