namespace KernelSockets.Simulation.E1000;

/// <summary>The driver did something that the manual forbids; real hardware would hang, or write over memory that is not its.</summary>
public sealed class DriverErrorException : Exception
{
    /// <summary>For serialisers.</summary>
    public DriverErrorException()
    {
    }

    /// <summary>What the driver did.</summary>
    public DriverErrorException(string message)
        : base(message)
    {
    }

    /// <summary>What the driver did, and how it showed.</summary>
    public DriverErrorException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
