using System.Diagnostics.CodeAnalysis;

namespace KernelSockets.Net;

/// <summary>
/// Copies of our own multicasts and broadcasts on their way back to this host's sockets (RFC 1112 §6.1, IP_MULTICAST_LOOP). They are
/// received from <see cref="NetStack.Advance"/> and never from within the sending call, and no tap sees them, as in Linux.
/// </summary>
/// <remarks>Used under the stack's gate.</remarks>
internal sealed class LoopedCopies
{
    /// <summary>Copies under way.</summary>
    internal const int Capacity = 64;

    private readonly PacketQueue _queue = new(Capacity);
    private readonly PacketBufferPool _pool;
    private readonly Action _queued;

    /// <param name="pool">Buffers for the copies.</param>
    /// <param name="queued">Called when a copy was put into the empty queue.</param>
    public LoopedCopies(PacketBufferPool pool, Action queued)
    {
        _pool = pool;
        _queued = queued;
    }

    /// <summary>Copies under way.</summary>
    public int Count => _queue.Count;

    /// <summary>Keeps a copy of an IPv4 packet that <paramref name="netInterface"/> is about to send.</summary>
    /// <returns>False when it was dropped: no buffer, or too many under way.</returns>
    public bool TryAdd(NetInterface netInterface, ReadOnlySpan<byte> packet)
    {
        if (_queue.Count == Capacity || _pool.TryTake() is not { } copy)
        {
            return false;
        }

        copy.Reserve(NetStack.LinkHeadroom);
        packet.CopyTo(copy.Append(packet.Length));
        MacAddress self = netInterface.Device.Address;
        new EthernetFields(self, self, EtherType.Ipv4).Emit(copy.Prepend(EthernetHeader.Size));
        copy.Device = netInterface.Device;
        _queue.TryEnqueue(copy);
        if (_queue.Count == 1)
        {
            _queued();
        }

        return true;
    }

    /// <summary>Takes the oldest copy; the caller gets its reference. <see cref="PacketBuffer.Device"/> tells where it was sent.</summary>
    public bool TryTake([NotNullWhen(true)] out PacketBuffer? copy) => _queue.TryDequeue(out copy);
}
