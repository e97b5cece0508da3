namespace KernelSockets.Net;

/// <summary>A stretch of a byte stream, in chunks of the shared memory: bytes are found by their offset in the stream, and gaps are allowed.</summary>
/// <remarks>
/// Sending: appended at the end, read at any place until they are acknowledged. Receiving: written where they belong, in order or not, read from
/// the front. Under the stack's gate; an empty one holds no chunk.
/// </remarks>
internal class StreamBuffer
{
    private const int InitialSlots = 1; // most connections have little to say
    private const int MostKeptSlots = 16;

    private PacketBuffer?[] _slots = []; // a ring; its length is a power of two
    private int _first; // slot of the chunk that Start lies in
    private int _used; // slots from the first one to the last that has a chunk
    private long _base; // stream offset of the first slot's first byte

    /// <param name="memory">Where chunks come from.</param>
    public StreamBuffer(TcpMemory memory) => Memory = memory;

    /// <summary>Where chunks come from.</summary>
    protected TcpMemory Memory { get; }

    /// <summary>Offset of the first byte kept.</summary>
    public long Start { get; private set; }

    /// <summary>Writes bytes at an offset; what was there before is replaced.</summary>
    /// <param name="offset">Not before <see cref="Start"/>.</param>
    /// <param name="data">The bytes.</param>
    /// <returns>How many were written: fewer when memory has run out.</returns>
    public int Write(long offset, ReadOnlySpan<byte> data)
    {
        int done = 0;
        while (done < data.Length)
        {
            if (TryMakeChunk(offset + done) is not { } chunk)
            {
                break;
            }

            int within = (int)((offset + done - _base) % TcpMemory.ChunkSize);
            int size = Math.Min(data.Length - done, TcpMemory.ChunkSize - within);
            data.Slice(done, size).CopyTo(chunk.Memory.Span[within..]);
            done += size;
        }

        return done;
    }

    /// <summary>A piece of what is kept: from an offset on to the end of its chunk, or <paramref name="most"/> bytes.</summary>
    /// <param name="offset">Of a byte that was written.</param>
    /// <param name="most">At least 1.</param>
    public virtual ReadOnlySpan<byte> Peek(long offset, int most)
    {
        PacketBuffer chunk = Find(offset, out int within);
        return chunk.Memory.Span.Slice(within, Math.Min(most, TcpMemory.ChunkSize - within));
    }

    /// <summary>Lets a packet refer to bytes, without a copy.</summary>
    /// <param name="packet">Gets them as fragments.</param>
    /// <param name="offset">Of the first.</param>
    /// <param name="length">How many; all were written.</param>
    public void Attach(PacketBuffer packet, long offset, int length)
    {
        while (length > 0)
        {
            PacketBuffer chunk = Find(offset, out int within);
            int size = Math.Min(length, TcpMemory.ChunkSize - within);
            packet.AddFragment(chunk, within, size);
            offset += size;
            length -= size;
        }
    }

    /// <summary>Copies bytes out.</summary>
    /// <param name="offset">Of the first.</param>
    /// <param name="destination">Filled to its end with bytes that were written.</param>
    public void Read(long offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            ReadOnlySpan<byte> piece = Peek(offset, destination.Length);
            piece.CopyTo(destination);
            destination = destination[piece.Length..];
            offset += piece.Length;
        }
    }

    /// <summary>Lets go of everything before an offset.</summary>
    public virtual void DiscardTo(long offset)
    {
        Start = offset;
        while (_used > 0 && offset - _base >= TcpMemory.ChunkSize)
        {
            FreeFirst();
        }

        if (_used == 0)
        {
            _base = offset;
        }
    }

    /// <summary>Lets go of every chunk that lies wholly behind an offset.</summary>
    public void DiscardFrom(long offset)
    {
        int kept = (int)((Math.Max(offset, _base) - _base + TcpMemory.ChunkSize - 1) / TcpMemory.ChunkSize);
        for (; _used > kept; _used--)
        {
            Free(Slot(_used - 1));
        }
    }

    /// <summary>Lets go of everything, when nothing is kept behind <see cref="Start"/> either: an idle connection holds no memory.</summary>
    public virtual void Clear()
    {
        while (_used > 0)
        {
            FreeFirst();
        }

        _base = Start;
        _first = 0;
        if (_slots.Length > MostKeptSlots)
        {
            Memory.Slots.Return(_slots);
            _slots = [];
        }
    }

    /// <summary>The chunk of a byte that was written, and the byte's place in it.</summary>
    private PacketBuffer Find(long offset, out int within)
    {
        long distance = offset - _base;
        within = (int)(distance % TcpMemory.ChunkSize);
        return _slots[Slot((int)(distance / TcpMemory.ChunkSize))]!;
    }

    private int Slot(int index) => (_first + index) & (_slots.Length - 1);

    private void FreeFirst()
    {
        Free(_first);
        _first = Slot(1);
        _used--;
        _base += TcpMemory.ChunkSize;
    }

    private void Free(int slot)
    {
        if (_slots[slot] is { } chunk)
        {
            chunk.Release();
            _slots[slot] = null;
        }
    }

    private PacketBuffer? TryMakeChunk(long offset)
    {
        int index = (int)((offset - _base) / TcpMemory.ChunkSize);
        if (index >= _slots.Length)
        {
            Grow(index + 1);
        }

        int slot = Slot(index);
        if (_slots[slot] is null)
        {
            _slots[slot] = Memory.TryTake();
            _used = _slots[slot] is null ? _used : Math.Max(_used, index + 1);
        }

        return _slots[slot];
    }

    private void Grow(int needed)
    {
        int size = Math.Max(InitialSlots, _slots.Length);
        while (size < needed)
        {
            size *= 2;
        }

        PacketBuffer?[] larger = Memory.Slots.Take(size);
        for (int i = 0; i < _used; i++)
        {
            larger[i] = _slots[Slot(i)];
        }

        Array.Clear(_slots);
        Memory.Slots.Return(_slots);
        _slots = larger;
        _first = 0;
    }
}
