namespace KernelSockets;

/// <summary>Counters of a network device, named as in Linux's <c>struct rtnl_link_stats64</c>.</summary>
public sealed class NetworkDeviceStatistics
{
    /// <summary>Good frames received.</summary>
    public long ReceivedPackets { get; set; }

    /// <summary>Bytes in them, link header included, FCS not.</summary>
    public long ReceivedBytes { get; set; }

    /// <summary>Frames the device marked as bad: CRC, symbol, sequence, alignment.</summary>
    public long ReceiveErrors { get; set; }

    /// <summary>Good frames dropped for want of a buffer in host memory.</summary>
    public long ReceiveDropped { get; set; }

    /// <summary>Frames that the device missed because its ring or FIFO was full.</summary>
    public long ReceiveMissed { get; set; }

    /// <summary>Frames longer or shorter than Ethernet allows.</summary>
    public long ReceiveLengthErrors { get; set; }

    /// <summary>Multicast frames received, broadcast included.</summary>
    public long Multicast { get; set; }

    /// <summary>Frames sent.</summary>
    public long TransmittedPackets { get; set; }

    /// <summary>Bytes in them, link header included, FCS not.</summary>
    public long TransmittedBytes { get; set; }

    /// <summary>Frames that failed on the wire.</summary>
    public long TransmitErrors { get; set; }

    /// <summary>Frames dropped because the transmit queue was full.</summary>
    public long TransmitDropped { get; set; }

    /// <summary>Frames dropped because there was no carrier.</summary>
    public long TransmitCarrierErrors { get; set; }

    /// <summary>Interrupts taken.</summary>
    public long Interrupts { get; set; }

    /// <summary>Times the link came up or went down.</summary>
    public long LinkChanges { get; set; }
}
