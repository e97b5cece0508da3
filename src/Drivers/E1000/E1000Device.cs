namespace KernelSockets.Drivers.E1000;

/// <summary>
/// The driver of Intel's 8254x gigabit Ethernet controllers, after the "PCI/PCI-X Family of Gigabit Ethernet Controllers Software
/// Developer's Manual (8254x)".
/// </summary>
/// <remarks>
/// <para>
/// One task, the network task, calls <see cref="Start"/>, <see cref="Poll(IFrameReceiver, int)"/> and <see cref="Stop"/>; any task calls the rest. The task
/// waits for the interrupt until <see cref="PollDeadline"/>, polls until less than the budget is returned, unmasks the interrupt line and
/// waits again. The interrupt handler proper only masks the line and wakes the task; all registers are touched in task context.
/// </para>
/// <para>
/// The lock protects the transmit ring, the control registers and the statistics. The receive ring belongs to the network task and has none,
/// so that the stack is never called with the lock held. Only <see cref="TryCreate"/>, <see cref="Stop"/> and recovery from a fault
/// busy-wait, for some 15 ms each.
/// </para>
/// </remarks>
public sealed class E1000Device : NetworkDevice
{
    /// <summary>Interrupts that are on whenever the device runs.</summary>
    private const InterruptCauses BaseInterrupts = InterruptCauses.LinkStatusChange | InterruptCauses.ReceiveSequenceError
        | InterruptCauses.ReceiveDescriptorsLow | InterruptCauses.ReceiveOverrun | InterruptCauses.ReceiveTimer;

    /// <summary>
    /// From so many frames in flight on, sent frames raise an interrupt. Below, they are reclaimed in passing: an interrupt for each
    /// would cost more than the memory it frees.
    /// </summary>
    private const int TransmitInterruptThreshold = 128;

    /// <summary>How long no frame may get out of the ring with the link up before the transmitter counts as hung, as in Linux.</summary>
    private static readonly TimeSpan s_hangTimeout = TimeSpan.FromSeconds(2);

    /// <summary>How soon after the last poll sent frames are reclaimed when nothing else happens.</summary>
    private static readonly TimeSpan s_reclaimInterval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly Controller _controller;
    private readonly Phy? _phy;
    private readonly ReceiveRing _receive;
    private readonly TransmitRing _transmit;
    private readonly HardwareCounters _counters;
    private readonly NetworkDeviceStatistics _statistics = new();
    private readonly Clock _clock;
    private volatile State _state;
    private volatile bool _isLinkUp;
    private bool _isReset = true;
    private bool _isPromiscuous;
    private bool _isBurst;
    private InterruptCauses _enabledInterrupts;
    private Instant _progressAt;
    private Instant _polledAt;

    private E1000Device(
        RegisterSpace registers,
        Clock clock,
        Chip chip,
        Controller controller,
        MacAddress address,
        ReceiveRing receive,
        TransmitRing transmit)
    {
        _clock = clock;
        _controller = controller;
        _phy = chip.HasInternalPhy ? new Phy(registers, clock) : null;
        _receive = receive;
        _transmit = transmit;
        _counters = new HardwareCounters(registers);
        Model = chip.Model;
        Address = address;
    }

    private enum State
    {
        /// <summary>Reset; owns no buffers.</summary>
        Stopped,

        /// <summary>Sends and receives.</summary>
        Running,

        /// <summary>Gone or beyond recovery; the receive ring keeps its buffers until <see cref="Stop"/>.</summary>
        Failed,
    }

    /// <inheritdoc/>
    public override string Model { get; }

    /// <inheritdoc/>
    public override MacAddress Address { get; }

    /// <inheritdoc/>
    public override int Mtu => Frame.Mtu;

    /// <inheritdoc/>
    public override bool IsLinkUp => _isLinkUp;

    /// <summary>Why the device has stopped by itself: <see cref="Errno.ENODEV"/> when it left the bus, <see cref="Errno.EIO"/> when a reset
    /// did not bring it back; else <see cref="Errno.Success"/>.</summary>
    public Errno Failure { get; private set; }

    /// <summary>How often the transmitter hung and the device was reset.</summary>
    public long TransmitHangs { get; private set; }

    /// <summary>Speed of the link in Mb/s; 0 without one.</summary>
    public int LinkSpeed { get; private set; }

    /// <summary>True while the link is full duplex.</summary>
    public bool IsFullDuplex { get; private set; }

