using System.Net;
using System.Net.Sockets;

namespace KernelSockets.UserApps.Tests.Fakes;

/// <summary>Ports of the loopback interface for servers that have to be told theirs.</summary>
internal static class HostPort
{
    private const int First = 10_000;
    private const int Last = 32_768; // from there on Linux takes the ports of connections, any of which might be faster than the server (ip_local_port_range)

    /// <summary>One that nobody has, for TCP and UDP.</summary>
    public static int Free()
    {
        while (true)
        {
            int port = Random.Shared.Next(First, Last);
            if (IsFree(port, SocketType.Stream) && IsFree(port, SocketType.Dgram))
            {
                return port;
            }
        }
    }

    private static bool IsFree(int port, SocketType type)
    {
        using Socket socket = new(AddressFamily.InterNetwork, type, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }
}
