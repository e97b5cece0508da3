using System.Diagnostics;
using System.Globalization;
using System.Text;
using KernelSockets.UserApps.Files;

namespace KernelSockets.UserApps.Network.Curl;

/// <summary>What curl does for one URL: requests until one is not redirected, and what comes back.</summary>
/// <param name="options">How.</param>
/// <param name="client">Makes the requests.</param>
/// <param name="name">The file that what comes is written to; - for standard output.</param>
internal sealed class CurlTransfer(CurlOptions options, HttpClient client, string name) : IDisposable
{
    private const int MostRedirects = 50;
    private const int BufferSize = 64 * 1024;
    private const int FirstFailure = 400;

    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private long _received;
    private Stream? _output; // once there is something to write

    /// <summary>Makes the transfer.</summary>
    /// <param name="text">The URL.</param>
    /// <exception cref="CurlException">It has failed.</exception>
    public void Run(string text)
    {
        Uri url = Parse(text);
        using CancellationTokenSource source = options.Limit is { } limit ? new CancellationTokenSource(limit) : new CancellationTokenSource();
        try
        {
            Run(url, source.Token);
        }
        catch (Exception exception) when (source.IsCancellationRequested && exception is OperationCanceledException or HttpRequestException or IOException or ObjectDisposedException)
        {
            long milliseconds = (long)Stopwatch.GetElapsedTime(_startedAt).TotalMilliseconds;
            throw new CurlException(CurlStatus.TimedOut, string.Create(CultureInfo.InvariantCulture, $"Operation timed out after {milliseconds} milliseconds with {_received} bytes received"));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _output?.Dispose();

    private void Run(Uri url, CancellationToken cancellation)
    {
        CurlRequest request = new(options);
        for (int i = 0; i <= MostRedirects; i++)
        {
            using HttpResponseMessage response = Ask(url, request, cancellation);
            using CancellationTokenRegistration registration = cancellation.Register(response.Dispose); // there is no other way to end a read that waits
            Uri? next = options.Follows && (int)response.StatusCode is > 300 and < 400 and not 304 ? response.Headers.Location : null;
            if (options.Fails && (int)response.StatusCode >= FirstFailure)
            {
                throw new CurlException(CurlStatus.Refused, $"The requested URL returned error: {(int)response.StatusCode}");
            }

            Take(response, isShown: next is null);
            if (next is null)
            {
                return;
            }

            url = Check(new Uri(url, next));
            request.Redirect(response.StatusCode);
        }

        throw new CurlException(CurlStatus.TooManyRedirects, $"Maximum ({MostRedirects}) redirects followed");
    }

    /// <summary>Without a scheme it is http, as in curl.</summary>
    private static Uri Parse(string text) => Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text, UriKind.Absolute, out Uri? url)
        ? Check(url)
        : throw new CurlException(CurlStatus.MalformedUrl, "URL using bad/illegal format or missing URL");

    private static Uri Check(Uri url) => url.Scheme == Uri.UriSchemeHttp
        ? url
        : throw new CurlException(CurlStatus.UnsupportedProtocol, $"Protocol \"{url.Scheme}\" not supported or disabled in libcurl");

    private HttpResponseMessage Ask(Uri url, CurlRequest request, CancellationToken cancellation)
    {
        using HttpRequestMessage message = request.Make(url);
        try
        {
            return client.Send(message, HttpCompletionOption.ResponseHeadersRead, cancellation);
        }
        catch (HttpRequestException exception) when (!cancellation.IsCancellationRequested)
        {
            throw exception.HttpRequestError switch
            {
                HttpRequestError.NameResolutionError => new CurlException(CurlStatus.UnknownHost, $"Could not resolve host: {url.Host}"),
                HttpRequestError.ConnectionError => new CurlException(
                    CurlStatus.NoConnection,
                    string.Create(CultureInfo.InvariantCulture, $"Failed to connect to {url.Host} port {url.Port} after {(long)Stopwatch.GetElapsedTime(_startedAt).TotalMilliseconds} ms: Couldn't connect to server")),
                HttpRequestError.ResponseEnded => new CurlException(CurlStatus.EmptyReply, "Empty reply from server"),
                HttpRequestError.InvalidResponse => new CurlException(CurlStatus.UnsupportedProtocol, "Received HTTP/0.9 when not allowed"),
                _ => new CurlException(CurlStatus.ReceiveFailed, $"Recv failure: {exception.InnerException?.Message ?? exception.Message}"),
            };
        }
    }

    /// <summary>Takes an answer: the body of one that is gone on from is read for the next request on the connection only.</summary>
    private void Take(HttpResponseMessage response, bool isShown)
    {
        try
        {
            if (options.ShowsHeads)
            {
                Write(_output ??= Open(), Encoding.Latin1.GetBytes(HeadOf(response)));
            }

            Copy(response.Content.ReadAsStream(), isShown ? _output ??= Open() : Stream.Null);
        }
        catch (HttpIOException exception) when (exception.HttpRequestError == HttpRequestError.ResponseEnded)
        {
            string reason = response.Content.Headers.ContentLength is { } length
                ? string.Create(CultureInfo.InvariantCulture, $"transfer closed with {length - _received} bytes remaining to read")
                : "transfer closed with outstanding read data remaining";
            throw new CurlException(CurlStatus.Partial, reason);
        }
    }

    private void Copy(Stream body, Stream output)
    {
        byte[] buffer = new byte[BufferSize];
        for (int count = body.Read(buffer); count > 0; count = body.Read(buffer))
        {
            _received += count;
            Write(output, buffer.AsSpan(0, count));
        }
    }

    private static void Write(Stream output, ReadOnlySpan<byte> bytes)
    {
        try
        {
            output.Write(bytes);
        }
        catch (Exception exception) when (FileReport.Is(exception))
        {
            throw new CurlException(CurlStatus.CannotWrite, $"Failure writing output to destination: {FileReport.Describe(exception)}");
        }
    }

    private Stream Open()
    {
        try
        {
            return name == "-" ? StandardStream.Output : new FileStream(name, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        }
        catch (Exception exception) when (FileReport.Is(exception))
        {
            throw new CurlException(CurlStatus.CannotWrite, $"Failed to open the file {name}: {FileReport.Describe(exception)}");
        }
    }

    private static string HeadOf(HttpResponseMessage response)
    {
        StringBuilder head = new();
        head.Append(CultureInfo.InvariantCulture, $"HTTP/{response.Version} {(int)response.StatusCode} {response.ReasonPhrase}\r\n");
        foreach ((string name, System.Net.Http.Headers.HeaderStringValues values) in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
        {
            foreach (string value in values)
            {
                head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
            }
        }

        return head.Append("\r\n").ToString();
    }
}
