using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace KernelSockets.UserApps.Network;

/// <summary>traceroute: the routers on the way to a host.</summary>
internal static class Traceroute
{
    /// <summary>What <c>--help</c> prints.</summary>
    public const string Help = """
        Usage: traceroute [-In] [-f FIRST] [-m LAST] [-p PORT] [-q PROBES] [-w SECONDS] HOST [BYTES]
        Prints who answers datagrams that may pass one router, two, and so on, until HOST itself does.
          -I          ICMP echo requests instead of UDP
          -f FIRST    start with that hop (1)
          -m LAST     end with that hop (30)
          -n          addresses, not names
          -p PORT     UDP port of the first probe (33434); each goes to the next one
          -q PROBES   so many for each hop (3), one after the other
          -w SECONDS  wait so long for each answer (5)
        A * stands for no answer; !N, !H, !P, !F, !X for a network, host or protocol that cannot be reached, a datagram too big, or a filter.

        """;

    /// <summary>Bytes of IPv4 and UDP, or ICMP, before the data.</summary>
    public const int Headers = 28;

    /// <summary>The program.</summary>
    public static int Main(string[] arguments)
    {
        TracerouteOptions options = TracerouteOptions.Read(arguments, out string? error);
        if (error is not null)
        {
            return App.Misused("traceroute", error);
        }

        try
        {
            if (!HostName.TryResolve(options.Host, out IPAddress? destination))
            {
                Console.Error.WriteLine($"{options.Host}: Name or service not known");
                return App.UsageStatus;
            }

            Console.Out.WriteLine($"traceroute to {options.Host} ({destination}), {options.LastHop} hops max, {options.Length} byte packets");
            using TracerouteProbe probe = new(destination, options);
            bool isThere = false;
            for (int hop = options.FirstHop; hop <= options.LastHop && !isThere; hop++)
            {
                isThere = Ask(probe, options, hop);
            }

            return 0;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.OperationAborted)
        {
            return App.InterruptedStatus;
        }
        catch (SocketException exception)
        {
            Console.Error.WriteLine($"traceroute: {exception.Message}");
            return 1;
        }
    }

    /// <summary>Asks for one hop, and prints its line while the answers come.</summary>
    /// <returns>True when it was the last.</returns>
    private static bool Ask(TracerouteProbe probe, TracerouteOptions options, int hop)
    {
        bool isLast = false;
        IPAddress? before = null;
        Console.Out.Write(hop.ToString(CultureInfo.InvariantCulture).PadLeft(2) + " ");
        for (int i = 0; i < options.Probes; i++)
        {
            TracerouteAnswer answer = probe.Ask(hop);
            if (answer.From is not { } from)
            {
                Console.Out.Write(" *");
                continue;
            }

            if (!from.Equals(before))
            {
                Console.Out.Write(options.IsNumeric ? $" {from}" : $" {HostName.Of(from)} ({from})");
                before = from;
            }

            Console.Out.Write(string.Create(CultureInfo.InvariantCulture, $"  {answer.RoundTrip.TotalMilliseconds:F3} ms{answer.Mark}"));
            isLast |= answer.IsFinal;
        }

        Console.Out.WriteLine();
        return isLast;
    }
}
