namespace KernelSockets.Simulation.E1000;

/// <summary>What became of a frame on the wire.</summary>
public enum ReceiveOutcome
{
    /// <summary>It is in host memory.</summary>
    Delivered,

    /// <summary>It waits in the FIFO for descriptors or for a step.</summary>
    Queued,

    /// <summary>No room in the FIFO: counted in MPC.</summary>
    Missed,

    /// <summary>It was for another station.</summary>
    Filtered,

    /// <summary>Damaged or of illegal length: counted and dropped.</summary>
    Discarded,

    /// <summary>The receiver is off, there is no link, or the device has gone.</summary>
    Ignored,
}
