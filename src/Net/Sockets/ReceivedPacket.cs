using KernelSockets.Sockets;

namespace KernelSockets.Net;

/// <summary>A packet that waits in a socket, with what recvmsg tells about it. Made by <see cref="SocketMemory"/>.</summary>
internal readonly struct ReceivedPacket
{
    /// <summary>The frame that holds the data, with one reference; null when they were copied.</summary>
    public PacketBuffer? Frame { get; init; }

    /// <summary>The copy, rented; null when <see cref="Frame"/> holds the data.</summary>
    public byte[]? Copy { get; init; }

    /// <summary>Where the data begin in frame or copy.</summary>
    public int Offset { get; init; }

    /// <summary>Bytes of data.</summary>
    public int Length { get; init; }

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
    public int Charge => Length + SocketMemory.Overhead;

    /// <summary>The data.</summary>
    public ReadOnlySpan<byte> Data => Frame is null ? Copy.AsSpan(Offset, Length) : Frame.Data.Slice(Offset, Length);
}
