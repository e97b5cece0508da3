using System.Buffers.Binary;
using System.Net.Sockets;

namespace KernelSockets.UserApps.Network.Iperf;

/// <summary>What TCP tells of a connection by TCP_INFO (Linux's struct tcp_info).</summary>
internal static class TcpFigures
{
    private const int Level = 6; // IPPROTO_TCP
    private const int MaximumSegment = 2; // TCP_MAXSEG
    private const int Information = 11; // TCP_INFO
    private const int Size = 104;
    private const int SendSegmentOffset = 16;
    private const int WindowOffset = 80;
    private const int RetransmissionsOffset = 100;

    /// <summary>The segment size.</summary>
    public static int SegmentSize(Socket socket)
    {
        Span<byte> value = stackalloc byte[sizeof(int)];
        _ = socket.GetRawSocketOption(Level, MaximumSegment, value);
        return BinaryPrimitives.ReadInt32LittleEndian(value);
    }

    /// <summary>Segments sent again so far, and the congestion window in bytes.</summary>
    public static (long Retransmissions, long Window) Read(Socket socket)
    {
        Span<byte> value = stackalloc byte[Size];
        _ = socket.GetRawSocketOption(Level, Information, value);
        int segment = BinaryPrimitives.ReadInt32LittleEndian(value[SendSegmentOffset..]);
        long window = (long)BinaryPrimitives.ReadInt32LittleEndian(value[WindowOffset..]) * segment;
        return (BinaryPrimitives.ReadInt32LittleEndian(value[RetransmissionsOffset..]), window);
    }
}
