namespace KernelSockets.Drivers.E1000;

/// <summary>What one reclaim of the transmit ring counted.</summary>
internal struct TransmitTally
{
    /// <summary>Frames sent.</summary>
    public int Packets;

    /// <summary>Bytes in them.</summary>
    public long Bytes;

    /// <summary>Frames that failed on the wire.</summary>
    public int Errors;
}
