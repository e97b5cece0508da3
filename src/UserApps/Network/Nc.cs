using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace KernelSockets.UserApps.Network;

/// <summary>nc: sends what is typed as datagrams, and prints what comes back.</summary>
internal static class Nc
{
    /// <summary>What <c>--help</c> prints.</summary>
    public const string Help = """
        Usage: nc -u [-p PORT] HOST PORT
               nc -u -l [-p] PORT
        Sends standard input to a host, a datagram for each line, and prints the datagrams that come back.
          -u  UDP; TCP is not there yet
          -l  listen on PORT: the first who sends becomes the peer
          -p PORT  local port
        Ctrl-C ends it.

        """;

    private const int MaximumDatagram = 65_535;

    /// <summary>The program.</summary>
    public static int Main(string[] arguments)
    {
        bool isUdp = false;
        bool isListening = false;
        int localPort = 0;
        var options = new OptionReader("ulp:", arguments);
        while (options.TryNext(out char option))
        {
            isUdp |= option == 'u';
            isListening |= option == 'l';
            localPort = option == 'p' ? options.NumberBetween(1, ushort.MaxValue) : localPort;
        }

        IReadOnlyList<string> operands = options.Operands;
        int wanted = !isListening ? 2 : localPort == 0 ? 1 : 0;
        if (options.Error is { } error || operands.Count != wanted)
        {
            return Misused(options.Error ?? (isListening ? "a port to listen on, please" : "a host and a port, please"));
        }

        if (!isUdp)
        {
            Console.Error.WriteLine("nc: TCP: Protocol not supported");
            return 1;
        }

        int port = 0;
        if (wanted > 0 && (!int.TryParse(operands[^1], CultureInfo.InvariantCulture, out port) || port is < 1 or > ushort.MaxValue))
        {
            return Misused($"invalid port '{operands[^1]}'");
        }

        try
        {
            using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            localPort = isListening && localPort == 0 ? port : localPort;
            if (localPort != 0)
            {
                socket.Bind(new IPEndPoint(IPAddress.Any, localPort));
            }

            if (!isListening)
            {
                socket.Connect(Resolve(operands[0]), port);
            }

            return Talk(socket, isListening);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.OperationAborted)
        {
            return App.InterruptedStatus; // Ctrl-C has ended the wait
        }
        catch (SocketException exception)
        {
            Console.Error.WriteLine($"nc: {exception.Message}");
            return 1;
        }
    }

    private static IPAddress Resolve(string host) =>
        IPAddress.TryParse(host, out IPAddress? address) ? address : Dns.GetHostAddresses(host, AddressFamily.InterNetwork)[0];

    private static int Talk(Socket socket, bool isListening)
    {
        byte[] buffer = new byte[MaximumDatagram];
        if (isListening)
        {
            EndPoint peer = new IPEndPoint(IPAddress.Any, 0);
            int length = socket.ReceiveFrom(buffer, ref peer);
            socket.Connect(peer);
            Console.OpenStandardOutput().Write(buffer, 0, length);
        }

        var sender = new Thread(() => SendInput(socket)) { IsBackground = true, Name = "nc input" };
        sender.Start();
        using Stream output = Console.OpenStandardOutput();
        while (true)
        {
            output.Write(buffer, 0, socket.Receive(buffer));
            output.Flush();
        }
    }

    private static void SendInput(Socket socket)
    {
        byte[] line = new byte[MaximumDatagram];
        using Stream input = Console.OpenStandardInput();
        try
        {
            int length = input.Read(line);
            while (length > 0)
            {
                socket.Send(line, 0, length, SocketFlags.None);
                length = input.Read(line);
            }
        }
        catch (Exception exception) when (exception
            is SocketException or IOException or ObjectDisposedException or ThreadInterruptedException or OperationCanceledException)
        {
            // The receiving side meets the same error and reports it.
        }
    }

    private static int Misused(string message) => App.Misused("nc", message);
}
