using System.Globalization;
using System.Net;
using System.Net.Sockets;
using KernelSockets.UserApps.Files;
using KernelSockets.UserApps.Network.Http;

namespace KernelSockets.UserApps.Network.Wget;

/// <summary>One URL: its attempts and redirections, up to a file that is whole or a failure that counts.</summary>
internal sealed class WgetDownload(WgetOptions options, WgetLog log, WgetOutput output, Func<TimeSpan, Errno> sleep)
{
    private const int MostRedirections = 20;
    private const int Standard = 2;
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(10);

    private Uri _url = new("http://localhost/");
    private int _redirections;

    /// <summary>Fetches it.</summary>
    /// <param name="text">The URL as it was typed.</param>
    /// <returns>Exit status.</returns>
    public int Run(string text)
    {
        if (!WgetUrl.TryParse(text, out Uri? url, out string error))
        {
            WgetLog.Complain($"{text}: {error}");
            return WgetCommand.GenericStatus;
        }

        _url = url;
        try
        {
            output.Begin(WgetUrl.FileName(url));
            return Try();
        }
        catch (Exception exception) when (FileReport.Is(exception) && exception is not (EndOfStreamException or InvalidDataException))
        {
            log.WriteLine($"{output.Name}: {FileReport.Describe(exception)}");
            return WgetCommand.FileStatus;
        }
    }

    private int Try()
    {
        for (int attempt = 1; ; attempt++)
        {
            string count = attempt > 1 ? string.Create(CultureInfo.InvariantCulture, $"(try:{attempt,2})") : string.Empty;
            log.WriteLine($"--{WgetLog.Now}--{count}  {_url}");
            int? status = AttemptSafely();
            if (status is { } final)
            {
                return final;
            }

            if (attempt >= options.Tries)
            {
                log.WriteLine("Giving up.\n");
                return WgetCommand.NetworkStatus;
            }

            log.WriteLine("Retrying.\n");
            TimeSpan pause = TimeSpan.FromSeconds(attempt);
            if (sleep(pause < s_longestPause ? pause : s_longestPause) != Errno.Success)
            {
                return App.InterruptedStatus;
            }
        }
    }

    /// <returns>The exit status, or null when another attempt may help.</returns>
    private int? AttemptSafely()
    {
        try
        {
            return Attempt();
        }
        catch (SocketException exception) when (exception.SocketErrorCode != SocketError.OperationAborted)
        {
            log.WriteLine($"failed: {Reason(exception)}.");
            return exception.SocketErrorCode == SocketError.ConnectionRefused ? WgetCommand.NetworkStatus : null;
        }
        catch (EndOfStreamException)
        {
            log.Write(string.Create(CultureInfo.InvariantCulture, $"{WgetLog.Now} - Connection closed at byte {output.Received}. "));
            return null;
        }
        catch (InvalidDataException exception)
        {
            log.WriteLine($"{WgetLog.Now} ERROR: {exception.Message}.\n");
            return WgetCommand.ProtocolStatus;
        }
    }

    private static string Reason(SocketException exception) => exception.SocketErrorCode switch
    {
        SocketError.TimedOut or SocketError.WouldBlock => "Connection timed out",
        _ => ((Errno)exception.ErrorCode).Describe(),
    };

    private int? Attempt()
    {
        while (true)
        {
            if (!TryFindServer(out IPEndPoint server))
            {
                return WgetCommand.NetworkStatus;
            }

            using HttpConnection connection = HttpConnection.Open(server, options.ConnectTimeout, options.WaitTimeout);
            log.Write("connected.\nHTTP request sent, awaiting response... ");
            connection.Send(WgetUrl.Request(_url, options.IsSpider ? "HEAD" : "GET", output.Received));
            if (HttpAnswer.Read(connection) is not { } answer)
            {
                log.Write("No data received.\n");
                return null;
            }

            log.WriteLine($"{answer.Status} {answer.Reason}".TrimEnd());
            ShowHead(answer);
            int? status = Judge(answer, out bool isRedirected) ?? (isRedirected ? null : Take(connection, answer));
            if (!isRedirected || status is not null)
            {
                return status;
            }

            log.WriteLine($"--{WgetLog.Now}--  {_url}");
        }
    }

