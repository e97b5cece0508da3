using System.Globalization;
using System.Net;
using System.Net.Sockets;
using KernelSockets.Wire;

namespace KernelSockets.UserApps.Network;

/// <summary>dig: asks a name server, and shows the whole answer.</summary>
internal static class Dig
{
    /// <summary>What <c>--help</c> prints.</summary>
    public const string Help = """
        Usage: dig [@SERVER] [-p PORT] [-t TYPE] [-x ADDRESS] [+OPTION]... [NAME] [TYPE]
        Asks a name server by UDP and prints its answer, in the form of BIND's dig.
          @SERVER     whom to ask (the first name server of /etc/resolv.conf)
          -p PORT     its port (53)
          -t TYPE     kind of record: A, AAAA, CNAME, MX, NS, PTR, SOA, SRV, TXT, ANY, or TYPEn (A)
          -x ADDRESS  the name of an address
          +short      only the data of the answers
          +norecurse  the server shall not ask others
          +tries=N    ask so often (3)
          +timeout=S  wait S seconds each time (5)
        Answers that are too long for UDP come cut short, since TCP is not there yet; the flags then say tc.
        Exit status: 0 when there was an answer, be it that there is no such name; 1 wrong usage; 9 when no server answered.

        """;

    private const int UsageStatus = 1;
    private const int NoAnswerStatus = 9;
    private const string ResolverFile = "/etc/resolv.conf";

    /// <summary>The program.</summary>
    public static int Main(string[] arguments)
    {
        DigOptions options = DigOptions.Read(arguments, out string? error);
        if (error is not null)
        {
            Console.Error.WriteLine($"dig: {error}");
            Console.Error.WriteLine("Try 'dig --help' for more information.");
            return UsageStatus;
        }

        try
        {
            if (!TryFindServer(options.Server, out string name, out IPAddress? address))
            {
                Console.Error.WriteLine(options.Server is null ? $"dig: no name server in {ResolverFile}" : $"dig: couldn't get address for '{name}': not found");
                return NoAnswerStatus;
            }

            if (!options.IsShort)
            {
                string found = options.Server is null ? "" : "; (1 server found)\n";
                Console.Out.Write($"\n; <<>> dig <<>> {string.Join(' ', arguments)}\n{found};; global options: +cmd\n");
            }

            return Ask(options, name, new IPEndPoint(address!, options.Port));
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.OperationAborted)
        {
            return App.InterruptedStatus;
        }
        catch (SocketException exception)
        {
            Console.Error.WriteLine($"dig: {exception.Message}");
            return NoAnswerStatus;
        }
    }

    private static int Ask(DigOptions options, string serverName, IPEndPoint server)
    {
        DnsClient client = new(server)
        {
            Tries = options.Tries,
            Timeout = options.Timeout,
            WantsRecursion = options.WantsRecursion,
            Failed = reason => Console.Out.WriteLine($";; communications error to {server.Address}#{server.Port}: {reason}"),
        };
        if (!client.TryAsk(options.Question, out DnsMessage? answer))
        {
            Console.Out.Write(options.IsShort ? ";; no servers could be reached\n" : "\n;; no servers could be reached\n\n");
            return NoAnswerStatus;
        }

        if (options.IsShort)
        {
            Console.Out.Write(DigReport.FormatShort(answer));
            return 0;
        }

        Console.Out.Write(DigReport.Format(answer));
        Console.Out.Write(string.Create(
            CultureInfo.InvariantCulture,
            $";; Query time: {(long)client.RoundTrip.TotalMilliseconds} msec\n;; SERVER: {server.Address}#{server.Port}({serverName}) (UDP)\n"));
        Console.Out.Write(string.Create(CultureInfo.InvariantCulture, $";; WHEN: {DateTime.UtcNow:ddd MMM dd HH:mm:ss} UTC {DateTime.UtcNow:yyyy}\n"));
        Console.Out.Write($";; MSG SIZE  rcvd: {answer.Length}\n\n");
        return 0;
    }

    private static bool TryFindServer(string? wanted, out string name, out IPAddress? address)
    {
        name = wanted ?? FirstNameServer() ?? string.Empty;
        return HostName.TryResolve(name, out address);
    }

    private static string? FirstNameServer()
    {
        const string Keyword = "nameserver";
        if (!File.Exists(ResolverFile))
        {
            return null;
        }

        return File.ReadLines(ResolverFile)
            .Select(line => line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words is [Keyword, _, ..] && Ipv4Address.TryParse(words[1], out _))
            .Select(words => words[1])
            .FirstOrDefault();
    }
}
