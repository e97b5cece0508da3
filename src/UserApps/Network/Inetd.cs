namespace KernelSockets.UserApps.Network;

/// <summary>inetd: the small services of the Internet.</summary>
internal static class Inetd
{
    /// <summary>What <c>--help</c> prints.</summary>
    public const string Help = """
        Usage: inetd
        Serves until it is told to end; 'inetd &' leaves the prompt free.
          UDP 7  echo     sends every datagram back (RFC 862)
          UDP 9  discard  takes datagrams and says nothing (RFC 863)
        The same services over TCP are not there yet.

        """;

    private const ushort EchoPort = 7;
    private const ushort DiscardPort = 9;

    /// <summary>The program.</summary>
    public static int Main(string[] arguments)
    {
        if (arguments.Length > 0)
        {
            return App.Misused("inetd", "too many arguments");
        }

        string? error = UdpService.TryStart("udp echo", EchoPort, isEcho: true, out UdpService? echo);
        if (error is not null)
        {
            return Fail("udp echo", error);
        }

        error = UdpService.TryStart("udp discard", DiscardPort, isEcho: false, out UdpService? discard);
        if (error is not null)
        {
            return Fail("udp discard", error);
        }

        try
        {
            echo!.Join();
            discard!.Join();
            return 1; // services end on errors only
        }
        catch (ThreadInterruptedException)
        {
            echo!.Expect();
            discard!.Expect();
            return App.InterruptedStatus;
        }
    }

    private static int Fail(string service, string error)
    {
        Console.Error.WriteLine($"inetd: {service}: {error}");
        return 1;
    }
}
