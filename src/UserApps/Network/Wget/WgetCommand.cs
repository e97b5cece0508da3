using System.Net.Sockets;
using KernelSockets.UserApps.Files;

namespace KernelSockets.UserApps.Network.Wget;

/// <summary>wget: fetches files over HTTP.</summary>
internal static class WgetCommand
{
    /// <summary>What <c>--help</c> prints.</summary>
    public const string Help = """
        Usage: wget [-cqS] [-O FILE] [-P DIRECTORY] [-T SECONDS] [-t TRIES] [--spider] URL...
        Fetches files over HTTP; redirections are followed, and an attempt that was cut off goes on where it ended.
          -O FILE       everything into FILE, - for standard output; else a file for each URL, named by it
          -P DIRECTORY  files without -O go there
          -c            go on with a file that is there in part
          -T SECONDS    give up an attempt after so long without a connection or a byte (900 for bytes), 0 for never
          -t TRIES      attempts for each URL (20), 0 for no end
          -S            show the heads of the answers
          --spider      only ask whether the files are there
          -q            tell nothing
        Exit status: 0 all is fetched, 1 not to be understood, 2 wrong option, 3 the file cannot be written, 4 the network failed,
        6 a password is asked for, 7 the server does not keep to HTTP, 8 the server refused. HTTPS is not supported.

        """;

    /// <summary>Exit status: the URL makes no sense.</summary>
    public const int GenericStatus = 1;

    /// <summary>Exit status: files.</summary>
    public const int FileStatus = 3;

    /// <summary>Exit status: the network.</summary>
    public const int NetworkStatus = 4;

    /// <summary>Exit status: a password is missing.</summary>
    public const int AuthenticationStatus = 6;

    /// <summary>Exit status: the server does not speak HTTP.</summary>
    public const int ProtocolStatus = 7;

    /// <summary>Exit status: the server said no.</summary>
    public const int ServerStatus = 8;

    /// <summary>The program.</summary>
    /// <param name="arguments">Without the name.</param>
    /// <param name="sleep">Waits between attempts.</param>
    public static int Main(string[] arguments, Func<TimeSpan, Errno> sleep)
    {
        WgetOptions options = WgetOptions.Read(arguments, out string? error);
        if (error is not null)
        {
            return App.Misused("wget", error);
        }

        if (options.Urls.Count == 0)
        {
            _ = App.Misused("wget", "missing URL");
            return GenericStatus;
        }

        try
        {
            return Fetch(options, sleep);
        }
        catch (Exception exception) when (exception is SocketException { SocketErrorCode: SocketError.OperationAborted } or OperationCanceledException)
        {
            return App.InterruptedStatus; // Ctrl-C has ended the wait
        }
    }

    /// <summary>Fetches one after the other; of several failures the lowest status counts, as in GNU wget.</summary>
    private static int Fetch(WgetOptions options, Func<TimeSpan, Errno> sleep)
    {
        WgetLog log = new(options.IsQuiet);
        using WgetOutput output = new(options);
        try
        {
            output.OpenShared();
        }
        catch (Exception exception) when (FileReport.Is(exception))
        {
            WgetLog.Complain($"{options.Output}: {FileReport.Describe(exception)}");
            return GenericStatus;
        }

        int worst = 0;
        foreach (string url in options.Urls)
        {
            int status = new WgetDownload(options, log, output, sleep).Run(url);
            if (status == App.InterruptedStatus)
            {
                return status;
            }

            worst = status != 0 && (worst == 0 || status < worst) ? status : worst;
        }

        return worst;
    }
}
