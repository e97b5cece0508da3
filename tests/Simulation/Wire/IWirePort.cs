namespace KernelSockets.Simulation;

/// <summary>Something attached to a simulated wire.</summary>
public interface IWirePort
{
    /// <summary>A frame arrives.</summary>
    /// <param name="frame">The whole frame without FCS; valid during the call.</param>
    void Arrive(ReadOnlySpan<byte> frame);
}
