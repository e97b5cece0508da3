using System.Net;
using System.Net.Sockets;

namespace KernelSockets.UserApps.Network.Iperf;

/// <summary>The side that asks for a test.</summary>
internal static class IperfClient
{
    /// <summary>Runs a test.</summary>
    /// <returns>Exit status.</returns>
    /// <exception cref="IperfException">It cannot be done.</exception>
    public static int Run(IperfOptions options)
    {
        if (!HostName.TryResolve(options.Host!, out IPAddress? address))
        {
            throw new IperfException($"unable to connect to server: {options.Host}: unknown host");
        }

        IPEndPoint server = new(address, options.Port);
        Console.Out.WriteLine($"Connecting to host {options.Host}, port {options.Port}");
        using IperfControl control = Connect(server);
        IperfParameters parameters = options.TestFor(control.SegmentSize);
        control.Expect(IperfState.ParameterExchange);
        control.Send(parameters.Write);
        control.Expect(IperfState.CreateStreams);
        if (parameters.IsReverse)
        {
            Console.Out.WriteLine($"Reverse mode, remote host {options.Host} is sending");
        }

        using IperfTest test = new(parameters, isSender: !parameters.IsReverse, options.Interval, isClient: true);
        for (int i = 0; i < parameters.Parallel; i++)
        {
            test.Add(OpenStream(server, parameters.IsUdp, control.Cookie));
        }

        control.Expect(IperfState.TestStart);
        control.Expect(IperfState.TestRunning);
        Measure(test, control);
        return 0;
    }

    private static void Measure(IperfTest test, IperfControl control)
    {
        TimeSpan? length = test.Parameters.Time > 0 ? TimeSpan.FromSeconds(test.Parameters.Time) : null;
        IperfState state = test.Run(control, length, test.Parameters.Bytes > 0 ? () => test.Goal.Reached : static () => null);
        if (state != IperfState.TestEnd)
        {
            throw new IperfException(control.Explain(state));
        }

        control.Send(IperfState.TestEnd);
        control.Expect(IperfState.ExchangeResults);
        test.SendResults(control);
        IperfResults others = test.ReceiveResults(control);
        control.Expect(IperfState.DisplayResults);
        IperfResults ours = test.Results();
        (IperfResults sender, IperfResults receiver) = test.IsSender ? (ours, others) : (others, ours);
        IperfReport.PrintHeading(test.Parameters.IsUdp, isSender: test.Parameters.IsUdp || sender.HasRetransmissions, isFinal: true);
        test.ReportWhole(sender, isSender: true);
        test.ReportWhole(receiver, isSender: false);
        Console.Out.WriteLine("\niperf Done.");
        control.Send(IperfState.Done);
    }

    private static IperfControl Connect(IPEndPoint server)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(server);
            byte[] cookie = IperfControl.MakeCookie();
            _ = socket.Send(cookie);
            return new IperfControl(socket, cookie);
        }
        catch (SocketException exception) when (exception.SocketErrorCode != SocketError.OperationAborted)
        {
            socket.Dispose();
            throw new IperfException($"unable to connect to server: {((Errno)exception.ErrorCode).Describe()}");
        }
    }

    private static Socket OpenStream(IPEndPoint server, bool isUdp, byte[] cookie)
    {
        Socket socket = new(AddressFamily.InterNetwork, isUdp ? SocketType.Dgram : SocketType.Stream, isUdp ? ProtocolType.Udp : ProtocolType.Tcp);
        try
        {
            socket.Connect(server);
            if (isUdp)
            {
                UdpGreeting.Ask(socket);
            }
            else
            {
                _ = socket.Send(cookie);
            }

            return socket;
        }
        catch (SocketException exception) when (exception.SocketErrorCode != SocketError.OperationAborted)
        {
            socket.Dispose();
            throw new IperfException($"unable to connect stream: {((Errno)exception.ErrorCode).Describe()}");
        }
    }
}
