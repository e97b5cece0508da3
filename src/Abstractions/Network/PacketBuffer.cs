namespace KernelSockets;

/// <summary>
/// One frame in DMA memory, from a fixed pool and reference counted; passed between driver and stack without copying.
/// </summary>
/// <remarks>
/// <code>
///   0          Start                 Start + Length          Capacity
///   | headroom |        data         |        tailroom       |
/// </code>
/// Received: the driver calls <see cref="SetReceived"/>, and each layer takes its header off with <see cref="TrimFront"/>.
/// Sent: the top layer calls <see cref="Reserve"/> with all headers to come, appends its payload with <see cref="Append"/>, and
/// each lower layer puts its header in front with <see cref="Prepend"/>.
/// A holder that keeps the buffer beyond a call takes a reference with <see cref="AddReference"/>; each holder calls
/// <see cref="Release"/> once. A buffer with more than one reference is read-only. Not thread-safe: the stack's gate protects it.
/// </remarks>
public sealed class PacketBuffer
{
    private const int InitialFragments = 20; // 64 KiB in pages

    private readonly PacketBufferPool _pool;
    private PacketFragment[] _fragments = []; // kept when the buffer is used again
    private int _fragmentCount;
    private int _references;

    internal PacketBuffer(PacketBufferPool pool, DmaBlock memory)
    {
        _pool = pool;
        Memory = memory;
    }

    /// <summary>The memory behind the buffer, for the driver's descriptors.</summary>
    public DmaBlock Memory { get; }

    /// <summary>Bytes in all.</summary>
    public int Capacity => Memory.Length;

    /// <summary>First byte of data.</summary>
    public int Start { get; private set; }

    /// <summary>Bytes of data.</summary>
    public int Length { get; private set; }

    /// <summary>The device it was received on; null for a buffer that is being sent.</summary>
    public NetworkDevice? Device { get; set; }

    /// <summary>When the driver took it from the ring; zero for a buffer that is being sent.</summary>
    public Instant ReceivedAt { get; set; }

    /// <summary>True when the device has checked the IP and transport checksums.</summary>
    public bool IsChecksumVerified { get; set; }

    /// <summary>
    /// True when the transport checksum is still to be computed: its field holds the sum of the pseudo header, and <see cref="ChecksumStart"/> and
    /// <see cref="ChecksumField"/> say over what and where. Whoever gives the frame to a device that cannot do that computes it first.
    /// </summary>
    public bool IsChecksumPartial { get; private set; }

    /// <summary>Place in <see cref="Memory"/> of the first byte that the checksum covers; the last is the end of the data.</summary>
    public int ChecksumStart { get; private set; }

    /// <summary>Place in <see cref="Memory"/> of the checksum itself.</summary>
    public int ChecksumField { get; private set; }

    /// <summary>Data that follow <see cref="Data"/> and lie in other buffers; only where <see cref="SegmentSize"/> is set.</summary>
    public ReadOnlySpan<PacketFragment> Fragments => _fragments.AsSpan(0, _fragmentCount);

    /// <summary>Bytes in <see cref="Fragments"/>.</summary>
    public int FragmentLength { get; private set; }

    /// <summary>
    /// For a device that cuts TCP data into segments itself: the most data that each may carry; else 0. <see cref="Data"/> are the headers of the
    /// whole then, <see cref="Fragments"/> its data, and the field of the checksum holds the sum of the pseudo header without the length.
    /// </summary>
    public int SegmentSize { get; private set; }

    /// <summary>Frames that it is on the wire.</summary>
    public int SegmentCount => SegmentSize == 0 ? 1 : (FragmentLength + SegmentSize - 1) / SegmentSize;

    /// <summary>Holders.</summary>
    public int References => Volatile.Read(ref _references);

    /// <summary>The data.</summary>
    public Span<byte> Data => Memory.Span.Slice(Start, Length);

    /// <summary>Address of the first byte of data as the device sees it.</summary>
    public ulong DataBusAddress => Memory.BusAddress + (uint)Start;