    private bool TryFindServer(out IPEndPoint server)
    {
        server = new IPEndPoint(IPAddress.Any, 0);
        string host = _url.Host;
        bool isAddress = Ipv4Address.TryParse(host, out _);
        log.Write(isAddress ? string.Empty : $"Resolving {host}... ");
        if (!HostName.TryResolve(host, out IPAddress? address))
        {
            log.WriteLine("failed: Name or service not known.");
            log.Write($"wget: unable to resolve host address '{host}'\n");
            return false;
        }

        server = new IPEndPoint(address, _url.Port);
        log.Write(isAddress ? $"Connecting to {server}... " : $"{address}\nConnecting to {host} ({address}):{_url.Port}... ");
        return true;
    }

    private void ShowHead(HttpAnswer answer)
    {
        if (!options.ShowsHeads)
        {
            return;
        }

        // GNU wget shows them even with -q.
        WgetLog.Complain($"  {answer.StatusLine}");
        foreach ((string name, string value) in answer.Fields)
        {
            WgetLog.Complain($"  {name}: {value}");
        }
    }

    /// <summary>What the status says.</summary>
    /// <returns>The exit status; null when there is something to take, or to follow.</returns>
    private int? Judge(HttpAnswer answer, out bool isRedirected)
    {
        isRedirected = answer.Status is 300 or 301 or 302 or 303 or 307 or 308 && answer["Location"] is not null;
        if (isRedirected)
        {
            return Follow(answer["Location"]!);
        }

        if ((answer.Status == 416 && output.Received > 0) || (answer.Status == 200 && options.Continues && output.Received > 0 && answer.Length == output.Received))
        {
            log.WriteLine("\n    The file is already fully retrieved; nothing to do.\n");
            output.Finish(null);
            return 0;
        }

        switch (answer.Status)
        {
            case 204:
                log.WriteLine();
                return 0;
            case 401:
                log.WriteLine("\nUsername/Password Authentication Failed.");
                return WgetCommand.AuthenticationStatus;
            case < 200 or >= 300 when options.IsSpider && answer.Status is 404 or 410:
                log.WriteLine("Remote file does not exist -- broken link!!!\n");
                return WgetCommand.ServerStatus;
            case < 200 or >= 300:
                log.WriteLine($"{WgetLog.Now} ERROR {answer.Status}: {(answer.Reason.Length > 0 ? answer.Reason : "(no description)")}.\n");
                return WgetCommand.ServerStatus;
            case 206 when answer.RangeStart != output.Received:
                throw new InvalidDataException("the server sent another part than was asked for");
            default:
                return null;
        }
    }

    private int? Follow(string location)
    {
        log.WriteLine($"Location: {location} [following]");
        if (++_redirections > MostRedirections)
        {
            log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{MostRedirections} redirections exceeded."));
            return WgetCommand.ServerStatus;
        }

        if (!WgetUrl.TryResolve(_url, location, out Uri? url, out string error))
        {
            log.WriteLine($"{location}: {error}");
            return WgetCommand.GenericStatus;
        }

        _url = url;
        return null;
    }

    private int Take(HttpConnection connection, HttpAnswer answer)
    {
        if (answer.Status != 206)
        {
            output.Restart();
        }

        long? whole = answer.Length is { } length ? output.Received + length : null;
        string type = answer["Content-Type"] is { } named ? $" [{named.Split(';')[0]}]" : string.Empty;
        string size = whole is { } bytes ? string.Create(CultureInfo.InvariantCulture, $"{bytes}{(bytes < 1024 ? string.Empty : $" ({ByteSize.Compact(bytes)})")}") : "unspecified";
        log.WriteLine($"Length: {size}{type}");
        if (options.IsSpider)
        {
            log.WriteLine("Remote file exists.\n");
            return 0;
        }

        output.Prepare();
        log.WriteLine($"Saving to: '{output.Name}'\n");
        WgetProgress progress = new(Path.GetFileName(output.Name), output.Received, whole, !log.IsQuiet && StandardStream.IsTerminal(Standard));
        Copy(new HttpBody(connection, answer), progress);
        output.Finish(answer.ModifiedAt);
        string of = whole is { } all ? string.Create(CultureInfo.InvariantCulture, $"/{all}") : string.Empty;
        string what = output.IsStandard ? "written to stdout" : $"'{output.Name}' saved";
        log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{WgetLog.Now} ({progress.Rate(output.Received)}) - {what} [{output.Received}{of}]\n"));
        return 0;
    }

    private void Copy(HttpBody body, WgetProgress progress)
    {
        byte[] buffer = new byte[64 * 1024];
        for (int count = body.Read(buffer); count > 0; count = body.Read(buffer))
        {
            output.Write(buffer.AsSpan(0, count));
            progress.Show(output.Received, isLast: false);
        }

        progress.Show(output.Received, isLast: true);
    }
}
