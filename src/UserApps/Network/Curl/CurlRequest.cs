using System.Net;
using System.Net.Http.Headers;
using KernelSockets.UserApps.Files;

namespace KernelSockets.UserApps.Network.Curl;

/// <summary>The request that the options of curl ask for; a redirection may make another of it.</summary>
internal sealed class CurlRequest
{
    private readonly CurlOptions _options;
    private string _method;
    private bool _hasBody;

    /// <param name="options">The options.</param>
    public CurlRequest(CurlOptions options)
    {
        _options = options;
        _hasBody = options.Data is not null || options.Upload is not null;
        _method = options.Method ?? (options.IsHead ? "HEAD" : options.Data is not null ? "POST" : options.Upload is not null ? "PUT" : "GET");
    }

    /// <summary>Makes it.</summary>
    /// <exception cref="CurlException">The file to send cannot be read.</exception>
    public HttpRequestMessage Make(Uri url)
    {
        HttpRequestMessage message = new(new HttpMethod(_method), url) { Content = _hasBody ? Body() : null };
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("*/*"));
        message.Headers.UserAgent.Add(new ProductInfoHeaderValue("KernelSockets", null));
        foreach (string field in _options.Fields)
        {
            int colon = field.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                Set(message, field[..colon].Trim(), field[(colon + 1)..].Trim());
            }
        }

        return message;
    }

    /// <summary>RFC 9110 §15.4: what was posted is not posted again elsewhere, except where the status asks for that.</summary>
    public void Redirect(HttpStatusCode status)
    {
        bool isKept = status is HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;
        bool becomesGet = status == HttpStatusCode.SeeOther ? _method != "HEAD" : _method == "POST";
        if (!isKept && becomesGet && _options.Method is null)
        {
            _method = "GET";
            _hasBody = false;
        }
    }

    private HttpContent Body()
    {
        if (_options.Data is { } data)
        {
            return new ByteArrayContent(data) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded") } };
        }

        try
        {
            return new StreamContent(File.OpenRead(_options.Upload!));
        }
        catch (Exception exception) when (FileReport.Is(exception))
        {
            throw new CurlException(CurlStatus.CannotRead, $"Can't open '{_options.Upload}': {FileReport.Describe(exception)}");
        }
    }

    /// <summary>Sets a field in place of what would be sent otherwise; nothing but its name takes it away.</summary>
    private static void Set(HttpRequestMessage message, string name, string value)
    {
        bool isOfContent = message.Content is { } content && content.Headers.Contains(name);
        HttpHeaders headers = isOfContent ? message.Content!.Headers : message.Headers;
        try
        {
            _ = headers.Remove(name);
        }
        catch (InvalidOperationException)
        {
            headers = message.Content?.Headers ?? headers; // a field of contents
        }

        if (value.Length > 0 && !headers.TryAddWithoutValidation(name, value))
        {
            _ = message.Content?.Headers.TryAddWithoutValidation(name, value);
        }
    }
}
