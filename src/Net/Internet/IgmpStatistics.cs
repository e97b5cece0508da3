namespace KernelSockets.Net;

/// <summary>Counters of IGMP, named as in RFC 5519's and BSD's tables where those have a name.</summary>
public sealed class IgmpStatistics
{
    /// <summary>Messages received, those in error included.</summary>
    public long InMsgs { get; internal set; }

    /// <summary>Dropped: too short, bad checksum, a length no version has, or about an address that is no group.</summary>
    public long InErrors { get; internal set; }

    /// <summary>Queries received.</summary>
    public long InQueries { get; internal set; }

    /// <summary>Other hosts' reports received about groups we are in.</summary>
    public long InReports { get; internal set; }

    /// <summary>Messages that are no host's concern: leaves, reports of version 3, other types.</summary>
    public long InIgnored { get; internal set; }

    /// <summary>Reports of ours that another host's made needless.</summary>
    public long ReportsSuppressed { get; internal set; }

    /// <summary>Reports sent.</summary>
    public long OutReports { get; internal set; }

    /// <summary>Leaves sent.</summary>
    public long OutLeaves { get; internal set; }

    /// <summary>Messages not sent: no carrier, no buffer, or the device refused.</summary>
    public long OutErrors { get; internal set; }
}