    /// <inheritdoc/>
    /// <remarks>Reads the device's own counters first, so that they are up to date.</remarks>
    public override NetworkDeviceStatistics Statistics
    {
        get
        {
            lock (_gate)
            {
                if (_state == State.Running)
                {
                    Reclaim(_clock.Now);
                    _counters.AddTo(_statistics);
                }

                return _statistics;
            }
        }
    }

    /// <inheritdoc/>
    public override bool IsPromiscuous
    {
        get => Volatile.Read(ref _isPromiscuous);
        set
        {
            lock (_gate)
            {
                if (value != _isPromiscuous && _state == State.Running)
                {
                    _controller.SetReceiveFilter(value);
                }

                _isPromiscuous = value;
            }
        }
    }

    /// <inheritdoc/>
    public override void SetMulticastFilter(ReadOnlySpan<MacAddress> groups, bool acceptsAll)
    {
        lock (_gate)
        {
            _controller.SetMulticastFilter(groups, acceptsAll, _state == State.Running);
        }
    }

    /// <summary>True when frames have arrived that <see cref="Poll(IFrameReceiver, int)"/> would hand over. Reads memory only.</summary>
    public bool HasArrivals => _state == State.Running && _receive.HasWork;

    /// <summary>What the device changes in memory when the next frame arrives. For the network task, after a poll.</summary>
    public MemoryMark NextArrival => _receive.NextArrival;

    /// <summary>True when <see cref="Poll(IFrameReceiver, int)"/> would find received frames or sent ones to reclaim. Reads memory only, no register.</summary>
    public bool HasWork
    {
        get
        {
            lock (_gate)
            {
                return _state == State.Running && (_receive.HasWork || _transmit.HasWork);
            }
        }
    }

    /// <summary>
    /// When <see cref="Poll(IFrameReceiver, int)"/> wants to be called even without an interrupt: to reclaim sent frames and to watch over the transmitter.
    /// <see cref="Instant.Never"/> when nothing is in flight, so an idle machine needs no timer.
    /// </summary>
    public Instant PollDeadline
    {
        get
        {
            lock (_gate)
            {
                Instant last = _polledAt > _progressAt ? _polledAt : _progressAt;
                return _state == State.Running && _transmit.InFlight > 0 ? last + s_reclaimInterval : Instant.Never;
            }
        }
    }

    /// <summary>True for a PCI function that this driver serves.</summary>
    /// <param name="vendorId">PCI vendor number.</param>
    /// <param name="deviceId">PCI device number.</param>
    public static bool Supports(ushort vendorId, ushort deviceId) => vendorId == Chip.IntelVendorId && Chip.TryFind(deviceId, out _);

    /// <summary>Resets a device, reads its address and allocates its rings. It is silent until <see cref="Start"/>.</summary>
    /// <param name="registers">BAR 0. Memory space and bus mastering must be on in the PCI command register.</param>
    /// <param name="allocator">For two rings of one page each.</param>
    /// <param name="pool">For packet buffers; <see cref="Start"/> takes 256 of them, and a spare one.</param>
    /// <param name="clock">For time-outs.</param>
    /// <param name="deviceId">PCI device number, vendor 8086h.</param>
    /// <param name="device">The device; null on failure.</param>
    /// <returns><see cref="Errno.Success"/>; <see cref="Errno.ENODEV"/> for an unknown or absent device; <see cref="Errno.EIO"/> when it
    /// does not come out of reset; <see cref="Errno.ENXIO"/> when it has no address; <see cref="Errno.ENOMEM"/>.</returns>
    public static Errno TryCreate(
        RegisterSpace registers, DmaAllocator allocator, PacketBufferPool pool, Clock clock, ushort deviceId, out E1000Device? device)
    {
        ArgumentNullException.ThrowIfNull(registers);
        ArgumentNullException.ThrowIfNull(allocator);
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(clock);
        device = null;
        if (!Chip.TryFind(deviceId, out Chip chip))
        {
            return Errno.ENODEV;
        }

        Controller controller = new(registers, clock, chip);
        Errno error = controller.Reset();
        if (error != Errno.Success)
        {
            return error;
        }

        if (!controller.TryReadAddress(out MacAddress address))
        {
            return Errno.ENXIO;
        }

        DmaBlock? receiveMemory = DescriptorRing.Allocate(allocator);
        DmaBlock? transmitMemory = DescriptorRing.Allocate(allocator);
        if (receiveMemory is null || transmitMemory is null)
        {
            return Errno.ENOMEM;
        }

        ReceiveRing receive = new(registers, pool, receiveMemory, chip.Is82540OrLater ? 0 : Frame.FcsSize);
        TransmitRing transmit = new(registers, transmitMemory);
        device = new E1000Device(registers, clock, chip, controller, address, receive, transmit);
        return Errno.Success;
    }

