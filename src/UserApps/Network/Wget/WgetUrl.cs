using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace KernelSockets.UserApps.Network.Wget;

/// <summary>URLs as wget takes them, and what follows from one.</summary>
internal static class WgetUrl
{
    private const string DefaultName = "index.html";

    /// <summary>Reads a URL; without a scheme it is one of HTTP.</summary>
    /// <param name="text">What was typed.</param>
    /// <param name="url">The URL.</param>
    /// <param name="error">What is wrong with it.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out Uri? url, out string error)
    {
        string whole = text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}";
        bool isUrl = Uri.TryCreate(whole, UriKind.Absolute, out url);
        error = isUrl ? Objection(url!) : "Invalid URL.";
        return error.Length == 0;
    }

    /// <summary>Follows a redirection.</summary>
    public static bool TryResolve(Uri start, string location, [NotNullWhen(true)] out Uri? url, out string error)
    {
        bool isUrl = Uri.TryCreate(start, location, out url);
        error = isUrl ? Objection(url!) : "Invalid URL.";
        return error.Length == 0;
    }

    /// <summary>The name of the file that a URL's document gets: one name without a slash.</summary>
    public static string FileName(Uri url)
    {
        string name = Uri.UnescapeDataString(url.AbsolutePath[(url.AbsolutePath.LastIndexOf('/') + 1)..]);
        name = (name is "" or "." or ".." ? DefaultName : name) + Uri.UnescapeDataString(url.Query);
        StringBuilder safe = new();
        foreach (char c in name)
        {
            safe.Append(c is '/' or '\u007F' or < ' ' ? string.Create(CultureInfo.InvariantCulture, $"%{(int)c:X2}") : c);
        }

        return safe.ToString();
    }

    /// <summary>The request for a URL.</summary>
    /// <param name="url">The URL.</param>
    /// <param name="method">GET or HEAD.</param>
    /// <param name="start">The first byte wanted.</param>
    public static string Request(Uri url, string method, long start)
    {
        StringBuilder request = new();
        request.Append(CultureInfo.InvariantCulture, $"{method} {url.PathAndQuery} HTTP/1.1\r\nHost: {url.Authority}\r\n");
        request.Append("User-Agent: Wget (KernelSockets)\r\nAccept: */*\r\nAccept-Encoding: identity\r\nConnection: close\r\n");
        if (url.UserInfo.Length > 0)
        {
            string credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(url.UserInfo)));
            request.Append(CultureInfo.InvariantCulture, $"Authorization: Basic {credentials}\r\n");
        }

        if (start > 0)
        {
            request.Append(CultureInfo.InvariantCulture, $"Range: bytes={start}-\r\n");
        }

        return request.Append("\r\n").ToString();
    }

    private static string Objection(Uri url) => url.Scheme switch
    {
        "http" => url.Host.Length == 0 ? "Invalid host name." : string.Empty,
        "https" => "HTTPS is not supported.",
        _ => $"Unsupported scheme '{url.Scheme}'.",
    };
}
