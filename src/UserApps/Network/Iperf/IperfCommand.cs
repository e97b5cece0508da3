using System.Net.Sockets;

namespace KernelSockets.UserApps.Network.Iperf;

/// <summary>iperf3: measures how fast data go between two hosts, together with iperf 3 of other systems.</summary>
internal static class IperfCommand
{
    /// <summary>What <c>--help</c> prints.</summary>
    public const string Help = """
        Usage: iperf3 -s [-p PORT] [-i SECONDS] [-1]
               iperf3 -c HOST [-p PORT] [-t SECONDS | -n BYTES] [-R] [-P STREAMS] [-u] [-b RATE] [-l BYTES] [-i SECONDS] [-N]
        Measures how fast data go between two hosts; the other one may run iperf 3 of any system.
          -s  serve one test after the other; with -1 only one
          -c  run a test with a server
          -p PORT     the server's port (5201)
          -t SECONDS  how long (10)
          -n BYTES    how much instead, with K, M, G, T for powers of 1024
          -R          the server sends
          -P STREAMS  so many streams at a time
          -u          UDP instead of TCP
          -b RATE     bits a second of each stream, with K, M, G for powers of 1000; 0 for no bound (TCP 0, UDP 1 Mbit/s)
          -l BYTES    of a write (128K), or of a datagram (a segment of TCP)
          -i SECONDS  between reports (1), 0 for none
          -N          send small segments at once (TCP_NODELAY)

        """;

    /// <summary>The program.</summary>
    public static int Main(string[] arguments)
    {
        IperfOptions options = IperfOptions.Read(arguments, out string? error);
        if (error is not null)
        {
            Console.Error.WriteLine($"iperf3: parameter error - {error}");
            Console.Error.WriteLine("Try 'iperf3 --help' for more information.");
            return 1;
        }

        try
        {
            return options.IsServer ? new IperfServer(options).Run() : IperfClient.Run(options);
        }
        catch (IperfException exception)
        {
            return Fail(exception.Message);
        }
        catch (SocketException exception) when (exception.SocketErrorCode != SocketError.OperationAborted)
        {
            return Fail(((Errno)exception.ErrorCode).Describe());
        }
    }

    private static int Fail(string message)
    {
        Console.Error.WriteLine($"iperf3: error - {message}");
        return 1;
    }
}
