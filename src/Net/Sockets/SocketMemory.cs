using System.Buffers;

namespace KernelSockets.Net;

/// <summary>
/// What all sockets of a stack together may hold: frames from the driver's pool up to a share, so that a reader who sleeps never starves the driver,
/// and beyond it, and for datagrams without a frame, copies up to as much again as the pool has.
/// </summary>
/// <remarks>Under the stack's gate. Allocates nothing once the array pool is warm.</remarks>
internal sealed class SocketMemory
{
    /// <summary>What a packet costs besides its data (Linux's truesize counts its buffer and header the same way).</summary>
    internal const int Overhead = 512;

    /// <summary>Sockets may hold one in so many of the pool's buffers.</summary>
    internal const int PoolShare = 4;

    private readonly int _maximumFrames;
    private readonly long _maximumCopied;

    /// <param name="pool">The stack's pool.</param>
    public SocketMemory(PacketBufferPool pool)
    {
        _maximumFrames = pool.Total / PoolShare;
        _maximumCopied = (long)pool.Total * PacketBufferPool.BufferSize;
    }

    /// <summary>Frames held.</summary>
    public int HeldFrames { get; private set; }

    /// <summary>Bytes copied.</summary>
    public long CopiedBytes { get; private set; }

    /// <summary>Packets dropped because both shares were used up.</summary>
    public long Exhausted { get; private set; }

    /// <summary>Keeps the data of a packet beyond the call it came with.</summary>
    /// <param name="frame">The frame they are in; null when there is none.</param>
    /// <param name="data">They.</param>
    /// <param name="described">All else about the packet.</param>
    /// <param name="kept"><paramref name="described"/> with the data.</param>
    /// <returns>False when there is no memory; that is counted.</returns>
    public bool TryKeep(PacketBuffer? frame, ReadOnlySpan<byte> data, in ReceivedPacket described, out ReceivedPacket kept)
    {
        int offset = 0;
        if (frame is not null && HeldFrames < _maximumFrames && (data.IsEmpty || frame.Data.Overlaps(data, out offset)))
        {
            HeldFrames++;
            frame.AddReference();
            kept = With(described, frame, null, offset, data.Length);
            return true;
        }

        if (CopiedBytes + data.Length > _maximumCopied)
        {
            Exhausted++;
            kept = default;
            return false;
        }

        byte[] copy = ArrayPool<byte>.Shared.Rent(Math.Max(1, data.Length));
        data.CopyTo(copy);
        CopiedBytes += data.Length;
        kept = With(described, null, copy, 0, data.Length);
        return true;
    }

    /// <summary>Gives the memory of a packet back.</summary>
    public void Free(in ReceivedPacket packet)
    {
        if (packet.Frame is not null)
        {
            HeldFrames--;
            packet.Frame.Release();
        }
        else if (packet.Copy is not null)
        {
            CopiedBytes -= packet.Length;
            ArrayPool<byte>.Shared.Return(packet.Copy);
        }
    }

    private static ReceivedPacket With(in ReceivedPacket described, PacketBuffer? frame, byte[]? copy, int offset, int length) => new()
    {
        Frame = frame,
        Copy = copy,
        Offset = offset,
        Length = length,
        Source = described.Source,
        Destination = described.Destination,
        Interface = described.Interface,
        TimeToLive = described.TimeToLive,
        TypeOfService = described.TypeOfService,
        ReceivedAt = described.ReceivedAt,
    };
}
