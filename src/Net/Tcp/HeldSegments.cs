namespace KernelSockets.Net;

/// <summary>Data of a stream that lie in the packets they came in: a queue in the order of their offsets.</summary>
/// <remarks>Under the stack's gate. Packets that are held count against what all sockets may hold (<see cref="SocketMemory"/>).</remarks>
internal sealed class HeldSegments
{
    private const int InitialSize = 16;

    private readonly SocketMemory _packets;
    private HeldSegment[] _ring = new HeldSegment[InitialSize]; // its length is a power of two
    private int _first;

    /// <param name="packets">Counts them.</param>
    public HeldSegments(SocketMemory packets) => _packets = packets;

    /// <summary>How many.</summary>
    public int Count { get; private set; }

    /// <summary>One of them; 0 is the first in the stream.</summary>
    public ref readonly HeldSegment this[int index] => ref At(index);

    /// <summary>Holds a packet.</summary>
    /// <param name="offset">Where its data begin in the stream: behind all that are held.</param>
    /// <param name="data">They.</param>
    /// <param name="frame">The packet they are in.</param>
    /// <returns>False when sockets hold as many as they may.</returns>
    public bool TryAdd(long offset, ReadOnlySpan<byte> data, PacketBuffer frame)
    {
        if (!_packets.TryHold(frame, data, out int place))
        {
            return false;
        }

        if (Count == _ring.Length)
        {
            Grow();
        }

        At(Count++) = new HeldSegment(offset, data.Length, frame, frame.Start + place);
        return true;
    }

    /// <summary>The first that ends behind an offset; mostly the first of all.</summary>
    /// <returns><see cref="Count"/> when there is none.</returns>
    public int Find(long offset)
    {
        int low = 0;
        int high = Count;
        while (low < high)
        {
            int middle = low == 0 ? 0 : (low + high) / 2;
            if (At(middle).End > offset)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }

    /// <summary>Lets go of those that end up to an offset.</summary>
    public void DiscardTo(long offset)
    {
        while (Count > 0 && At(0).End <= offset)
        {
            ref HeldSegment segment = ref At(0);
            _packets.Release(segment.Frame);
            segment = default;
            _first = (_first + 1) & (_ring.Length - 1);
            Count--;
        }
    }

    private ref HeldSegment At(int index) => ref _ring[(_first + index) & (_ring.Length - 1)];

    private void Grow()
    {
        HeldSegment[] larger = new HeldSegment[_ring.Length * 2];
        for (int i = 0; i < Count; i++)
        {
            larger[i] = At(i);
        }

        _ring = larger;
        _first = 0;
    }
}

/// <summary>Data of a stream in the packet that they came in.</summary>
/// <param name="Start">Offset in the stream.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Frame">The packet.</param>
/// <param name="Place">Of the first byte in the packet's memory.</param>
internal readonly record struct HeldSegment(long Start, int Length, PacketBuffer Frame, int Place)
{
    /// <summary>Offset behind the last byte.</summary>
    public long End => Start + Length;

    /// <summary>The bytes from an offset on.</summary>
    public ReadOnlySpan<byte> From(long offset) => Frame.Memory.Span.Slice(Place, Length)[(int)(offset - Start)..];
}
