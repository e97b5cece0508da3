namespace KernelSockets.Net;

/// <summary>
/// What is known about a neighbour: the states of neighbour unreachability detection (RFC 4861 §7.3.2), used for ARP as Linux does.
/// </summary>
internal enum NeighbourState
{
    /// <summary>Being asked for by broadcast; packets wait.</summary>
    Incomplete,

    /// <summary>Confirmed recently.</summary>
    Reachable,

    /// <summary>Known, but not confirmed for a while; used when needed, which starts a check.</summary>
    Stale,

    /// <summary>Used while stale: time for a higher layer to show that it works.</summary>
    Delay,

    /// <summary>Being asked again, by unicast; packets go to the known address meanwhile.</summary>
    Probe,

    /// <summary>Did not answer.</summary>
    Failed,

    /// <summary>Entered by hand: never changes, ages or goes.</summary>
    Permanent,
}
