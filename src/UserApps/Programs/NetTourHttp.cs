using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace KernelSockets.UserApps.Programs;

/// <summary>The part of <see cref="NetTour"/> about <see cref="HttpClient"/>, with <see cref="NetTourServer"/> at the other end.</summary>
internal static class NetTourHttp
{
    private const int Many = 30;
    private static readonly TimeSpan s_soon = TimeSpan.FromMilliseconds(100);

    /// <summary>Goes through it.</summary>
    public static async Task RunAsync(NetTourStop stop)
    {
        Uri where;
        await using (NetTourServer server = NetTourServer.Start())
        {
            where = server.Address;
            using HttpClient client = new(new SocketsHttpHandler { CookieContainer = new CookieContainer() }) { BaseAddress = where };
            await FetchAsync(stop, client);
            await SendAsync(stop, client);
            await FailAsync(stop, client);
            await HurryAsync(stop, where);
            stop.Tell("at once", string.Join(' ', (await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => client.GetStringAsync("hello")))).Distinct()));
        }

        using HttpClient late = new();
        await stop.TryAsync("server gone", () => late.GetStringAsync(where));
    }

    private static async Task FetchAsync(NetTourStop stop, HttpClient client)
    {
        stop.Tell("get", await client.GetStringAsync("hello"));
        using (HttpRequestMessage request = new(HttpMethod.Get, "hello"))
        using (HttpResponseMessage response = client.Send(request))
        using (StreamReader reader = new(response.Content.ReadAsStream()))
        {
            stop.Tell("get, waiting", $"{(int)response.StatusCode} {response.Version} {response.Content.Headers.ContentType} {response.Content.Headers.ContentLength} {reader.ReadToEnd()}");
        }

        using (HttpRequestMessage request = new(HttpMethod.Head, "hello"))
        using (HttpResponseMessage response = await client.SendAsync(request))
        {
            stop.Tell("head", $"{response.StatusCode} {response.Content.Headers.ContentLength} '{await response.Content.ReadAsStringAsync()}'");
        }

        using (HttpResponseMessage response = await client.GetAsync("chunks", HttpCompletionOption.ResponseHeadersRead))
        await using (Stream stream = await response.Content.ReadAsStreamAsync())
        using (StreamReader reader = new(stream))
        {
            stop.Tell("chunks", $"{response.Headers.TransferEncodingChunked} {await reader.ReadLineAsync()} {(await reader.ReadToEndAsync()).Length}");
        }

        stop.Tell("query", await client.GetStringAsync("query?a=" + Uri.EscapeDataString("ä & b") + "&c"));
        using (HttpResponseMessage response = await client.GetAsync("redirect"))
        {
            stop.Tell("redirect", $"{response.StatusCode} {response.RequestMessage!.RequestUri!.AbsolutePath}");
        }

        _ = await client.GetStringAsync("cookie");
        stop.Tell("cookie", await client.GetStringAsync("cookie"));
    }

    private static async Task SendAsync(NetTourStop stop, HttpClient client)
    {
        byte[] data = new byte[200_000];
        new Random(2).NextBytes(data);
        using (ByteArrayContent content = new(data))
        using (HttpResponseMessage response = await client.PostAsync("echo", content))
        {
            stop.Tell("post", (await response.Content.ReadAsByteArrayAsync()).AsSpan().SequenceEqual(data));
        }

        using (StringContent content = new("Grüße", Encoding.UTF8, "text/plain"))
        using (HttpResponseMessage response = await client.PutAsync("echo", content))
        {
            stop.Tell("put", $"{response.Content.Headers.ContentType} {await response.Content.ReadAsStringAsync()}");
        }

        using (StreamContent content = new(new MemoryStream(data, 0, 70_000)))
        using (HttpRequestMessage request = new(HttpMethod.Post, "echo") { Content = content })
        {
            request.Headers.TransferEncodingChunked = true;
            using HttpResponseMessage response = await client.SendAsync(request);
            stop.Tell("post in chunks", (await response.Content.ReadAsByteArrayAsync()).Length);
        }

        using (FormUrlEncodedContent content = new([new("name", "a b"), new("other", "ö")]))
        using (HttpResponseMessage response = await client.PostAsync("echo", content))
        {
            stop.Tell("form", await response.Content.ReadAsStringAsync());
        }

        using HttpRequestMessage secret = new(HttpMethod.Get, "secret");
        secret.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("me:word"u8));
        using HttpResponseMessage told = await client.SendAsync(secret);
        stop.Tell("password", await told.Content.ReadAsStringAsync());
    }

    private static async Task FailAsync(NetTourStop stop, HttpClient client)
    {
        await stop.TryAsync("missing", () => client.GetStringAsync("missing"));
        await stop.TryAsync("broken off", () => client.GetByteArrayAsync("broken"));
        using CancellationTokenSource source = new(s_soon);
        await stop.TryAsync("given up", () => client.GetStringAsync("slow", source.Token));
        stop.Tell("and goes on", await client.GetStringAsync("hello"));
    }

    private static async Task HurryAsync(NetTourStop stop, Uri where)
    {
        using HttpClient client = new() { BaseAddress = where, Timeout = s_soon };
        await stop.TryAsync("too slow", () => client.GetStringAsync("slow"));
    }
}
