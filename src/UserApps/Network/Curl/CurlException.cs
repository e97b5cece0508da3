namespace KernelSockets.UserApps.Network.Curl;

/// <summary>A transfer has failed.</summary>
/// <param name="status">How.</param>
/// <param name="message">In curl's words.</param>
internal sealed class CurlException(CurlStatus status, string message) : Exception(message)
{
    /// <summary>The exit status.</summary>
    public CurlStatus Status => status;
}

/// <summary>Exit statuses (libcurl-errors(3)).</summary>
internal enum CurlStatus
{
    /// <summary>All is well.</summary>
    Done = 0,

    /// <summary>Not HTTP.</summary>
    UnsupportedProtocol = 1,

    /// <summary>The URL is malformed.</summary>
    MalformedUrl = 3,

    /// <summary>The host has no address.</summary>
    UnknownHost = 6,

    /// <summary>Nobody listens there, or it cannot be reached.</summary>
    NoConnection = 7,

    /// <summary>The answer ended before its end.</summary>
    Partial = 18,

    /// <summary>The server said no, and -f was given.</summary>
    Refused = 22,

    /// <summary>A file or the output cannot be written.</summary>
    CannotWrite = 23,

    /// <summary>A file cannot be read.</summary>
    CannotRead = 26,

    /// <summary>The time is over.</summary>
    TimedOut = 28,

    /// <summary>Redirected too often.</summary>
    TooManyRedirects = 47,

    /// <summary>The connection ended without an answer.</summary>
    EmptyReply = 52,

    /// <summary>The connection broke.</summary>
    ReceiveFailed = 56,
}
