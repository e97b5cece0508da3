namespace KernelSockets.Simulation.E1000;

/// <summary>What is wrong with a frame on the wire.</summary>
public enum ReceiveFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The CRC does not fit.</summary>
    BadCrc,

    /// <summary>The PHY raised RX_ER.</summary>
    DataError,
}
