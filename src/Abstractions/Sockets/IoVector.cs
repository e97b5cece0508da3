namespace KernelSockets.Sockets;

/// <summary>The data of a message: one buffer, or several that count as one (struct iovec, readv(2)).</summary>
public readonly ref struct IoVector
{
    private readonly Span<byte> _single;
    private readonly IoVectorMemory? _several;

    /// <summary>One buffer.</summary>
    public IoVector(Span<byte> single)
    {
        _single = single;
        Length = single.Length;
    }

    /// <summary>Several buffers.</summary>
    /// <param name="several">They.</param>
    /// <param name="length">Bytes in all, checked to be at most <see cref="int.MaxValue"/>.</param>
    public IoVector(IoVectorMemory several, int length)
    {
        _several = several;
        Length = length;
    }

    /// <summary>Bytes in all.</summary>
    public int Length { get; }

    /// <summary>The data when they are in one piece.</summary>
    /// <returns>False for several buffers: use <see cref="CopyTo"/>.</returns>
    public bool TryGetSingle(out Span<byte> data)
    {
        data = _single;
        return _several is null;
    }

    /// <summary>Gathers: copies bytes from <paramref name="offset"/> on into <paramref name="destination"/>.</summary>
    /// <returns>Bytes copied: less than the destination's length only at the end.</returns>
    public int CopyTo(int offset, Span<byte> destination)
    {
        int done = 0;
        for (int i = 0; i < BufferCount && done < destination.Length; i++)
        {
            Span<byte> piece = Slice(i, ref offset, destination.Length - done);
            piece.CopyTo(destination[done..]);
            done += piece.Length;
        }

        return done;
    }

    /// <summary>Scatters: copies <paramref name="source"/> into the buffers from <paramref name="offset"/> on.</summary>
    /// <returns>Bytes copied: less than the source's length only at the end.</returns>
    public int CopyFrom(int offset, ReadOnlySpan<byte> source)
    {
        int done = 0;
        for (int i = 0; i < BufferCount && done < source.Length; i++)
        {
            Span<byte> piece = Slice(i, ref offset, source.Length - done);
            source.Slice(done, piece.Length).CopyTo(piece);
            done += piece.Length;
        }

        return done;
    }

    private int BufferCount => _several?.Count ?? 1;

    /// <summary>What a buffer has from an offset on; the offset is reduced by what lies before.</summary>
    private Span<byte> Slice(int index, ref int offset, int limit)
    {
        Span<byte> buffer = _several is null ? _single : _several[index];
        int skipped = Math.Min(offset, buffer.Length);
        offset -= skipped;
        return buffer.Slice(skipped, Math.Min(buffer.Length - skipped, limit));
    }
}
