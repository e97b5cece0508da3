namespace KernelSockets.Simulation;

/// <summary>A tester's port: sends any bytes and keeps every frame it sees.</summary>
public sealed class WireProbe : IWirePort
{
    private readonly SimulatedWire _wire;
    private readonly List<byte[]> _frames = [];

    /// <summary>Attaches a probe to a wire.</summary>
    public WireProbe(SimulatedWire wire)
    {
        ArgumentNullException.ThrowIfNull(wire);
        _wire = wire;
        wire.Attach(this);
    }

    /// <summary>Called with each frame as it arrives, for testers that answer.</summary>
    public Action<byte[]>? Arrived { get; set; }

    /// <summary>Frames seen and not yet taken, oldest first.</summary>
    public IReadOnlyList<byte[]> Frames => _frames;

    /// <inheritdoc/>
    public void Arrive(ReadOnlySpan<byte> frame)
    {
        byte[] copy = frame.ToArray();
        _frames.Add(copy);
        Arrived?.Invoke(copy);
    }

    /// <summary>Sends a frame.</summary>
    public void Send(ReadOnlySpan<byte> frame) => _wire.Send(this, frame);

    /// <summary>Takes all frames seen so far.</summary>
    public byte[][] Take()
    {
        byte[][] frames = [.. _frames];
        _frames.Clear();
        return frames;
    }
}
