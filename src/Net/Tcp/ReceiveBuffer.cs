namespace KernelSockets.Net;

/// <summary>
/// The received part of a stream: what comes in order stays in its packets, without a copy; what comes too early, or is too short to be worth a packet buffer, is copied. Read from
/// the front.
/// </summary>
/// <remarks>
/// Under the stack's gate; an empty one holds nothing. Sockets may hold a share of the driver's packets (<see cref="SocketMemory"/>); data beyond are copied, too, so that a
/// program that does not read never takes the driver's buffers.
/// </remarks>
internal sealed class ReceiveBuffer : StreamBuffer
{
    private const int LeastHeld = PacketBufferPool.BufferSize / 2;

    private HeldSegments? _held;

    /// <param name="memory">Where chunks come from.</param>
    public ReceiveBuffer(TcpMemory memory)
        : base(memory)
    {
    }

    /// <summary>Takes data that are the next in order.</summary>
    /// <param name="offset">Behind everything that was appended before.</param>
    /// <param name="data">They.</param>
    /// <param name="frame">The packet that they are in; null when there is none.</param>
    /// <returns>How many bytes were taken: fewer when memory has run out.</returns>
    public int Append(long offset, ReadOnlySpan<byte> data, PacketBuffer? frame)
    {
        if (frame is not null && data.Length >= LeastHeld)
        {
            _held ??= Memory.TakeHeld();
            if (_held.TryAdd(offset, data, frame))
            {
                return data.Length;
            }
        }

        return Write(offset, data);
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Peek(long offset, int most)
    {
        int index = _held?.Find(offset) ?? 0;
        if (_held is null || index == _held.Count)
        {
            return base.Peek(offset, most);
        }

        ref readonly HeldSegment segment = ref _held[index];
        if (segment.Start > offset)
        {
            return base.Peek(offset, (int)Math.Min(most, segment.Start - offset));
        }

        ReadOnlySpan<byte> piece = segment.From(offset);
        return piece[..Math.Min(most, piece.Length)];
    }

    /// <inheritdoc/>
    public override void DiscardTo(long offset)
    {
        _held?.DiscardTo(offset);
        base.DiscardTo(offset);
    }

    /// <inheritdoc/>
    public override void Clear()
    {
        if (_held is { } held)
        {
            held.DiscardTo(long.MaxValue);
            Memory.ReturnHeld(held);
            _held = null;
        }

        base.Clear();
    }
}
