namespace KernelSockets.Net;

/// <summary>Counters of ARP. No MIB names most of them; those that Linux shows in /proc/net/stat/arp_cache have its names.</summary>
public sealed class ArpStatistics
{
    /// <summary>ARP packets received.</summary>
    public long InPackets { get; internal set; }

    /// <summary>Packets dropped because they are malformed, of other hardware or protocol, or name impossible addresses.</summary>
    public long InErrors { get; internal set; }

    /// <summary>Requests received for our address.</summary>
    public long InRequests { get; internal set; }

    /// <summary>Replies received for our address.</summary>
    public long InReplies { get; internal set; }

    /// <summary>Requests sent.</summary>
    public long OutRequests { get; internal set; }

    /// <summary>Replies sent.</summary>
    public long OutReplies { get; internal set; }

    /// <summary>Announcements and defences sent (RFC 5227).</summary>
    public long OutAnnouncements { get; internal set; }

    /// <summary>Probes for addresses we want to have sent (RFC 5227 §2.1.1).</summary>
    public long OutProbes { get; internal set; }

    /// <summary>ARP packets not sent for want of a buffer or because the device refused.</summary>
    public long OutDiscards { get; internal set; }

    /// <summary>Packets that claimed our address for another station.</summary>
    public long AddressConflicts { get; internal set; }

    /// <summary>Packets that showed that another station has, or wants, the address we probed for.</summary>
    public long ProbeConflicts { get; internal set; }

    /// <summary>Changes of a neighbour's hardware address ignored because the last one was too recent.</summary>
    public long UpdatesRefused { get; internal set; }

    /// <summary>Neighbours that did not answer.</summary>
    public long ResolutionsFailed { get; internal set; }

    /// <summary>Neighbours pushed out because the table was full.</summary>
    public long Evictions { get; internal set; }

    /// <summary>Neighbours refused because the table was full of permanent ones.</summary>
    public long TableFulls { get; internal set; }

    /// <summary>Packets dropped because too many waited for a neighbour.</summary>
    public long UnresolvedDiscards { get; internal set; }

    /// <summary>Packets dropped because their neighbour did not answer or was forgotten.</summary>
    public long UnreachableDiscards { get; internal set; }
}
