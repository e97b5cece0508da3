namespace KernelSockets.Net;

/// <summary>Packets that wait to be read, bounded by SO_RCVBUF; counts what it drops.</summary>
/// <remarks>Under the stack's gate.</remarks>
internal sealed class ReceiveQueue
{
    private readonly SocketMemory _memory;
    private readonly Queue<ReceivedPacket> _packets = new();

    /// <param name="memory">Where the packets' memory is accounted for.</param>
    public ReceiveQueue(SocketMemory memory) => _memory = memory;

    /// <summary>Packets that wait.</summary>
    public int Count => _packets.Count;

    /// <summary>Bytes of data that wait.</summary>
    public long Bytes { get; private set; }

    /// <summary>Bytes counted against SO_RCVBUF.</summary>
    public long Charged { get; private set; }

    /// <summary>Packets dropped: the queue was full, or all sockets together hold too much.</summary>
    public long Dropped { get; private set; }

    /// <summary>Keeps a packet.</summary>
    /// <param name="frame">The frame its data are in; null when there is none.</param>
    /// <param name="data">They.</param>
    /// <param name="described">All else about it.</param>
    /// <param name="limit">SO_RCVBUF. As in Linux the packet that reaches it still gets in, so that a small buffer takes one large packet.</param>
    /// <returns>False when it was dropped.</returns>
    public bool TryEnqueue(PacketBuffer? frame, ReadOnlySpan<byte> data, in ReceivedPacket described, int limit)
    {
        if (Charged >= limit || !_memory.TryKeep(frame, data, described, out ReceivedPacket packet))
        {
            Dropped++;
            return false;
        }

        _packets.Enqueue(packet);
        Bytes += packet.Length;
        Charged += packet.Charge;
        return true;
    }

    /// <summary>Looks at the oldest packet, which stays.</summary>
    public bool TryPeek(out ReceivedPacket packet) => _packets.TryPeek(out packet);

    /// <summary>Takes the oldest packet, which the caller has looked at, and frees it.</summary>
    public void Remove()
    {
        ReceivedPacket packet = _packets.Dequeue();
        Bytes -= packet.Length;
        Charged -= packet.Charge;
        _memory.Free(packet);
    }

    /// <summary>Frees all.</summary>
    public void Clear()
    {
        while (_packets.Count > 0)
        {
            Remove();
        }
    }
}
