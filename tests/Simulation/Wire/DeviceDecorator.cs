namespace KernelSockets.Simulation;

/// <summary>A device around another one; by itself it changes nothing.</summary>
public abstract class DeviceDecorator(NetworkDevice inner) : NetworkDevice, IFrameReceiver
{
    private IFrameReceiver? _receiver;

    /// <summary>The device inside.</summary>
    protected NetworkDevice Inner => inner;

    /// <inheritdoc/>
    public override string Model => inner.Model;

    /// <inheritdoc/>
    public override MacAddress Address => inner.Address;

    /// <inheritdoc/>
    public override int Mtu => inner.Mtu;

    /// <inheritdoc/>
    public override bool IsLinkUp => inner.IsLinkUp;

    /// <inheritdoc/>
    public override NetworkDeviceStatistics Statistics => inner.Statistics;

    /// <inheritdoc/>
    public override bool IsPromiscuous
    {
        get => inner.IsPromiscuous;
        set => inner.IsPromiscuous = value;
    }

    /// <inheritdoc/>
    public override void SetMulticastFilter(ReadOnlySpan<MacAddress> groups, bool acceptsAll) => inner.SetMulticastFilter(groups, acceptsAll);

    /// <inheritdoc/>
    public override Errno Transmit(PacketBuffer frame) => inner.Transmit(frame);

    /// <inheritdoc/>
    public override int Poll(IFrameReceiver receiver, int budget)
    {
        _receiver = receiver;
        return inner.Poll(this, budget);
    }

    /// <inheritdoc/>
    public virtual void Receive(PacketBuffer frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        frame.Device = this;
        _receiver!.Receive(frame);
    }
}
