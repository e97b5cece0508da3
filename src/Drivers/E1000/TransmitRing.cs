namespace KernelSockets.Drivers.E1000;

/// <summary>The transmit descriptor ring (§3.4) and the frames in it, each with one reference held by the ring.</summary>
/// <remarks>
/// The device's lock protects it. <see cref="TryPush"/> only prepares a descriptor; <see cref="Publish"/> rings the doorbell for all that
/// were pushed since, so that a batch of frames can share one register write.
/// </remarks>
internal sealed class TransmitRing
{
    private readonly RegisterSpace _registers;
    private readonly DmaBlock _memory;
    private readonly PacketBuffer?[] _frames = new PacketBuffer?[DescriptorRing.Length];
    private readonly int[] _lengths = new int[DescriptorRing.Length];
    private int _oldest;
    private int _next;

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

    /// <summary>Frames that wait to be sent or reclaimed.</summary>
    public int InFlight { get; private set; }

    /// <summary>True when a frame can be reclaimed.</summary>
    public bool HasWork => InFlight > 0 && TransmitDescriptor.Read(_memory, _oldest).IsDone;

    /// <summary>Appends a frame and takes over the caller's reference, unless the ring is full.</summary>
    /// <returns>False when full; the caller keeps the reference.</returns>
    public bool TryPush(PacketBuffer frame)
    {
        if (InFlight == DescriptorRing.MaximumOwned)
        {
            return false;
        }

        int length = PadToMinimum(frame);
        TransmitDescriptor.Write(_memory, _next, frame.DataBusAddress, length);
        _frames[_next] = frame;
        _lengths[_next] = length;
        _next = DescriptorRing.Advance(_next);
        InFlight++;
        return true;
    }

    /// <summary>Rings the doorbell: the hardware may send all frames pushed so far.</summary>
    public void Publish() => _registers.Write(Register.TransmitDescriptorTail, (uint)_next);

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
                tally.Errors++;
            }
            else
            {
                tally.Packets++;
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
        int released = InFlight;
        while (InFlight > 0)
        {
            ReleaseOldest();
        }

        _oldest = 0;
        _next = 0;
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
        _frames[_oldest]!.Release();
        _frames[_oldest] = null;
        _oldest = DescriptorRing.Advance(_oldest);
        InFlight--;
    }
}
