using System.Net;
using System.Net.Sockets;

namespace KernelSockets.UserApps.Network;

/// <summary>nc: connects standard input and output with a peer, over TCP or UDP.</summary>
internal static class Nc
{
    /// <summary>What <c>--help</c> prints.</summary>
    public const string Help = """
        Usage: nc [-uNv] [-p PORT] [-w SECONDS] HOST PORT
               nc -l [-ukNv] [-p] PORT
               nc -z [-v] [-w SECONDS] HOST PORT[-PORT]
        Sends standard input to a host and prints what comes back.
          -l  listen on PORT; over UDP the first who sends becomes the peer
          -k  with -l, go on with the next connection after the first
          -u  UDP, a datagram for each line
          -z  only tell whether ports are open
          -v  tell of connections
          -N  shut the sending direction down when the input ends
          -n  taken and without effect: numbers are never looked up
          -p PORT     local port
          -w SECONDS  give up connecting, or a silent connection, after this time
        Ctrl-C ends it.

        """;

    private const int BufferSize = 65_536;

    /// <summary>The program.</summary>
    public static int Main(string[] arguments)
    {
        NcOptions options = NcOptions.Read(arguments, out string? error);
        if (error is not null)
        {
            return App.Misused("nc", error);
        }

        try
        {
            return options.IsScan ? Scan(options) : options.IsListening ? Listen(options) : Call(options);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.OperationAborted)
        {
            return App.InterruptedStatus; // Ctrl-C has ended the wait
        }
        catch (SocketException exception)
        {
            return Fail(exception.Message);
        }
    }

    private static int Call(NcOptions options)
    {
        if (!HostName.TryResolve(options.Host, out IPAddress? address))
        {
            return Fail($"{options.Host}: unknown host");
        }

        using Socket socket = Open(options);
        if (options.LocalPort != 0)
        {
            socket.Bind(new IPEndPoint(IPAddress.Any, options.LocalPort));
        }

        if (!TryConnect(socket, new IPEndPoint(address, options.Port), options))
        {
            return 1;
        }

        return Talk(socket, options);
    }

    private static int Listen(NcOptions options)
    {
        using Socket socket = Open(options);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(new IPEndPoint(IPAddress.Any, options.LocalPort));
        if (options.IsUdp)
        {
            Say(options, "Bound on", socket.LocalEndPoint);
            byte[] first = new byte[BufferSize];
            EndPoint peer = new IPEndPoint(IPAddress.Any, 0);
            int length = socket.ReceiveFrom(first, ref peer);
            socket.Connect(peer);
            Say(options, "Connection received on", peer);
            StandardStream.Output.Write(first, 0, length);
            return Talk(socket, options);
        }

        socket.Listen();
        Say(options, "Listening on", socket.LocalEndPoint);
        int status;
        do
        {
            using Socket connection = socket.Accept();
            Say(options, "Connection received on", connection.RemoteEndPoint);
            status = Talk(connection, options);
        }
        while (options.StaysListening);
        return status;
    }

    private static int Scan(NcOptions options)
    {
        if (!HostName.TryResolve(options.Host, out IPAddress? address))
        {
            return Fail($"{options.Host}: unknown host");
        }

        int open = 0;
        for (int port = options.Port; port <= options.LastPort; port++)
        {
            using Socket socket = Open(options);
            if (TryConnect(socket, new IPEndPoint(address, port), options))
            {
                open++;
            }
        }

        return open > 0 ? 0 : 1;
    }

    private static Socket Open(NcOptions options) => options.IsUdp
        ? new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)
        : new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    /// <summary>Connects, within the time that -w allows; says why it could not.</summary>
    private static bool TryConnect(Socket socket, IPEndPoint peer, NcOptions options)
    {
        try
        {
            if (options.Timeout > 0)
            {
                socket.SendTimeout = options.Timeout * 1000;
                using CancellationTokenSource limit = new(TimeSpan.FromSeconds(options.Timeout));
                socket.ConnectAsync(peer, limit.Token).AsTask().GetAwaiter().GetResult();
            }
            else
            {
                socket.Connect(peer);
            }

            Tell(options, $"connection to {peer.Address} {peer.Port} succeeded");
            return true;
        }
        catch (OperationCanceledException)
        {
            Tell(options, $"connect to {peer.Address} port {peer.Port}: timed out");
            return false;
        }
        catch (SocketException exception) when (exception.SocketErrorCode != SocketError.OperationAborted)
        {
            if (!options.IsScan || options.IsVerbose)
            {
                Console.Error.WriteLine($"nc: connect to {peer.Address} port {peer.Port}: {exception.Message}");
            }

            return false;
        }
    }

    private static int Talk(Socket socket, NcOptions options)
    {
        Thread sender = new(() => SendInput(socket, options)) { IsBackground = true, Name = "nc input" };
        sender.Start();
        byte[] buffer = new byte[BufferSize];
        using Stream output = StandardStream.Output;
        socket.ReceiveTimeout = options.Timeout * 1000;
        while (true)
        {
            int count;
            try
            {
                count = socket.Receive(buffer);
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
            {
                return 0;
            }

            if (count == 0 && !options.IsUdp)
            {
                return 0;
            }

            output.Write(buffer, 0, count);
            output.Flush();
        }
    }

    private static void SendInput(Socket socket, NcOptions options)
    {
        byte[] piece = new byte[BufferSize];
        using Stream input = StandardStream.Input;
        try
        {
            for (int length = input.Read(piece); length > 0; length = input.Read(piece))
            {
                for (int sent = 0; sent < length;)
                {
                    sent += socket.Send(piece, sent, length - sent, SocketFlags.None);
                }
            }

            if (options.ShutsAtEnd && !options.IsUdp)
            {
                socket.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception exception) when (exception
            is SocketException or IOException or ObjectDisposedException or ThreadInterruptedException or OperationCanceledException)
        {
            // The receiving side meets the same error and reports it.
        }
    }

    /// <summary>Says with -v what has happened to an address and port, as OpenBSD's nc does.</summary>
    private static void Say(NcOptions options, string what, EndPoint? where)
    {
        if (options.IsVerbose && where is IPEndPoint place)
        {
            Console.Error.WriteLine($"{what} {place.Address} {place.Port}");
        }
    }

    private static void Tell(NcOptions options, string message)
    {
        if (options.IsVerbose)
        {
            Console.Error.WriteLine($"nc: {message}");
        }
    }

    private static int Fail(string message)
    {
        Console.Error.WriteLine($"nc: {message}");
        return 1;
    }
}
