namespace KernelSockets.Net;

/// <summary>Packets that wait to be read, bounded by SO_RCVBUF; counts what it drops.</summary>
/// <remarks>Under the stack's gate.</remarks>
internal sealed class ReceiveQueue
{
    private const int InitialCapacity = 4;

    private readonly SocketMemory _memory;
    private ReceivedPacket[] _ring = []; // its length is a power of two; grows to what SO_RCVBUF lets in
    private int _first;

    /// <param name="memory">Where the packets' memory is accounted for.</param>
    public ReceiveQueue(SocketMemory memory) => _memory = memory;

    /// <summary>Packets that wait.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of data that wait.</summary>
    public long Bytes { get; private set; }

    /// <summary>Bytes counted against SO_RCVBUF.</summary>
    public long Charged { get; private set; }

    /// <summary>Packets dropped: the queue was full, or all sockets together hold too much.</summary>
    public long Dropped { get; private set; }

    /// <summary>The oldest packet, which stays; valid while the queue is not empty and not changed.</summary>
    public ref readonly ReceivedPacket Oldest => ref _ring[_first];

    /// <summary>Keeps a packet.</summary>
    /// <param name="frame">The frame its data are in; null when there is none.</param>
    /// <param name="data">They.</param>
    /// <param name="described">All else about it.</param>
    /// <param name="limit">SO_RCVBUF. As in Linux the packet that reaches it still gets in, so that a small buffer takes one large packet.</param>
    /// <returns>False when it was dropped.</returns>
    public bool TryEnqueue(PacketBuffer? frame, ReadOnlySpan<byte> data, in ReceivedPacket described, int limit)
    {
        if (Charged >= limit)
        {
            Dropped++;
            return false;
        }

        if (Count == _ring.Length)
        {
            Grow();
        }

        ref ReceivedPacket packet = ref _ring[(_first + Count) & (_ring.Length - 1)];
        packet = described;
        if (!_memory.TryKeep(frame, data, ref packet))
        {
            Dropped++;
            return false;
        }

        Count++;
        Bytes += packet.Length;
        Charged += packet.Charge;
        return true;
    }

    /// <summary>Takes the oldest packet, which the caller has looked at, and frees it.</summary>
    public void Remove()
    {
        ref ReceivedPacket packet = ref _ring[_first];
        Bytes -= packet.Length;
        Charged -= packet.Charge;
        _memory.Free(packet);
        packet = default;
        _first = (_first + 1) & (_ring.Length - 1);
        Count--;
    }

    /// <summary>Frees all.</summary>
    public void Clear()
    {
        while (Count > 0)
        {
            Remove();
        }
    }

    private void Grow()
    {
        ReceivedPacket[] larger = new ReceivedPacket[Math.Max(InitialCapacity, _ring.Length * 2)];
        int untilEnd = _ring.Length - _first;
        _ring.AsSpan(_first).CopyTo(larger);
        _ring.AsSpan(0, _first).CopyTo(larger.AsSpan(untilEnd));
        _ring = larger;
        _first = 0;
    }
}