    /// <summary>Takes receive buffers, starts both engines and turns interrupts on. Does nothing when running.</summary>
    /// <returns><see cref="Errno.ENOBUFS"/> when the pool has not enough buffers; <see cref="Errno.ENODEV"/> or <see cref="Errno.EIO"/>
    /// from the device; <see cref="Errno.EBUSY"/> after a failure that <see cref="Stop"/> has not cleared yet.</returns>
    public Errno Start()
    {
        lock (_gate)
        {
            if (_state != State.Stopped)
            {
                return _state == State.Running ? Errno.Success : Errno.EBUSY;
            }

            Errno error = _isReset ? Errno.Success : _controller.Reset();
            error = error == Errno.Success && _phy is not null ? _phy.EnsureNegotiation() : error;
            error = error == Errno.Success ? _receive.TryFill() : error;
            if (error == Errno.Success)
            {
                Failure = Errno.Success;
                Run();
            }

            return error;
        }
    }

    /// <summary>Turns interrupts off, resets the device so that it leaves memory alone, and gives all buffers back.</summary>
    /// <returns><see cref="Errno.EIO"/> when the reset does not end; the receive ring keeps its buffers then, since the device might still
    /// write to them.</returns>
    public Errno Stop()
    {
        lock (_gate)
        {
            if (_state == State.Stopped)
            {
                return Errno.Success;
            }

            if (_state == State.Running)
            {
                Reclaim(_clock.Now);
                _counters.AddTo(_statistics);
            }

            _state = State.Stopped;
            _enabledInterrupts = 0;
            SetLink(0);
            Errno error = _controller.Reset();
            _isReset = error == Errno.Success;
            if (error == Errno.EIO)
            {
                _state = State.Failed;
                Failure = error;
                return error;
            }

            _statistics.TransmitErrors += _transmit.Rewind();
            RewindReceive();
            _receive.Release();
            return Errno.Success;
        }
    }

    /// <inheritdoc/>
    public override bool InsertsChecksums => true;

    /// <inheritdoc/>
    /// <remarks>What an IPv4 packet can hold beside its headers and TCP's, at most 60 bytes each.</remarks>
    public override int SegmentationLimit => ushort.MaxValue - (2 * 60);

    /// <inheritdoc/>
    public override Errno Transmit(PacketBuffer frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        if (frame.Length < Frame.HeaderSize || frame.Length + frame.SegmentSize > Frame.Maximum)
        {
            frame.Release();
            return Errno.EMSGSIZE;
        }

        lock (_gate)
        {
            if (_state != State.Running || !_isLinkUp)
            {
                _statistics.TransmitCarrierErrors += frame.SegmentCount;
                frame.Release();
                return Errno.ENETDOWN;
            }

            return Enqueue(frame);
        }
    }

    /// <inheritdoc/>
    public override void BeginBurst()
    {
        lock (_gate)
        {
            _isBurst = true;
        }
    }

    /// <inheritdoc/>
    public override void EndBurst()
    {
        lock (_gate)
        {
            _isBurst = false;
            if (_state == State.Running)
            {
                Publish();
            }
        }
    }

    /// <inheritdoc/>
    public override int Poll(IFrameReceiver receiver, int budget) => Poll(receiver, budget, isWatched: false);

    /// <summary>As <see cref="Poll(IFrameReceiver, int)"/>.</summary>
    /// <param name="receiver">Gets the frames.</param>
    /// <param name="budget">Most frames.</param>
    /// <param name="isWatched">
    /// True to leave the causes pending: the caller keeps the interrupt line masked, watches <see cref="NextArrival"/> and polls again in good time, since neither the
    /// link nor the transmitter is looked after meanwhile.
    /// </param>
    /// <returns>Frames handed over.</returns>
    public int Poll(IFrameReceiver receiver, int budget, bool isWatched)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        ArgumentOutOfRangeException.ThrowIfLessThan(budget, 1);
        lock (_gate)
        {
            if (_state != State.Running)
            {
                return 0;
            }
        }

