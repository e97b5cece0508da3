namespace KernelSockets.Drivers.E1000;

/// <summary>What one pass over the receive ring counted; added to the statistics under the device's lock.</summary>
internal struct ReceiveTally
{
    /// <summary>Frames handed over.</summary>
    public int Packets;

    /// <summary>Bytes in them.</summary>
    public long Bytes;

    /// <summary>Those with the group bit.</summary>
    public int Multicast;

    /// <summary>Frames marked as damaged.</summary>
    public int Errors;

    /// <summary>Frames too short, too long or spread over several buffers.</summary>
    public int LengthErrors;

    /// <summary>Good frames for which there was no buffer.</summary>
    public int Dropped;
}
