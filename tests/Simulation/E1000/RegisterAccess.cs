namespace KernelSockets.Simulation.E1000;

/// <summary>What a driver may do with a register.</summary>
public enum RegisterAccess
{
    /// <summary>Both.</summary>
    ReadWrite,

    /// <summary>Read.</summary>
    ReadOnly,

    /// <summary>Write.</summary>
    WriteOnly,
}
