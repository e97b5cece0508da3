using System.Net;
using System.Net.Sockets;

namespace KernelSockets.UserApps.Programs;

/// <summary>The part of <see cref="NetTour"/> about <see cref="TcpListener"/>, <see cref="TcpClient"/> and <see cref="NetworkStream"/>.</summary>
internal static class NetTourStreams
{
    private const int Many = 20;
    private const int Large = 1_000_000;
    private static readonly TimeSpan s_soon = TimeSpan.FromMilliseconds(50);

    /// <summary>Both ends by calls that wait: lines, bytes, time-outs, and each direction's end.</summary>
    public static async Task TalkAsync(NetTourStop stop)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        stop.Tell("pending", listener.Pending());
        using TcpClient client = new() { NoDelay = true, LingerState = new LingerOption(true, 10) };
        client.Connect((IPEndPoint)listener.LocalEndpoint);
        using TcpClient peer = listener.AcceptTcpClient();
        stop.Tell("options", $"{client.Connected} {client.NoDelay} {client.LingerState.Enabled} {client.LingerState.LingerTime} {client.ReceiveTimeout}");
        NetworkStream near = client.GetStream();
        NetworkStream far = peer.GetStream();
        stop.Tell("stream", $"{near.CanRead} {near.CanWrite} {near.CanSeek} {near.CanTimeout} {near.DataAvailable}");
        using (StreamWriter writer = new(near, leaveOpen: true) { NewLine = "\r\n", AutoFlush = true })
        using (StreamReader reader = new(far, leaveOpen: true))
        {
            writer.WriteLine("Grüße");
            writer.WriteLine();
            stop.Tell("line", $"'{reader.ReadLine()}' '{reader.ReadLine()}'");
        }

        near.ReadTimeout = (int)s_soon.TotalMilliseconds;
        await stop.TryAsync("read in vain", () => Task.FromResult(near.ReadByte()));
        far.Write([1, 2, 3, 4]);
        byte[] four = new byte[4];
        near.ReadExactly(four);
        stop.Tell("bytes", string.Join(' ', four));
        client.Client.Shutdown(SocketShutdown.Send);
        stop.Tell("end", far.ReadByte());
        far.WriteByte(5);
        stop.Tell("and back", near.ReadByte());
        peer.Close();
        stop.Tell("end of both", near.ReadByte());
        await stop.TryAsync("read what is closed", () => Task.FromResult(far.ReadByte()));
    }

    /// <summary>Waits that are given up, by token and by closing; what is given up does no harm.</summary>
    public static async Task WaitAsync(NetTourStop stop)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        using (CancellationTokenSource source = new(s_soon))
        {
            await stop.TryAsync("accept given up", async () => await listener.AcceptTcpClientAsync(source.Token));
        }

        using TcpClient client = new();
        Task<TcpClient> accept = listener.AcceptTcpClientAsync();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using TcpClient peer = await accept;
        byte[] buffer = new byte[100];
        using (CancellationTokenSource source = new(s_soon))
        {
            await stop.TryAsync("read given up", async () => await client.GetStream().ReadAtLeastAsync(buffer, 1, cancellationToken: source.Token));
        }

        Task<int> read = client.GetStream().ReadAsync(buffer).AsTask();
        stop.Tell("read waits", !read.IsCompleted);
        await peer.GetStream().WriteAsync(new byte[] { 7, 8, 9 });
        stop.Tell("read goes on", $"{await read} {buffer[0]} {buffer[2]}");

        Task<int> closed = client.GetStream().ReadAsync(buffer).AsTask();
        client.Close();
        await Task.WhenAny(closed); // with the end of the stream or an exception, as the threads have it
        stop.Tell("read of what is closed meanwhile", closed.IsCompletedSuccessfully ? await closed == 0 : closed.Exception!.InnerException is IOException);
        stop.Tell("the other end", await peer.GetStream().ReadAsync(buffer));
    }

    /// <summary>Many connections at once, and a lot over one of them.</summary>
    public static async Task TalkToManyAsync(NetTourStop stop)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Task server = EchoAsync(listener, Many + 1);
        int[] sizes = await Task.WhenAll(Enumerable.Range(1, Many).Select(async i => (await SendAndReceiveAsync(listener, new byte[i * 1000])).Length));
        stop.Tell("echoed", $"{sizes.Length} {sizes.Sum()}");
        byte[] data = new byte[Large];
        new Random(1).NextBytes(data);
        byte[] answer = await SendAndReceiveAsync(listener, data);
        stop.Tell("the same", answer.AsSpan().SequenceEqual(data));
        await server;
        listener.Stop();
    }

    /// <summary>Ports that nobody listens on, or somebody already.</summary>
    public static async Task RefuseAsync(NetTourStop stop)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        IPEndPoint where = (IPEndPoint)listener.LocalEndpoint;
        await stop.TryAsync("listen on the same port", () => Do(new TcpListener(where).Start));
        listener.Stop();
        await stop.TryAsync("connect, waiting", () => Do(() => new TcpClient().Connect(where)));
        await stop.TryAsync("connect", async () => await new TcpClient().ConnectAsync(where));
    }

    private static Task Do(Action act)
    {
        act();
        return Task.CompletedTask;
    }

    private static async Task EchoAsync(TcpListener listener, int count)
    {
        List<Task> connections = [];
        for (int i = 0; i < count; i++)
        {
            connections.Add(EchoOneAsync(await listener.AcceptTcpClientAsync()));
        }

        await Task.WhenAll(connections);
    }

    private static async Task EchoOneAsync(TcpClient client)
    {
        using (client)
        {
            await client.GetStream().CopyToAsync(client.GetStream());
        }
    }

    private static async Task<byte[]> SendAndReceiveAsync(TcpListener listener, byte[] data)
    {
        using TcpClient client = new();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        NetworkStream stream = client.GetStream();
        Task<byte[]> answer = ReadAsync(stream, data.Length);
        await stream.WriteAsync(data);
        client.Client.Shutdown(SocketShutdown.Send);
        return await answer;
    }

    private static async Task<byte[]> ReadAsync(NetworkStream stream, int size)
    {
        byte[] all = new byte[size];
        int count = await stream.ReadAtLeastAsync(all, size, throwOnEndOfStream: false);
        return await stream.ReadAsync(new byte[1]) == 0 ? all[..count] : throw new InvalidDataException("there is more than was sent");
    }
}