        Instant now = _clock.Now;
        ReceiveTally tally = default;
        InterruptCauses causes = default;
        Serve(receiver, budget, now, ref tally);
        if (tally.Packets < budget && !isWatched)
        {
            lock (_gate)
            {
                causes = AcknowledgeInterrupts();
            }

            // The causes were cleared before the ring is read again: a frame that comes later sets its cause again and is not lost.
            Serve(receiver, budget, now, ref tally);
        }

        lock (_gate)
        {
            Account(tally);
            Supervise(causes, now);
            if (!isWatched && tally.Packets < budget && _state == State.Running)
            {
                SelectInterrupts();
            }
        }

        return tally.Packets;
    }

    private void Serve(IFrameReceiver receiver, int budget, Instant now, ref ReceiveTally tally)
    {
        if (_receive.HasWork)
        {
            receiver.BeginBatch();
            try
            {
                _receive.Serve(receiver, this, budget, now, ref tally);
            }
            finally
            {
                receiver.EndBatch();
            }
        }
    }

    /// <summary>Reads and clears the pending causes, so that the device no longer asserts its line. Lock held.</summary>
    /// <returns>None when the device has left the bus.</returns>
    private InterruptCauses AcknowledgeInterrupts()
    {
        InterruptCauses causes = _controller.ReadCauses();
        if (causes == InterruptCauses.All && !_controller.IsPresent)
        {
            Fail(Errno.ENODEV);
            return default;
        }

        if ((causes & _enabledInterrupts) != 0)
        {
            _statistics.Interrupts++;
        }

        return causes;
    }

    /// <summary>
    /// Turns on the interrupts that are wanted now; one that is pending is raised at once. They stay on while the task polls, since its line is masked
    /// meanwhile: that saves two register accesses an interrupt. Lock held.
    /// </summary>
    private void SelectInterrupts()
    {
        InterruptCauses wanted = BaseInterrupts;
        wanted |= _transmit.InFlight >= TransmitInterruptThreshold ? InterruptCauses.TransmitDescriptorWritten : 0;
        if ((_enabledInterrupts & ~wanted) != 0)
        {
            _controller.MaskInterrupts(_enabledInterrupts & ~wanted);
        }

        if ((wanted & ~_enabledInterrupts) != 0)
        {
            _controller.UnmaskInterrupts(wanted & ~_enabledInterrupts);
        }

        _enabledInterrupts = wanted;
    }

    /// <summary>Lock held, link up.</summary>
    private Errno Enqueue(PacketBuffer frame)
    {
        if (_transmit.InFlight == 0)
        {
            _progressAt = _clock.Now;
        }

        if (!_transmit.TryPush(frame) && !TryPushAgain(frame))
        {
            _statistics.TransmitDropped += frame.SegmentCount;
            frame.Release();
            return Errno.ENOBUFS;
        }

        if (!_isBurst)
        {
            Publish();
        }

        return Errno.Success;
    }

    /// <summary>The ring was full: perhaps it is not when what has been sent is taken out. Lock held.</summary>
    private bool TryPushAgain(PacketBuffer frame)
    {
        _transmit.Publish();
        Reclaim(_clock.Now);
        return _transmit.TryPush(frame);
    }

    /// <summary>Lets the device send. Lock held.</summary>
    private void Publish()
    {
        if (_transmit.Publish())
        {
            ReclaimInPassing();
        }
    }

    /// <summary>
    /// Emulated devices have sent the frame when the doorbell write returns; real ones have finished some earlier ones. Lock held.
    /// </summary>
    private void ReclaimInPassing()
    {
        if (_transmit.HasWork)
        {
            Reclaim(_clock.Now);
        }

        bool isArmed = (_enabledInterrupts & InterruptCauses.TransmitDescriptorWritten) != 0;
        if (_enabledInterrupts != 0 && !isArmed && _transmit.InFlight >= TransmitInterruptThreshold)
        {
            _enabledInterrupts |= InterruptCauses.TransmitDescriptorWritten;
            _controller.UnmaskInterrupts(InterruptCauses.TransmitDescriptorWritten);
        }
    }

    /// <summary>Releases sent frames. Lock held.</summary>
    private void Reclaim(Instant now)
    {
        TransmitTally tally = default;
        if (_transmit.Reclaim(ref tally) == 0)
        {
            return;
        }

        _progressAt = now;
        _statistics.TransmittedPackets += tally.Packets;
        _statistics.TransmittedBytes += tally.Bytes;
        _statistics.TransmitErrors += tally.Errors;
    }

    /// <summary>Lock held.</summary>
    private void Account(in ReceiveTally tally)
    {
        _statistics.ReceivedPackets += tally.Packets;
        _statistics.ReceivedBytes += tally.Bytes;
        _statistics.Multicast += tally.Multicast;
        _statistics.ReceiveErrors += tally.Errors;
        _statistics.ReceiveLengthErrors += tally.LengthErrors;
        _statistics.ReceiveDropped += tally.Dropped;
    }

    /// <summary>Empties the receive ring of a device that has been reset. Lock held, called by the network task.</summary>
    private void RewindReceive()
    {
        ReceiveTally tally = default;
        _receive.Rewind(ref tally);
        Account(tally);
    }

    /// <summary>Looks after the link, missed frames and the transmitter. Lock held, called by the network task.</summary>
    private void Supervise(InterruptCauses causes, Instant now)
    {
        _polledAt = now;
        Reclaim(now);
        if ((causes & InterruptCauses.ReceiveOverrun) != 0)
        {
            _counters.AddTo(_statistics);
        }

        if ((causes & (InterruptCauses.LinkStatusChange | InterruptCauses.ReceiveSequenceError)) != 0)
        {
            CheckLink();
        }

        if (_state == State.Running && _transmit.InFlight > 0 && now - _progressAt >= s_hangTimeout)
        {
            CheckTransmitter(now);
        }
    }

    /// <summary>Lock held, called by the network task.</summary>
    private void CheckLink()
    {
        DeviceStatus status = _controller.ReadStatus();
        if ((uint)status == Register.Absent)
        {
            Fail(Errno.ENODEV);
            return;
        }

        SetLink(status);

        // Without a link the hardware leaves its descriptors alone for ever; only a reset makes it forget them (§13.4.39).
        if (!_isLinkUp && _transmit.InFlight > 0)
        {
            _statistics.TransmitCarrierErrors += Recover();
        }
    }

    /// <summary>The oldest frame is overdue. Lock held, called by the network task.</summary>
    private void CheckTransmitter(Instant now)
    {
        CheckLink();
        if (_state != State.Running || _transmit.InFlight == 0)
        {
            return;
        }

        if ((_controller.ReadStatus() & DeviceStatus.TransmitPaused) != 0)
        {
            _progressAt = now;
            return;
        }

        TransmitHangs++;
        _statistics.TransmitErrors += Recover();
    }

    /// <summary>Takes over the state of the link. Lock held.</summary>
    private void SetLink(DeviceStatus status)
    {
        bool isUp = (status & DeviceStatus.LinkUp) != 0;
        _statistics.LinkChanges += isUp != _isLinkUp ? 1 : 0;
        _isLinkUp = isUp;
        IsFullDuplex = isUp && (status & DeviceStatus.FullDuplex) != 0;
        LinkSpeed = (isUp, status & DeviceStatus.SpeedMask) switch
        {
            (false, _) => 0,
            (true, 0) => 10,
            (true, DeviceStatus.Speed100) => 100,
            _ => 1000,
        };
        if (isUp)
        {
            _controller.SetCollisionDistance(status);
        }
    }

    /// <summary>Resets the device and starts it anew with empty rings. Lock held, called by the network task.</summary>
    /// <returns>Frames that waited to be sent and are lost.</returns>
    private int Recover()
    {
        _counters.AddTo(_statistics);
        Errno error = _controller.Reset();
        int lost = _transmit.Rewind();
        if (error == Errno.Success)
        {
            Run();
        }
        else
        {
            Fail(error);
        }

        return lost;
    }

    /// <summary>
    /// Configures a device that has been reset, with an empty transmit ring, and starts it. Lock held, called by the network task.
    /// </summary>
    private void Run()
    {
        _isReset = false;
        RewindReceive();
        _controller.Configure(Address, _receive.BusAddress, _transmit.BusAddress);
        _counters.Discard();
        _controller.StartEngines(_isPromiscuous);
        _receive.PublishTail();
        _state = State.Running;
        SetLink(_controller.ReadStatus());
        _enabledInterrupts = 0;
        SelectInterrupts();
    }

    /// <summary>
    /// Gives the device up. Frames to send are released: at worst the device reads them once more. Receive buffers stay until
    /// <see cref="Stop"/>, since a device that is only unreachable could still write to them. Lock held.
    /// </summary>
    private void Fail(Errno error)
    {
        _state = State.Failed;
        Failure = error;
        _enabledInterrupts = 0;
        SetLink(0);
        _statistics.TransmitErrors += _transmit.Rewind();
    }
}
