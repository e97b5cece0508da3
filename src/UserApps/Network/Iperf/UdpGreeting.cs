using System.Buffers.Binary;
using System.Net.Sockets;

namespace KernelSockets.UserApps.Network.Iperf;

/// <summary>The datagram that opens a UDP stream, and its answer (iperf_udp_connect of iperf 3.12): numbers in the order of the processor that sends them.</summary>
internal static class UdpGreeting
{
    private const uint Question = 0x36373839; // UDP_CONNECT_MSG
    private const uint Answer = 0x39383736; // UDP_CONNECT_REPLY
    private const uint OldAnswer = 987654321; // LEGACY_UDP_CONNECT_REPLY
    private const int MostOthers = 100; // data that come before the answer
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>A client's socket: asks, and waits for the answer.</summary>
    /// <exception cref="IperfException">It does not come.</exception>
    public static void Ask(Socket socket)
    {
        byte[] message = new byte[IperfParameters.LargestDatagram];
        BinaryPrimitives.WriteUInt32LittleEndian(message, Question);
        _ = socket.Send(message, sizeof(uint), SocketFlags.None);
        socket.ReceiveTimeout = (int)s_patience.TotalMilliseconds;
        for (int i = 0; i < MostOthers; i++)
        {
            if (socket.Receive(message) == sizeof(uint) && BinaryPrimitives.ReadUInt32LittleEndian(message) is Answer or OldAnswer)
            {
                socket.ReceiveTimeout = 0;
                return;
            }
        }

        throw new IperfException("unable to read from stream socket: the server does not greet");
    }

    /// <summary>A server's socket, connected: answers.</summary>
    public static void Reply(Socket socket)
    {
        byte[] message = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(message, Answer);
        _ = socket.Send(message);
    }
}
