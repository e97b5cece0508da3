using System.Net;
using System.Net.Sockets;
using System.Text;

namespace KernelSockets.UserApps.Programs;

/// <summary>The server of <see cref="NetTour"/>: an <see cref="HttpListener"/> on a port of the loopback interface.</summary>
internal sealed class NetTourServer : IAsyncDisposable
{
    private readonly HttpListener _listener;
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _serving;

    private NetTourServer(HttpListener listener, Uri address)
    {
        _listener = listener;
        Address = address;
        _serving = ServeAsync();
    }

    /// <summary>Where it is.</summary>
    public Uri Address { get; }

    /// <summary>Starts it on a free port.</summary>
    public static NetTourServer Start()
    {
        while (true)
        {
            using TcpListener free = new(IPAddress.Loopback, 0);
            free.Start();
            string prefix = $"http://{free.LocalEndpoint}/";
            free.Stop();
            HttpListener listener = new();
            listener.Prefixes.Add(prefix);
            try
            {
                listener.Start();
                return new NetTourServer(listener, new Uri(prefix));
            }
            catch (HttpListenerException)
            {
                listener.Close(); // somebody was faster
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _end.SetResult();
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        List<Task> answers = [];
        Task<HttpListenerContext> next = _listener.GetContextAsync();
        while (!_end.Task.IsCompleted)
        {
            try
            {
                HttpListenerContext context = await next;
                next = _listener.GetContextAsync(); // before the answer, after which it may be closed: who begins to wait meanwhile waits for ever
                answers.Add(AnswerAsync(context));
            }
            catch (Exception exception) when (_end.Task.IsCompleted && exception is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                break; // that is how waiting for requests ends
            }
        }

        await Task.WhenAll(answers);
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            await AnswerPathAsync(context.Request, context.Response);
            context.Response.Close();
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
        {
            context.Response.Abort(); // the client has gone, or the server is to end
        }
    }

    private async Task AnswerPathAsync(HttpListenerRequest request, HttpListenerResponse response)
    {
        switch (request.Url!.AbsolutePath)
        {
            case "/hello":
                await TellAsync(request, response, "Hello");
                break;
            case "/query":
                await TellAsync(request, response, $"{request.QueryString["a"]} {request.QueryString.Count}");
                break;
            case "/cookie":
                response.Cookies.Add(new Cookie("tour", "taken", "/"));
                await TellAsync(request, response, request.Cookies["tour"]?.Value ?? "none");
                break;
            case "/secret":
                await TellAsync(request, response, request.Headers["Authorization"] ?? "none");
                break;
            case "/echo":
                response.ContentType = request.ContentType;
                await request.InputStream.CopyToAsync(response.OutputStream);
                break;
            case "/chunks":
                response.SendChunked = true;
                await response.OutputStream.WriteAsync("first\n"u8.ToArray());
                await response.OutputStream.FlushAsync();
                await response.OutputStream.WriteAsync(new byte[50_000]);
                break;
            case "/broken":
                response.ContentLength64 = 100;
                await response.OutputStream.WriteAsync(new byte[50]);
                response.Abort();
                break;
            case "/redirect":
                response.Redirect(new Uri(request.Url, "hello").ToString());
                break;
            case "/slow":
                await _end.Task;
                break;
            default:
                response.StatusCode = (int)HttpStatusCode.NotFound;
                break;
        }
    }

    private static async Task TellAsync(HttpListenerRequest request, HttpListenerResponse response, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        response.ContentType = "text/plain; charset=utf-8";
        response.ContentLength64 = bytes.Length;
        if (request.HttpMethod != "HEAD")
        {
            await response.OutputStream.WriteAsync(bytes);
        }
    }
}
