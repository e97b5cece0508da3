using KernelSockets.UserApps.Network.Serving;

namespace KernelSockets.UserApps.Network.Http;

/// <summary>httpd: serves files over HTTP.</summary>
internal static class Httpd
{
    /// <summary>What <c>--help</c> prints.</summary>
    public const string Help = """
        Usage: httpd [-f] [-p PORT] [ROOT]
        Serves the files below ROOT (/var/www) over HTTP/1.1 in the background until it is told to end ('kill').
          -f       stay in the foreground
          -p PORT  listen on PORT instead of 80
        GET and HEAD, keep-alive, Range (one) with If-Range, ETag with If-None-Match, If-Modified-Since, index.html or a list of a directory.
        The page / of /var/www shows what the machine does, second by second; /live is that page for every ROOT.

        """;

    private const string DefaultRoot = "/var/www";
    private const int DefaultPort = 80;

    /// <summary>The program.</summary>
    public static int Main(string[] arguments, ISystem system)
    {
        int port = DefaultPort;
        bool isForeground = false;
        OptionReader options = new("fp:", arguments);
        while (options.TryNext(out char option))
        {
            isForeground |= option == 'f';
            port = option == 'p' ? options.NumberBetween(1, ushort.MaxValue) : port;
        }

        if (options.Error is not null || options.Operands.Count > 1)
        {
            return App.Misused("httpd", options.Error ?? "one directory, please");
        }

        string root = options.Operands.Count > 0 ? options.Operands[0] : DefaultRoot;
        if (!Directory.Exists(root))
        {
            Console.Error.WriteLine($"httpd: {root}: No such directory");
            return 1;
        }

        root = Path.GetFullPath(root);
        return isForeground ? Serve(system, static () => { }, port, root) : Daemon.Start(system.Jobs, "httpd", arguments, ready => Serve(system, ready, port, root));
    }

    private static int Serve(ISystem system, Action ready, int port, string root)
    {
        string? error = HttpServer.Run(Ipv4Address.Any, (ushort)port, root, system, ready);
        if (error is null)
        {
            return App.InterruptedStatus;
        }

        Console.Error.WriteLine($"httpd: port {port}: {error}");
        return 1;
    }
}
