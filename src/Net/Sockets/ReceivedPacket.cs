using KernelSockets.Sockets;

namespace KernelSockets.Net;

/// <summary>A packet that waits in a socket, with what recvmsg tells about it.</summary>
/// <remarks>Large, so it is passed by reference and copied only once, into its place in the queue, where <see cref="SocketMemory"/> adds the data.</remarks>
internal struct ReceivedPacket
{
    /// <summary>The frame that holds the data, with one reference; null when they were copied.</summary>
    public PacketBuffer? Frame { get; private set; }

    /// <summary>The copy, rented; null when <see cref="Frame"/> holds the data.</summary>
    public byte[]? Copy { get; private set; }

    /// <summary>Where the data begin in frame or copy.</summary>
    public int Offset { get; private set; }

    /// <summary>Bytes of data.</summary>
    public int Length { get; private set; }

    /// <summary>Bytes that it had before a filter cut it; 0 when none did.</summary>
    public int WholeLength { get; init; }

    /// <summary>Who sent it: what recvfrom tells.</summary>
    public SocketAddress Source { get; init; }

    /// <summary>The IP destination.</summary>
    public Ipv4Address Destination { get; init; }

    /// <summary>Where it came in.</summary>
    public NetInterface? Interface { get; init; }

    /// <summary>TTL it arrived with.</summary>
    public byte TimeToLive { get; init; }

    /// <summary>TOS it arrived with.</summary>
    public byte TypeOfService { get; init; }

    /// <summary>When it came in.</summary>
    public Instant ReceivedAt { get; init; }

    /// <summary>Bytes it counts against SO_RCVBUF.</summary>
    public readonly int Charge => Length + SocketMemory.Overhead;

    /// <summary>The data.</summary>
    public readonly ReadOnlySpan<byte> Data => Frame is null ? Copy.AsSpan(Offset, Length) : Frame.Data.Slice(Offset, Length);

    /// <summary>The data lie in a frame, of which the caller has taken a reference.</summary>
    public void SetFrame(PacketBuffer frame, int offset, int length)
    {
        Frame = frame;
        Offset = offset;
        Length = length;
    }

    /// <summary>The data were copied to the start of a rented array.</summary>
    public void SetCopy(byte[] copy, int length)
    {
        Copy = copy;
        Length = length;
    }
}
