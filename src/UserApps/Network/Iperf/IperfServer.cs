using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace KernelSockets.UserApps.Network.Iperf;

/// <summary>The side that serves tests, one at a time; who comes meanwhile is told so.</summary>
internal sealed class IperfServer
{
    private const int Backlog = 16;
    private const int UnimplementedError = 13; // IEUNIMP
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly IperfOptions _options;
    private Socket? _listener;
    private Task<Socket>? _accepting;

    /// <param name="options">The arguments.</param>
    public IperfServer(IperfOptions options) => _options = options;

    private Task<Socket> NextConnection() => _accepting ??= _listener!.AcceptAsync();

    /// <summary>Serves until the job is told to end, or one test with -1.</summary>
    /// <returns>Exit status.</returns>
    /// <exception cref="IperfException">The port cannot be listened on.</exception>
    public int Run()
    {
        _listener = Listen();
        using (_listener)
        {
            for (int number = 1; number == 1 || !_options.IsOnce; number++)
            {
                Console.Out.WriteLine("-----------------------------------------------------------");
                Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Server listening on {_options.Port} (test #{number})"));
                Console.Out.WriteLine("-----------------------------------------------------------");
                ServeSafely();
            }
        }

        return 0;
    }

    private Socket Listen()
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(new IPEndPoint(IPAddress.Any, _options.Port));
            socket.Listen(Backlog);
            return socket;
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw new IperfException($"unable to start listener for connections: {((Errno)exception.ErrorCode).Describe()}");
        }
    }

    private Socket TakeConnection()
    {
        Socket socket = NextConnection().GetAwaiter().GetResult();
        _accepting = null;
        return socket;
    }

    /// <summary>Serves one test; one that fails is told, and the next may come.</summary>
    private void ServeSafely()
    {
        Socket socket = TakeConnection();
        try
        {
            if (IperfControl.TryReadCookie(socket) is not { } cookie)
            {
                socket.Dispose();
                Console.Error.WriteLine("iperf3: error - a client did not say who it is");
                return;
            }

            using IperfControl control = new(socket, cookie);
            Serve(control);
        }
        catch (IperfException exception)
        {
            Console.Error.WriteLine($"iperf3: error - {exception.Message}");
        }
        catch (SocketException exception) when (exception.SocketErrorCode != SocketError.OperationAborted)
        {
            socket.Dispose();
            Console.Error.WriteLine($"iperf3: error - {((Errno)exception.ErrorCode).Describe()}");
        }
    }

    private void Serve(IperfControl control)
    {
        Console.Out.WriteLine($"Accepted connection from {control.Remote.Address}, port {control.Remote.Port}");
        control.Send(IperfState.ParameterExchange);
        IperfParameters parameters = ReadParameters(control);
        using IperfTest test = new(parameters, isSender: parameters.IsReverse, _options.Interval, isClient: false);
        if (parameters.IsUdp)
        {
            TakeUdpStreams(control, test);
        }
        else
        {
            TakeTcpStreams(control, test);
        }

        control.Send(IperfState.TestStart);
        control.Send(IperfState.TestRunning);
        IperfState state = test.Run(control, length: null, DenyOthers);
        if (state != IperfState.TestEnd)
        {
            throw new IperfException(state == IperfState.None ? "the client has unexpectedly closed the connection" : control.Explain(state));
        }

        test.Dispose(); // a client of iperf3 that receives may wait for a whole block before it looks at what comes next
        control.Send(IperfState.ExchangeResults);
        _ = test.ReceiveResults(control);
        test.SendResults(control);
        control.Send(IperfState.DisplayResults);
        IperfReport.PrintHeading(parameters.IsUdp, isSender: test.IsSender || parameters.IsUdp, isFinal: true);
        test.ReportWhole(test.Results(), test.IsSender);
        control.Expect(IperfState.Done);
    }

    private static IperfParameters ReadParameters(IperfControl control)
    {
        try
        {
            return IperfParameters.Read(control.ReceiveJson());
        }
        catch (IperfException)
        {
            control.SendError(UnimplementedError);
            throw;
        }
    }

    /// <summary>Takes the connections that say the test's cookie; others are told that the server is busy.</summary>
    private void TakeTcpStreams(IperfControl control, IperfTest test)
    {
        control.Send(IperfState.CreateStreams);
        while (test.Streams.Count < test.Parameters.Parallel)
        {
            WaitForStream(control, NextConnection());
            Socket socket = TakeConnection();
            if (IperfControl.TryReadCookie(socket) is { } cookie && cookie.AsSpan().SequenceEqual(control.Cookie))
            {
                test.Add(socket);
            }
            else
            {
                Deny(socket);
            }
        }
    }

    /// <summary>Each stream gets a socket: the one that was waiting is connected to whoever greets, and another one waits.</summary>
    private void TakeUdpStreams(IperfControl control, IperfTest test)
    {
        byte[] greeting = new byte[IperfParameters.LargestDatagram];
        Socket waiting = OpenUdp();
        try
        {
            control.Send(IperfState.CreateStreams);
            while (test.Streams.Count < test.Parameters.Parallel)
            {
                Task<SocketReceiveFromResult> receiving = waiting.ReceiveFromAsync(greeting, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0));
                WaitForStream(control, receiving);
                waiting.Connect(receiving.GetAwaiter().GetResult().RemoteEndPoint);
                Socket next = OpenUdp();
                UdpGreeting.Reply(waiting);
                test.Add(waiting);
                waiting = next;
            }
        }
        finally
        {
            waiting.Dispose();
        }
    }

    private Socket OpenUdp()
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(new IPEndPoint(IPAddress.Any, _options.Port));
        return socket;
    }

    private static void WaitForStream(IperfControl control, Task stream)
    {
        int first = Task.WaitAny([stream, control.NextState()], s_patience);
        if (first == 1)
        {
            throw new IperfException(control.Explain(control.TakeState()));
        }

        if (first < 0)
        {
            throw new IperfException("the client does not open its streams");
        }
    }

    /// <summary>Somebody else who came has been told; waits for the next one.</summary>
    private Task DenyOthers()
    {
        if (NextConnection().IsCompleted)
        {
            Deny(TakeConnection());
        }

        return NextConnection();
    }

    private static void Deny(Socket socket)
    {
        using (socket)
        {
            try
            {
                _ = socket.Send([unchecked((byte)IperfState.AccessDenied)]);
            }
            catch (SocketException exception) when (exception.SocketErrorCode != SocketError.OperationAborted)
            {
                // It is gone already.
            }
        }
    }
}
