using System.Buffers.Binary;

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
    private MacAddress[] _groups = [];
    private bool _acceptsAllGroups;

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

    /// <summary>True for a card that inserts checksums, cuts TCP data into segments and hands received frames over in batches.</summary>
    public bool IsOffloading { get; init; }

    /// <inheritdoc/>
    public override bool InsertsChecksums => IsOffloading;

    /// <inheritdoc/>
    public override int SegmentationLimit => IsOffloading ? ushort.MaxValue - (2 * 60) : 0;

    /// <summary>Packets that the stack has handed over, each of one or more frames.</summary>
    public long Handed { get; private set; }

    /// <summary>Those of them that are cut into full segments only: QEMU's e1000 sends one more frame, without data, behind each.</summary>
    public int HandedFull { get; private set; }

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
    public override void SetMulticastFilter(ReadOnlySpan<MacAddress> groups, bool acceptsAll)
    {
        _groups = groups.ToArray();
        _acceptsAllGroups = acceptsAll;
    }

    /// <inheritdoc/>
    public override Errno Transmit(PacketBuffer frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        Errno result = Check(frame);
        if (result == Errno.Success)
        {
            Handed++;
            SendParts(frame);
        }

        frame.Release();
        return result;
    }

    /// <inheritdoc/>
    public override int Poll(IFrameReceiver receiver, int budget)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        int count = 0;
        BeginBatch(receiver);
        while (count < budget && _ring.TryDequeue(out PacketBuffer? frame))
        {
            receiver.Receive(frame);
            frame.Release();
            count++;
        }

        EndBatch(receiver);
        return count;
    }

    /// <inheritdoc/>
    public void Arrive(ReadOnlySpan<byte> frame)
    {
        MacAddress destination = frame.Length >= HeaderSize ? MacAddress.Read(frame) : MacAddress.Any;
        bool isWanted = destination.IsMulticast
            ? destination.IsBroadcast || _acceptsAllGroups || _groups.Contains(destination)
            : destination == Address;
        if (!_isLinkUp || !(IsPromiscuous || isWanted))
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
        if (frame.Length < HeaderSize || frame.Length + frame.SegmentSize > Mtu + HeaderSize)
        {
            _statistics.TransmitErrors++;
            return Errno.EMSGSIZE;
        }

        if (!_isLinkUp)
        {
            _statistics.TransmitCarrierErrors += frame.SegmentCount;
            return Errno.ENETDOWN;
        }

        return Errno.Success;
    }

    private void SendParts(PacketBuffer frame)
    {
        int transport = frame.ChecksumStart - frame.Start;
        if (frame.SegmentSize > 0)
        {
            List<byte> packet = [.. frame.Data];
            foreach (PacketFragment fragment in frame.Fragments)
            {
                packet.AddRange(fragment.Data);
            }

            HandedFull += (packet.Count - frame.Length) % frame.SegmentSize == 0 ? 1 : 0;
            TcpSegmentation.Cut([.. packet], transport, frame.Length, frame.SegmentSize, Send);
            return;
        }

        byte[] bytes = frame.Data.ToArray();
        if (frame.IsChecksumPartial)
        {
            ushort checksum = (ushort)~OnesComplement.Sum(bytes.AsSpan(transport), 0);
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(frame.ChecksumField - frame.Start), checksum == 0 ? ushort.MaxValue : checksum);
        }

        Send(bytes);
    }

    private void Send(ReadOnlySpan<byte> frame)
    {
        _statistics.TransmittedPackets++;
        _statistics.TransmittedBytes += frame.Length;
        _wire.Send(this, frame);
    }

    private void BeginBatch(IFrameReceiver receiver)
    {
        if (IsOffloading)
        {
            receiver.BeginBatch();
        }
    }

    private void EndBatch(IFrameReceiver receiver)
    {
        if (IsOffloading)
        {
            receiver.EndBatch();
        }
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
