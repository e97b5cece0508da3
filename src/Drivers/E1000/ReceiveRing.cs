namespace KernelSockets.Drivers.E1000;

/// <summary>
/// The receive descriptor ring (§3.2.6) and its packet buffers. From <see cref="TryFill"/> to <see cref="Release"/> every slot holds a
/// buffer: a frame is handed over only when another buffer is at hand to take its place, if the receiver keeps it, and is dropped otherwise.
/// </summary>
/// <remarks>
/// Used by the polling task only, without a lock. The hardware owns the slots from RDH up to, but without, RDT; RDT is
/// up to 64 slots before <c>_next</c>, so at least 192 of the 256 are the hardware's when the ring is served.
/// </remarks>
internal sealed class ReceiveRing
{
    /// <summary>RDT is written after so many served slots: often enough to keep the hardware supplied, seldom enough to save register writes.</summary>
    private const int TailInterval = 64;

    /// <summary>
    /// Most slots that one pass serves, so that a storm of bad frames cannot hold the task. More than the ring has: a frame that is left
    /// then has arrived during the pass, so its interrupt cause is set and brings the task back.
    /// </summary>
    private const int MaximumServed = 2 * DescriptorRing.Length;

    private readonly RegisterSpace _registers;
    private readonly PacketBufferPool _pool;
    private readonly DmaBlock _memory;
    private readonly int _trailer;
    private readonly PacketBuffer?[] _buffers = new PacketBuffer?[DescriptorRing.Length];
    private PacketBuffer? _spare; // takes the place of a frame that is kept
    private int _next;
    private int _unpublished; // served slots that the hardware does not know of
    private bool _isInLongFrame;

    /// <summary>An empty ring.</summary>
    /// <param name="registers">For RDT.</param>
    /// <param name="pool">Where buffers come from.</param>
    /// <param name="memory">From <see cref="DescriptorRing.Allocate"/>.</param>
    /// <param name="trailer">Bytes of CRC that the hardware leaves at the end of a frame.</param>
    public ReceiveRing(RegisterSpace registers, PacketBufferPool pool, DmaBlock memory, int trailer)
    {
        _registers = registers;
        _pool = pool;
        _memory = memory;
        _trailer = trailer;
    }

    /// <summary>Address of the descriptors as the device sees it.</summary>
    public ulong BusAddress => _memory.BusAddress;

    /// <summary>True when a slot waits to be served. Reads memory only; any task.</summary>
    public bool HasWork => ReceiveDescriptor.Read(_memory, Volatile.Read(ref _next)).IsDone;

    /// <summary>What the hardware changes when the next frame arrives: DD of the next descriptor.</summary>
    public MemoryMark NextArrival => ReceiveDescriptor.DoneMark(_memory, _next);

    /// <summary>Gives every slot a buffer, and takes a spare one if there is one.</summary>
    /// <returns><see cref="Errno.ENOBUFS"/> when the pool is short; the ring is empty then.</returns>
    public Errno TryFill()
    {
        for (int i = 0; i < _buffers.Length; i++)
        {
            _buffers[i] ??= _pool.TryTake();
            if (_buffers[i] is null)
            {
                Release();
                return Errno.ENOBUFS;
            }
        }

        _spare ??= _pool.TryTake();
        return Errno.Success;
    }

    /// <summary>Gives all buffers back. The hardware must not own any.</summary>
    public void Release()
    {
        for (int i = 0; i < _buffers.Length; i++)
        {
            ReceiveDescriptor.Write(_memory, i, 0);
            _buffers[i]?.Release();
            _buffers[i] = null;
        }

        _spare?.Release();
        _spare = null;
    }

    /// <summary>Prepares all slots for a receiver that starts at slot 0. The hardware must not own any.</summary>
    /// <param name="tally">Counts the frames that had arrived: good ones as dropped.</param>
    public void Rewind(ref ReceiveTally tally)
    {
        for (int i = 0; i < _buffers.Length; i++)
        {
            ReceiveDescriptor descriptor = ReceiveDescriptor.Read(_memory, _next);
            if (descriptor.IsDone)
            {
                IsAcceptable(descriptor, ref tally);
            }

            ReceiveDescriptor.Write(_memory, _next, _buffers[_next]?.Memory.BusAddress ?? 0);
            _next = DescriptorRing.Advance(_next);
        }

        _next = 0;
        _isInLongFrame = false;
    }

    /// <summary>Gives the served slots to the hardware.</summary>
    public void PublishTail()
    {
        _unpublished = 0;
        _registers.Write(Register.ReceiveDescriptorTail, (uint)DescriptorRing.Advance(_next, DescriptorRing.MaximumOwned));
    }

    /// <summary>Hands received frames over until the budget is used or none is left.</summary>
    /// <param name="receiver">Gets the frames.</param>
    /// <param name="device">Whose they are.</param>
    /// <param name="budget">Most frames to hand over.</param>
    /// <param name="now">The time to stamp them with.</param>
    /// <param name="tally">Counts.</param>
    public void Serve(IFrameReceiver receiver, NetworkDevice device, int budget, Instant now, ref ReceiveTally tally)
    {
        int served = 0;
        while (tally.Packets < budget && served < MaximumServed)
        {
            ReceiveDescriptor descriptor = ReceiveDescriptor.Read(_memory, _next);
            if (!descriptor.IsDone)
            {
                break;
            }

            if (IsAcceptable(descriptor, ref tally) && (_spare ??= _pool.TryTake()) is not null)
            {
                PacketBuffer frame = _buffers[_next]!;
                frame.SetReceived(0, descriptor.Length - _trailer);
                frame.IsChecksumVerified = descriptor.IsChecksumVerified;
                frame.Device = device;
                frame.ReceivedAt = now;
                tally.Packets++;
                tally.Dropped--;
                tally.Bytes += frame.Length;
                tally.Multicast += frame.Data[0] & Frame.GroupBit;
                receiver.Receive(frame);
                ReplaceIfKept(frame);
            }

            ReceiveDescriptor.Write(_memory, _next, _buffers[_next]!.Memory.BusAddress);
            _next = DescriptorRing.Advance(_next);
            served++;
            if (++_unpublished == TailInterval)
            {
                PublishTail();
            }
        }
    }

    /// <summary>A frame that the receiver keeps is his from now on, and the spare buffer takes its place.</summary>
    private void ReplaceIfKept(PacketBuffer frame)
    {
        if (frame.References > 1)
        {
            frame.Release();
            _buffers[_next] = _spare;
            _spare = _pool.TryTake();
        }
    }

    /// <summary>Judges a slot and counts what is wrong with it. A good frame counts as dropped until a buffer is found for it.</summary>
    private bool IsAcceptable(ReceiveDescriptor descriptor, ref ReceiveTally tally)
    {
        bool isTail = _isInLongFrame;
        _isInLongFrame = !descriptor.IsEndOfPacket;
        if (_isInLongFrame)
        {
            return false;
        }

        if (descriptor.IsDamaged)
        {
            tally.Errors++;
            return false;
        }

        int length = descriptor.Length - _trailer;
        if (isTail || length is < Frame.HeaderSize or > Frame.Maximum)
        {
            tally.LengthErrors++;
            return false;
        }

        tally.Dropped++;
        return true;
    }
}
