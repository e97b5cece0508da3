namespace KernelSockets.Simulation;

/// <summary>Writes what a device sends and receives into a pcap.</summary>
public sealed class TracingDevice(NetworkDevice inner, Clock clock, PcapWriter trace) : DeviceDecorator(inner)
{
    /// <inheritdoc/>
    public override Errno Transmit(PacketBuffer frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        trace.Write(clock.Now, frame.Data);
        return base.Transmit(frame);
    }

    /// <inheritdoc/>
    public override void Receive(PacketBuffer frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        trace.Write(clock.Now, frame.Data);
        base.Receive(frame);
    }
}
