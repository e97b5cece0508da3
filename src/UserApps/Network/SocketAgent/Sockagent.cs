using System.Net;
using System.Net.Sockets;

namespace KernelSockets.UserApps.Network.SocketAgent;

/// <summary>sockagent: makes socket calls here that a test suite on another host asks for.</summary>
internal static class Sockagent
{
    /// <summary>What <c>--help</c> prints.</summary>
    public const string Help = """
        Usage: sockagent [-p PORT]
        Makes socket calls for whoever asks on UDP PORT (7001), each by a thread of its own, until Ctrl-C. Anybody on the network may ask:
        run it only where that is wanted.

        """;

    private const int DefaultPort = 7001;
    private const int StackSize = 256 * 1024;

    /// <summary>The program.</summary>
    public static int Main(string[] arguments)
    {
        int port = DefaultPort;
        OptionReader options = new("p:", arguments);
        while (options.TryNext(out _))
        {
            port = options.NumberBetween(1, ushort.MaxValue);
        }

        if (options.Error is { } error || options.Operands.Count > 0)
        {
            return App.Misused("sockagent", options.Error ?? "too many arguments");
        }

        try
        {
            using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            Console.Out.WriteLine($"sockagent: serving on UDP port {port}");
            Serve(socket);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.OperationAborted)
        {
            return App.InterruptedStatus;
        }
        catch (SocketException exception)
        {
            Console.Error.WriteLine($"sockagent: {exception.Message}");
            return 1;
        }

        return 0;
    }

    /// <summary>Serves what comes in on a socket, until it is closed.</summary>
    /// <exception cref="SocketException">It was.</exception>
    internal static void Serve(Socket socket)
    {
        AgentCalls calls = new();
        byte[] datagram = new byte[AgentRequest.MaximumSize + 1];
        try
        {
            while (true)
            {
                EndPoint from = new IPEndPoint(IPAddress.Any, 0);
                int length = socket.ReceiveFrom(datagram, ref from);
                if (AgentRequest.TryParse(datagram.AsSpan(0, length)) is { } request)
                {
                    // A thread each, since a call may wait for what a later one brings about.
                    new Thread(() => Answer(socket, calls, request, from), StackSize) { IsBackground = true, Name = "sockagent" }.Start();
                }
            }
        }
        finally
        {
            calls.Reset();
        }
    }

    private static void Answer(Socket socket, AgentCalls calls, AgentRequest request, EndPoint to)
    {
        try
        {
            socket.SendTo(calls.Serve(request), to);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Nobody waits for the answer any more, or the agent is ending.
        }
    }
}
