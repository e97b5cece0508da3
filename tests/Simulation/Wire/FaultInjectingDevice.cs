namespace KernelSockets.Simulation;

/// <summary>A device that fails at random: its transmit queue is full, or a received frame vanishes or is cut short.</summary>
/// <param name="inner">The device inside.</param>
/// <param name="seed">Seed of the faults.</param>
/// <param name="probability">Of a fault in each call, 0 to 1.</param>
public sealed class FaultInjectingDevice(NetworkDevice inner, int seed, double probability) : DeviceDecorator(inner)
{
    private readonly Random _random = new(seed);

    /// <summary>Faults so far.</summary>
    public long Faults { get; private set; }

    /// <inheritdoc/>
    public override Errno Transmit(PacketBuffer frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        if (!Happens())
        {
            return base.Transmit(frame);
        }

        frame.Release();
        return Errno.ENOBUFS;
    }

    /// <inheritdoc/>
    public override void Receive(PacketBuffer frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        if (!Happens())
        {
            base.Receive(frame);
        }
        else if (_random.Next(2) == 1)
        {
            frame.TrimTo(_random.Next(frame.Length + 1));
            base.Receive(frame);
        }
    }

    private bool Happens()
    {
        bool happens = _random.NextDouble() < probability;
        Faults += happens ? 1 : 0;
        return happens;
    }
}
