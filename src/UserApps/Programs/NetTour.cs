namespace KernelSockets.UserApps.Programs;

/// <summary>
/// nettour: an ordinary C# program that goes through what System.Net and System.Net.Sockets offer for TCP and HTTP, over the loopback interface, and prints what it
/// sees. It has to print the same on any system.
/// </summary>
internal static class NetTour
{
    public const string Help = """
        Usage: nettour
        Tries TcpListener, TcpClient, NetworkStream, HttpListener and HttpClient over the loopback interface, and prints what it sees.

        """;

    public static int Main(string[] args)
    {
        if (args.Length != 0)
        {
            return App.Misused("nettour", "too many operands");
        }

        Run(Console.Out);
        return 0;
    }

    /// <summary>Makes the tour.</summary>
    public static void Run(TextWriter output)
    {
        NetTourStop stop = new(output);
        NetTourStreams.TalkAsync(stop).GetAwaiter().GetResult();
        NetTourStreams.WaitAsync(stop).GetAwaiter().GetResult();
        NetTourStreams.TalkToManyAsync(stop).GetAwaiter().GetResult();
        NetTourStreams.RefuseAsync(stop).GetAwaiter().GetResult();
        NetTourHttp.RunAsync(stop).GetAwaiter().GetResult();
    }
}
