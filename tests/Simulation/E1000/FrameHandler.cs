namespace KernelSockets.Simulation.E1000;

/// <summary>Takes a frame off the wire, without FCS.</summary>
public delegate void FrameHandler(ReadOnlySpan<byte> frame);
