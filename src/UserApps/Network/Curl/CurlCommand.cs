using KernelSockets.UserApps.Files;

namespace KernelSockets.UserApps.Network.Curl;

/// <summary>curl: HTTP requests of all kinds, by the class library's HttpClient.</summary>
internal static class CurlCommand
{
    /// <summary>What <c>--help</c> prints.</summary>
    public const string Help = """
        Usage: curl [-fiILsS] [-d DATA] [-H FIELD] [-m SECONDS] [-o FILE] [-T FILE] [-X METHOD] URL...
        Makes HTTP requests, and prints what comes back.
          -d DATA     post DATA, or with @ the content of a file (@- standard input); several are joined by &
          -f          fail where the server does (status 400 and above), and print nothing of its page
          -H FIELD    a field of the head, 'NAME: VALUE'
          -i, -I      show the head of the answer as well; ask for nothing but the head
          -L          go where the answer says
          -m SECONDS  give up after so long
          -o FILE     write what comes to FILE; once for each URL
          -s, -S      tell nothing of failures; tell them nevertheless
          -T FILE     send FILE, by the method PUT
          -X METHOD   use METHOD
        The exit status is that of curl: 0 done, 1 unknown protocol, 2 wrong option, 3 malformed URL, 6 unknown host, 7 no connection, 18 cut off, 22 see -f,
        23 cannot write, 26 cannot read, 28 too slow, 47 redirected in circles, 52 no answer, 56 broken connection. HTTPS is not supported.

        """;

    /// <summary>The program.</summary>
    /// <param name="arguments">Without the name.</param>
    public static int Main(string[] arguments)
    {
        CurlOptions options;
        try
        {
            options = CurlOptions.Read(arguments, out string? error);
            if (error is not null)
            {
                return App.Misused("curl", error);
            }
        }
        catch (Exception exception) when (FileReport.Is(exception))
        {
            Console.Error.WriteLine($"curl: (26) Failed to open data file: {FileReport.Describe(exception)}");
            return (int)CurlStatus.CannotRead;
        }

        return Run(options);
    }

    /// <summary>One URL after the other over the same client; the status is the last one's, as in curl.</summary>
    private static int Run(CurlOptions options)
    {
        using SocketsHttpHandler handler = new() { AllowAutoRedirect = false, UseCookies = false, UseProxy = false };
        using HttpClient client = new(handler) { Timeout = Timeout.InfiniteTimeSpan };
        CurlStatus status = CurlStatus.Done;
        for (int i = 0; i < options.Urls.Count; i++)
        {
            using CurlTransfer transfer = new(options, client, options.Outputs.Count > i ? options.Outputs[i] : "-");
            try
            {
                transfer.Run(options.Urls[i]);
                status = CurlStatus.Done;
            }
            catch (CurlException exception)
            {
                status = exception.Status;
                if (options.TellsErrors)
                {
                    Console.Error.WriteLine($"curl: ({(int)status}) {exception.Message}");
                }
            }
        }

        return (int)status;
    }
}
