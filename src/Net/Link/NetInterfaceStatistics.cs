namespace KernelSockets.Net;

/// <summary>What an interface did with frames that its device had delivered; named after RFC 2863's ifTable where it has a name.</summary>
public sealed class NetInterfaceStatistics
{
    /// <summary>Frames handed over by the device.</summary>
    public long InFrames { get; internal set; }

    /// <summary>Frames dropped because the interface is down (ifInDiscards).</summary>
    public long InDiscards { get; internal set; }

    /// <summary>Frames shorter than an Ethernet header, or from a multicast source (ifInErrors).</summary>
    public long InErrors { get; internal set; }

    /// <summary>Frames for other stations, seen while promiscuous.</summary>
    public long InOtherHost { get; internal set; }

    /// <summary>Frames of a type nobody here speaks (ifInUnknownProtos).</summary>
    public long InUnknownProtos { get; internal set; }

    /// <summary>Frames given to the device.</summary>
    public long OutFrames { get; internal set; }

    /// <summary>Frames the device refused, or that were sent while the interface is down (ifOutDiscards).</summary>
    public long OutDiscards { get; internal set; }
}
