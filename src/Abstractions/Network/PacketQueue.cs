using System.Diagnostics.CodeAnalysis;

namespace KernelSockets;

/// <summary>A bounded first-in, first-out queue of packet buffers that counts what it drops. Holds one reference to each.</summary>
/// <remarks>Not thread-safe: the owner's lock protects it. Allocates nothing after construction.</remarks>
public sealed class PacketQueue
{
    private readonly PacketBuffer?[] _slots;
    private int _head;

    /// <summary>An empty queue.</summary>
    /// <param name="capacity">The bound, in packets.</param>
    public PacketQueue(int capacity) => _slots = new PacketBuffer?[capacity];

    /// <summary>The bound, in packets.</summary>
    public int Capacity => _slots.Length;

    /// <summary>Packets in the queue.</summary>
    public int Count { get; private set; }

    /// <summary>Packets refused because the queue was full.</summary>
    public long Dropped { get; private set; }

    /// <summary>Appends a packet and takes over the caller's reference.</summary>
    /// <returns>False when full: the packet is released and counted.</returns>
    public bool TryEnqueue(PacketBuffer packet)
    {
        ArgumentNullException.ThrowIfNull(packet);
        if (Count == _slots.Length)
        {
            Dropped++;
            packet.Release();
            return false;
        }

        int tail = _head + Count;
        _slots[tail < _slots.Length ? tail : tail - _slots.Length] = packet;
        Count++;
        return true;
    }

    /// <summary>Takes the oldest packet; the caller gets its reference.</summary>
    public bool TryDequeue([NotNullWhen(true)] out PacketBuffer? packet)
    {
        packet = null;
        if (Count == 0)
        {
            return false;
        }

        packet = _slots[_head]!;
        _slots[_head] = null;
        _head = _head + 1 == _slots.Length ? 0 : _head + 1;
        Count--;
        return true;
    }

    /// <summary>Releases all packets.</summary>
    public void Clear()
    {
        while (TryDequeue(out PacketBuffer? packet))
        {
            packet.Release();
        }
    }
}
