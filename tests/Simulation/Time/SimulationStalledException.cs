namespace KernelSockets.Simulation;

/// <summary>A simulated task waits without a deadline while no event is left that could wake it.</summary>
public sealed class SimulationStalledException : Exception
{
    /// <summary>Without a reason.</summary>
    public SimulationStalledException()
    {
    }

    /// <summary>With the reason.</summary>
    public SimulationStalledException(string message)
        : base(message)
    {
    }

    /// <summary>With the reason and a cause.</summary>
    public SimulationStalledException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
