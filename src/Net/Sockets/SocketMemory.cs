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
    /// <param name="packet">Gets them; everything else about it is known.</param>
    /// <returns>False when there is no memory; that is counted.</returns>
    public bool TryKeep(PacketBuffer? frame, ReadOnlySpan<byte> data, ref ReceivedPacket packet)
    {
        if (frame is not null && TryHold(frame, data, out int offset))
        {
            packet.SetFrame(frame, offset, data.Length);
            return true;
        }

        if (CopiedBytes + data.Length > _maximumCopied)
        {
            Exhausted++;
            return false;
        }

        byte[] copy = ArrayPool<byte>.Shared.Rent(Math.Max(1, data.Length));
        data.CopyTo(copy);
        CopiedBytes += data.Length;
        packet.SetCopy(copy, data.Length);
        return true;
    }

    /// <summary>Keeps a frame beyond the call it came with.</summary>
    /// <param name="frame">The frame; to be given back by <see cref="Release"/>.</param>
    /// <param name="data">What of it is wanted.</param>
    /// <param name="offset">Place of the data in the frame's.</param>
    /// <returns>False when sockets hold as many as they may, or the data lie elsewhere.</returns>
    public bool TryHold(PacketBuffer frame, ReadOnlySpan<byte> data, out int offset)
    {
        offset = 0;
        if (HeldFrames >= _maximumFrames || !(data.IsEmpty || frame.Data.Overlaps(data, out offset)))
        {
            return false;
        }

        HeldFrames++;
        frame.AddReference();
        return true;
    }

    /// <summary>Gives a frame back.</summary>
    public void Release(PacketBuffer frame)
    {
        HeldFrames--;
        frame.Release();
    }

    /// <summary>Gives the memory of a packet back.</summary>
    public void Free(in ReceivedPacket packet)
    {
        if (packet.Frame is not null)
        {
            Release(packet.Frame);
        }
        else if (packet.Copy is not null)
        {
            CopiedBytes -= packet.Length;
            ArrayPool<byte>.Shared.Return(packet.Copy);
        }
    }
}
