using System.Globalization;
using System.Text;
using KernelSockets.UserApps.Network.Http.Live;
using KernelSockets.UserApps.Network.Serving;

namespace KernelSockets.UserApps.Network.Http;

/// <summary>HTTP/1.1 over files (RFC 9112): any number of connections on one thread.</summary>
internal sealed class HttpServer : IDisposable
{
    private const int TickInterval = 1000;
    private const long MostIdle = 30_000; // ms: slow heads and peers that take nothing go

    private readonly EventLoop _loop;
    private readonly HttpContent _content;
    private readonly LiveState _live;
    private readonly HttpFile _livePage = HttpFile.Page(HttpStatus.Ok, LivePage.Read());
    private long _dateAt;

    private HttpServer(EventLoop loop, string root, ISystem system, int port)
    {
        _loop = loop;
        _content = new HttpContent(root);
        _live = new LiveState(system, this, port);
    }

    /// <summary>The request that is being read: one at a time.</summary>
    public HttpRequest Request { get; } = new();

    /// <summary>Where heads of answers are put together.</summary>
    public StringBuilder Head { get; } = new();

    /// <summary>Answers that are sent again and again.</summary>
    public PreparedAnswers Prepared { get; } = new();

    /// <summary>Connections: what is watched but the listener.</summary>
    public int Connections => Math.Max(0, _loop.Count - 1);

    /// <summary>Requests answered.</summary>
    public long Answered { get; private set; }

    /// <summary>The Date field, made once a second.</summary>
    public string Date
    {
        get
        {
            long now = _loop.Now;
            if (now - _dateAt >= TickInterval || field is null)
            {
                field = DateTimeOffset.UtcNow.ToString("R", CultureInfo.InvariantCulture);
                _dateAt = now;
            }

            return field;
        }
    }

    /// <summary>Serves until the job is told to end.</summary>
    /// <param name="address">The address; 0.0.0.0 for any.</param>
    /// <param name="port">The port.</param>
    /// <param name="root">The directory.</param>
    /// <param name="system">What the live page shows.</param>
    /// <param name="ready">Is called once it serves.</param>
    /// <returns>Null after Ctrl-C, or what is wrong.</returns>
    public static string? Run(Ipv4Address address, ushort port, string root, ISystem system, Action ready)
    {
        using HttpServer? server = Create(system, root, port);
        if (server is null)
        {
            return Libc.LastError;
        }

        string? error = TcpAcceptor.TryListen(server._loop, address, port, isNoDelay: true, fd => new HttpSession(server, server._loop, fd));
        if (error is null)
        {
            ready();
            server._loop.Run(TickInterval, server.Tick);
        }

        return error;
    }

    /// <summary>A server that does not listen yet.</summary>
    /// <returns>Null on failure; libc's errno says why.</returns>
    internal static HttpServer? Create(ISystem system, string root, int port) => EventLoop.TryCreate() is { } loop ? new HttpServer(loop, root, system, port) : null;

    /// <summary>Finds what a path names.</summary>
    public HttpFile Find(string path) => path switch
    {
        LivePage.Path => _livePage,
        LivePage.StatePath => _live.Read(),
        _ => _content.Find(path, _loop.Now),
    };

    /// <summary>A request has been answered.</summary>
    public void Count() => Answered++;

    /// <inheritdoc/>
    public void Dispose() => _live.Dispose();

    private void Tick()
    {
        _live.Tick();
        _loop.ResetStalled(MostIdle);
    }
}
