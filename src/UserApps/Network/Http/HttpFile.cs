using System.Text;
using Microsoft.Win32.SafeHandles;

namespace KernelSockets.UserApps.Network.Http;

/// <summary>What is sent as the body of an answer: bytes in memory, or a file that is read piece by piece.</summary>
/// <param name="Status">The status.</param>
internal sealed record HttpFile(HttpStatus Status)
{
    private const string HtmlType = "text/html; charset=utf-8";

    /// <summary>Content-Type.</summary>
    public string Type { get; init; } = HtmlType;

    /// <summary>Bytes in all.</summary>
    public long Size { get; init; }

    /// <summary>Last-Modified; null for a page that is made anew each time.</summary>
    public DateTimeOffset? ModifiedAt { get; init; }

    /// <summary>ETag, with W/ in front while a change might go unnoticed; null for a page that is made anew each time.</summary>
    public string? Tag { get; init; }

    /// <summary>The content, pinned; null when it is read from <see cref="Handle"/>.</summary>
    public byte[]? Content { get; init; }

    /// <summary>The file; the one who sends it closes it.</summary>
    public SafeFileHandle? Handle { get; init; }

    /// <summary>Location, for a redirection.</summary>
    public string? Location { get; init; }

    /// <summary>A page that says what is wrong.</summary>
    public static HttpFile Of(HttpStatus status) =>
        Page(status, $"<!DOCTYPE html>\n<html><head><title>{status.Text()}</title></head><body><h1>{status.Text()}</h1></body></html>\n");

    /// <summary>A page.</summary>
    public static HttpFile Page(HttpStatus status, string html, string type = HtmlType)
    {
        byte[] text = Encoding.UTF8.GetBytes(html);
        byte[] content = GC.AllocateUninitializedArray<byte>(text.Length, pinned: true);
        text.CopyTo(content, 0);
        return new HttpFile(status) { Type = type, Content = content, Size = content.Length };
    }
}

/// <summary>Status codes (RFC 9110 §15).</summary>
internal enum HttpStatus
{
    /// <summary>200.</summary>
    Ok = 200,

    /// <summary>206.</summary>
    PartialContent = 206,

    /// <summary>301.</summary>
    MovedPermanently = 301,

    /// <summary>304.</summary>
    NotModified = 304,

    /// <summary>400.</summary>
    BadRequest = 400,

    /// <summary>403.</summary>
    Forbidden = 403,

    /// <summary>404.</summary>
    NotFound = 404,

    /// <summary>405.</summary>
    MethodNotAllowed = 405,

    /// <summary>413.</summary>
    ContentTooLarge = 413,

    /// <summary>416.</summary>
    RangeNotSatisfiable = 416,

    /// <summary>431.</summary>
    HeaderFieldsTooLarge = 431,

    /// <summary>500.</summary>
    InternalServerError = 500,

    /// <summary>501.</summary>
    NotImplemented = 501,
}

/// <summary>Words for status codes.</summary>
internal static class HttpStatuses
{
    /// <summary>Code and reason phrase.</summary>
    public static string Text(this HttpStatus status) => status switch
    {
        HttpStatus.Ok => "200 OK",
        HttpStatus.PartialContent => "206 Partial Content",
        HttpStatus.MovedPermanently => "301 Moved Permanently",
        HttpStatus.NotModified => "304 Not Modified",
        HttpStatus.BadRequest => "400 Bad Request",
        HttpStatus.Forbidden => "403 Forbidden",
        HttpStatus.NotFound => "404 Not Found",
        HttpStatus.MethodNotAllowed => "405 Method Not Allowed",
        HttpStatus.ContentTooLarge => "413 Content Too Large",
        HttpStatus.RangeNotSatisfiable => "416 Range Not Satisfiable",
        HttpStatus.HeaderFieldsTooLarge => "431 Request Header Fields Too Large",
        HttpStatus.NotImplemented => "501 Not Implemented",
        _ => "500 Internal Server Error",
    };
}
