namespace KernelSockets.Simulation.E1000;

/// <summary>What a device says of received checksums.</summary>
public enum ChecksumBehaviour
{
    /// <summary>It calculates them (§3.2.9).</summary>
    Calculated,

    /// <summary>IXSM is always set.</summary>
    Ignored,

    /// <summary>IPCS and TCPCS are always set, without a look at the frame.</summary>
    AlwaysClaimed,
}