    /// <summary>Marks a frame that the device wrote at <paramref name="start"/>.</summary>
    public void SetReceived(int start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)start + (uint)length, (uint)Capacity);
        Start = start;
        Length = length;
    }

    /// <summary>Empties the buffer and leaves <paramref name="headroom"/> bytes free in front.</summary>
    public void Reserve(int headroom)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)headroom, (uint)Capacity);
        Start = headroom;
        Length = 0;
    }

    /// <summary>Grows the data in front and returns the new bytes, whose contents are undefined.</summary>
    public Span<byte> Prepend(int size)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)size, (uint)Start);
        Start -= size;
        Length += size;
        return Memory.Span.Slice(Start, size);
    }

    /// <summary>Grows the data at the end and returns the new bytes, whose contents are undefined.</summary>
    public Span<byte> Append(int size)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)size, (uint)(Capacity - Start - Length));
        Length += size;
        return Memory.Span.Slice(Start + Length - size, size);
    }

    /// <summary>Takes bytes off the front.</summary>
    public void TrimFront(int size)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)size, (uint)Length);
        Start += size;
        Length -= size;
    }

    /// <summary>Shortens the data to its first <paramref name="length"/> bytes: padding goes.</summary>
    public void TrimTo(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)Length);
        Length = length;
    }

    /// <summary>Leaves a checksum over all of the data to be computed further down.</summary>
    /// <param name="field">Place of the checksum in the data; it holds the sum of the pseudo header, not complemented.</param>
    public void LeaveChecksum(int field)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)field + sizeof(ushort), (uint)Length);
        IsChecksumPartial = true;
        ChecksumStart = Start;
        ChecksumField = Start + field;
    }

    /// <summary>The checksum has been computed.</summary>
    public void CompleteChecksum() => IsChecksumPartial = false;

    /// <summary>Appends data that lie in another buffer, of which a reference is taken.</summary>
    /// <param name="holder">The buffer.</param>
    /// <param name="offset">Place of the first byte in its memory.</param>
    /// <param name="length">Bytes; not changed until the packet is released.</param>
    public void AddFragment(PacketBuffer holder, int offset, int length)
    {
        ArgumentNullException.ThrowIfNull(holder);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)offset + (uint)length, (uint)holder.Capacity);
        if (_fragmentCount == _fragments.Length)
        {
            Array.Resize(ref _fragments, Math.Max(InitialFragments, 2 * _fragmentCount));
        }

        holder.AddReference();
        _fragments[_fragmentCount++] = new PacketFragment(holder, offset, length);
        FragmentLength += length;
    }

    /// <summary>The device shall cut the fragments into segments.</summary>
    /// <param name="size">The most data that each carries, in bytes.</param>
    public void LeaveSegmentation(int size) => SegmentSize = size;

    /// <summary>One more holder.</summary>
    public void AddReference()
    {
        if (Interlocked.Increment(ref _references) <= 1)
        {
            throw new InvalidOperationException("a reference was added to a packet buffer that nobody holds");
        }
    }

    /// <summary>One holder less; the last one gives the buffer back to its pool.</summary>
    public void Release()
    {
        int left = Interlocked.Decrement(ref _references);
        if (left == 0)
        {
            ReleaseFragments();
            _pool.Return(this);
        }
        else if (left < 0)
        {
            throw new InvalidOperationException("a packet buffer was released more often than it was held");
        }
    }

    private void ReleaseFragments()
    {
        for (int i = 0; i < _fragmentCount; i++)
        {
            _fragments[i].Holder.Release();
            _fragments[i] = default;
        }

        _fragmentCount = 0;
        FragmentLength = 0;
        SegmentSize = 0;
    }

    internal void Reset()
    {
        Start = 0;
        Length = 0;
        Device = null;
        ReceivedAt = Instant.Zero;
        IsChecksumVerified = false;
        IsChecksumPartial = false;
        Volatile.Write(ref _references, 1);
    }
}
