namespace KernelSockets.Drivers.E1000;

/// <summary>The transmit descriptor ring (§3.4) and the frames in it, each with one reference held by the ring; a context takes a slot without a frame.</summary>
/// <remarks>
/// The device's lock protects it. <see cref="TryPush"/> only prepares a descriptor; <see cref="Publish"/> rings the doorbell for all that
/// were pushed since, so that a batch of frames can share one register write.
/// </remarks>
internal sealed class TransmitRing
{
    private readonly RegisterSpace _registers;
    private readonly DmaBlock _memory;
    private readonly PacketBuffer?[] _frames = new PacketBuffer?[DescriptorRing.Length];
    private readonly int[] _lengths = new int[DescriptorRing.Length]; // bytes on the wire
    private readonly int[] _counts = new int[DescriptorRing.Length]; // frames on the wire
    private int _oldest;
    private int _next;
    private int _published; // the tail that the hardware knows
    private (int Start, int Field) _context; // where the hardware was told last that frames have their checksum

    /// <summary>An empty ring.</summary>
    /// <param name="registers">For TDT.</param>
    /// <param name="memory">From <see cref="DescriptorRing.Allocate"/>.</param>
    public TransmitRing(RegisterSpace registers, DmaBlock memory)
    {
        _registers = registers;
        _memory = memory;
    }

    /// <summary>Address of the descriptors as the device sees it.</summary>
    public ulong BusAddress => _memory.BusAddress;

    /// <summary>Descriptors that wait to be sent or reclaimed: frames, and contexts of checksums.</summary>
    public int InFlight { get; private set; }

    /// <summary>True when a frame can be reclaimed.</summary>
    public bool HasWork => InFlight > 0 && TransmitDescriptor.Read(_memory, _oldest).IsDone;

    /// <summary>Appends a frame and takes over the caller's reference, unless the ring is full.</summary>
    /// <returns>False when full; the caller keeps the reference.</returns>
    public bool TryPush(PacketBuffer frame)
    {
        if (frame.SegmentSize > 0)
        {
            return TryPushSegments(frame);
        }

        (int Start, int Field) context = frame.IsChecksumPartial ? (frame.ChecksumStart - frame.Start, frame.ChecksumField - frame.Start) : default;
        bool needsContext = frame.IsChecksumPartial && context != _context;
        if (InFlight + (needsContext ? 2 : 1) > DescriptorRing.MaximumOwned)
        {
            return false;
        }

        if (needsContext)
        {
            TransmitDescriptor.WriteContext(_memory, _next, context.Start, context.Field);
            _context = context;
            Take(null, 0, 0);
        }

        int length = PadToMinimum(frame);
        if (frame.IsChecksumPartial)
        {
            TransmitDescriptor.WriteWithChecksum(_memory, _next, frame.DataBusAddress, length);
        }
        else
        {
            TransmitDescriptor.Write(_memory, _next, frame.DataBusAddress, length);
        }

        Take(frame, length, 1);
        return true;
    }

    /// <summary>Appends a packet that the hardware cuts into segments: a context, its headers, its data.</summary>
    private bool TryPushSegments(PacketBuffer packet)
    {
        ReadOnlySpan<PacketFragment> fragments = packet.Fragments;
        if (InFlight + 2 + fragments.Length > DescriptorRing.MaximumOwned)
        {
            return false;
        }

        SegmentLayout layout = SegmentLayout.Prepare(packet);
        TransmitDescriptor.WriteSegmentContext(_memory, _next, layout, packet.FragmentLength, packet.SegmentSize);
        Take(null, 0, 0);
        TransmitDescriptor.WritePart(_memory, _next, packet.DataBusAddress, packet.Length, isLast: false);
        Take(null, 0, 0);
        for (int i = 0; i < fragments.Length; i++)
        {
            bool isLast = i == fragments.Length - 1;
            TransmitDescriptor.WritePart(_memory, _next, fragments[i].BusAddress, fragments[i].Length, isLast);
            int count = isLast ? packet.SegmentCount : 0;
            Take(isLast ? packet : null, isLast ? packet.FragmentLength + (count * packet.Length) : 0, count);
        }

        return true;
    }

    private void Take(PacketBuffer? frame, int length, int count)
    {
        _frames[_next] = frame;
        _lengths[_next] = length;
        _counts[_next] = count;
        _next = DescriptorRing.Advance(_next);
        InFlight++;
    }

    /// <summary>Rings the doorbell: the hardware may send all frames pushed so far.</summary>
    /// <returns>False when there were none.</returns>
    public bool Publish()
    {
        if (_published == _next)
        {
            return false;
        }

        _registers.Write(Register.TransmitDescriptorTail, (uint)_next);
        _published = _next;
        return true;
    }

    /// <summary>Releases the frames that the hardware has finished with.</summary>
    /// <returns>How many.</returns>
    public int Reclaim(ref TransmitTally tally)
    {
        int reclaimed = 0;
        while (InFlight > 0)
        {
            TransmitDescriptor descriptor = TransmitDescriptor.Read(_memory, _oldest);
            if (!descriptor.IsDone)
            {
                break;
            }

            if (descriptor.IsFailed)
            {
                tally.Errors += _counts[_oldest];
            }
            else
            {
                tally.Packets += _counts[_oldest];
                tally.Bytes += _lengths[_oldest];
            }

            ReleaseOldest();
            reclaimed++;
        }

        return reclaimed;
    }

    /// <summary>Releases all frames, sent or not, and starts at slot 0. The hardware must not own any.</summary>
    /// <returns>How many there were.</returns>
    public int Rewind()
    {
        int released = 0;
        while (InFlight > 0)
        {
            released += _counts[_oldest];
            ReleaseOldest();
        }

        _oldest = 0;
        _next = 0;
        _published = 0;
        _context = default;
        return released;
    }

    /// <summary>
    /// Zeroes the room behind a short frame, so that the wire carries no old memory. TCTL.PSP would pad too, but the PCI parts can damage
    /// such frames (Linux pads for the same reason).
    /// </summary>
    /// <remarks>The bytes lie behind the data, where no holder of the buffer looks: allowed even when the buffer is shared.</remarks>
    private static int PadToMinimum(PacketBuffer frame)
    {
        int missing = Frame.Minimum - frame.Length;
        int tailroom = frame.Capacity - frame.Start - frame.Length;
        if (missing <= 0 || missing > tailroom)
        {
            return frame.Length;
        }

        frame.Memory.Span.Slice(frame.Start + frame.Length, missing).Clear();
        return Frame.Minimum;
    }

    private void ReleaseOldest()
    {
        TransmitDescriptor.Write(_memory, _oldest, 0, 0);
        _frames[_oldest]?.Release();
        _frames[_oldest] = null;
        _oldest = DescriptorRing.Advance(_oldest);
        InFlight--;
    }
}
