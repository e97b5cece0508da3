using KernelSockets.UserApps.Network.Serving;

namespace KernelSockets.UserApps.Network;

/// <summary>inetd: the small services of the Internet.</summary>
internal static class Inetd
{
    /// <summary>What <c>--help</c> prints.</summary>
    public const string Help = """
        Usage: inetd [-f]
        Serves in the background until it is told to end ('kill').
          -f  stay in the foreground
          TCP and UDP 7  echo     sends everything back (RFC 862)
          TCP and UDP 9  discard  takes everything and says nothing (RFC 863)
          TCP 19         chargen  sends characters until the peer closes (RFC 864)

        """;

    private const ushort EchoPort = 7;
    private const ushort DiscardPort = 9;
    private const ushort ChargenPort = 19;
    private const int CheckInterval = 5000; // ms
    private const long MostStalled = 30_000; // ms that a peer may take nothing

    /// <summary>The program.</summary>
    public static int Main(string[] arguments, IJobControl jobs)
    {
        bool isForeground = false;
        OptionReader options = new("f", arguments);
        while (options.TryNext(out _))
        {
            isForeground = true;
        }

        if (options.Error is not null || options.Operands.Count > 0)
        {
            return App.Misused("inetd", options.Error ?? "too many arguments");
        }

        return isForeground ? Serve(static () => { }) : Daemon.Start(jobs, "inetd", arguments, Serve);
    }

    private static int Serve(Action ready)
    {
        string? error = UdpService.TryStart("udp echo", EchoPort, isEcho: true, out _);
        if (error is not null)
        {
            return Fail("udp echo", error);
        }

        error = UdpService.TryStart("udp discard", DiscardPort, isEcho: false, out _);
        if (error is not null)
        {
            return Fail("udp discard", error);
        }

        if (EventLoop.TryCreate() is not { } loop)
        {
            return Fail("tcp", Libc.LastError);
        }

        byte[] characters = ChargenSession.MakeBlock();
        error = TcpAcceptor.TryListen(loop, Ipv4Address.Any, EchoPort, isNoDelay: true, fd => new EchoSession(loop, fd))
            ?? TcpAcceptor.TryListen(loop, Ipv4Address.Any, DiscardPort, isNoDelay: false, fd => new DiscardSession(loop, fd))
            ?? TcpAcceptor.TryListen(loop, Ipv4Address.Any, ChargenPort, isNoDelay: false, fd => new ChargenSession(loop, fd, characters), PollEvents.Out);
        if (error is not null)
        {
            return Fail("tcp", error);
        }

        ready();
        loop.Run(CheckInterval, () => loop.ResetStalled(MostStalled)); // until the job is told to end
        return App.InterruptedStatus;
    }

    private static int Fail(string service, string error)
    {
        Console.Error.WriteLine($"inetd: {service}: {error}");
        return 1;
    }
}
