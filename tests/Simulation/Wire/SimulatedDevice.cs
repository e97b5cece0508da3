namespace KernelSockets.Simulation;

/// <summary>An Ethernet card on a simulated wire: a bounded receive ring, an interrupt, address filter, link that can be pulled.</summary>
public sealed class SimulatedDevice : NetworkDevice, IWirePort
{
    /// <summary>Frames the receive ring holds.</summary>
    public const int RingSize = 256;

    private const int HeaderSize = 14;

    private readonly SimulatedWire _wire;
    private readonly SimulatedTime _time;
    private readonly PacketBufferPool _pool;
    private readonly PacketQueue _ring = new(RingSize);
    private readonly NetworkDeviceStatistics _statistics = new();
    private bool _isLinkUp = true;

    /// <summary>Attaches a card to a wire.</summary>
    public SimulatedDevice(SimulatedTime time, SimulatedWire wire, PacketBufferPool pool, MacAddress address)
    {
        ArgumentNullException.ThrowIfNull(wire);
        _time = time;
        _wire = wire;
        _pool = pool;
        Address = address;
        wire.Attach(this);
    }

    /// <inheritdoc/>
    public override string Model => "simulated";

    /// <inheritdoc/>
    public override MacAddress Address { get; }

    /// <inheritdoc/>
    public override int Mtu => 1500;

    /// <inheritdoc/>
    public override bool IsLinkUp => _isLinkUp;

    /// <inheritdoc/>
    public override NetworkDeviceStatistics Statistics => _statistics;

    /// <inheritdoc/>
    public override bool IsPromiscuous { get; set; }

    /// <summary>Called when a frame was put into the ring or the link changed: the interrupt.</summary>
    public Action? Interrupt { get; set; }

    /// <summary>Plugs the cable in or out.</summary>
    public void SetLink(bool isUp)
    {
        _isLinkUp = isUp;
        _statistics.LinkChanges++;
        RaiseInterrupt();
    }

    /// <inheritdoc/>
    public override Errno Transmit(PacketBuffer frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        Errno result = Check(frame);
        if (result == Errno.Success)
        {
            _statistics.TransmittedPackets++;
            _statistics.TransmittedBytes += frame.Length;
            _wire.Send(this, frame.Data);
        }

        frame.Release();
        return result;
    }

    /// <inheritdoc/>
    public override int Poll(IFrameReceiver receiver, int budget)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        int count = 0;
        while (count < budget && _ring.TryDequeue(out PacketBuffer? frame))
        {
            receiver.Receive(frame);
            count++;
        }

        return count;
    }

    /// <inheritdoc/>
    public void Arrive(ReadOnlySpan<byte> frame)
    {
        MacAddress destination = frame.Length >= HeaderSize ? MacAddress.Read(frame) : MacAddress.Any;
        if (!_isLinkUp || !(IsPromiscuous || destination.IsMulticast || destination == Address))
        {
            return;
        }

        if (frame.Length is < HeaderSize or > PacketBufferPool.BufferSize)
        {
            _statistics.ReceiveLengthErrors++;
        }
        else if (_ring.Count == RingSize)
        {
            _statistics.ReceiveMissed++;
        }
        else if (_pool.TryTake() is { } buffer)
        {
            Accept(buffer, frame);
        }
        else
        {
            _statistics.ReceiveDropped++;
        }
    }

    private Errno Check(PacketBuffer frame)
    {
        if (frame.Length < HeaderSize || frame.Length > Mtu + HeaderSize)
        {
            _statistics.TransmitErrors++;
            return Errno.EMSGSIZE;
        }

        if (!_isLinkUp)
        {
            _statistics.TransmitCarrierErrors++;
            return Errno.ENETDOWN;
        }

        return Errno.Success;
    }

    private void Accept(PacketBuffer buffer, ReadOnlySpan<byte> frame)
    {
        buffer.SetReceived(0, frame.Length);
        frame.CopyTo(buffer.Data);
        buffer.Device = this;
        buffer.ReceivedAt = _time.Now;
        _statistics.ReceivedPackets++;
        _statistics.ReceivedBytes += frame.Length;
        _statistics.Multicast += MacAddress.Read(frame).IsMulticast ? 1 : 0;
        _ring.TryEnqueue(buffer);
        RaiseInterrupt();
    }

    private void RaiseInterrupt()
    {
        _statistics.Interrupts++;
        Interrupt?.Invoke();
    }
}
