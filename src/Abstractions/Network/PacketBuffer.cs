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
    private readonly PacketBufferPool _pool;
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
            _pool.Return(this);
        }
        else if (left < 0)
        {
            throw new InvalidOperationException("a packet buffer was released more often than it was held");
        }
    }

    internal void Reset()
    {
        Start = 0;
        Length = 0;
        Device = null;
        ReceivedAt = Instant.Zero;
        IsChecksumVerified = false;
        Volatile.Write(ref _references, 1);
    }
}
