using System.Net;
using System.Net.Sockets;
using System.Text;

namespace KernelSockets.UserApps.Tests.Fakes;

/// <summary>A TCP server that reads one request a connection and sends what the test says, right or wrong; Linux's loopback interface carries it.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<string, int, byte[]> _answer;
    private readonly Task _serving;

    /// <param name="answer">What is sent for a request, given its head and its number from 0; then the connection is closed.</param>
    public ScriptedServer(Func<string, int, byte[]> answer)
    {
        _answer = answer;
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>The port.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Heads of the requests, in order.</summary>
    public List<string> Requests { get; } = [];

    public static byte[] Text(string text) => Encoding.Latin1.GetBytes(text.ReplaceLineEndings("\r\n"));

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving.ConfigureAwait(false);
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using Socket connection = await _listener.AcceptSocketAsync().ConfigureAwait(false);
                await ServeAsync(connection).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is SocketException or InvalidOperationException)
        {
            // It was stopped.
        }
    }

    private async Task ServeAsync(Socket connection)
    {
        StringBuilder head = new();
        byte[] buffer = new byte[4096];
        while (!head.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            int count = await connection.ReceiveAsync(buffer).ConfigureAwait(false);
            if (count == 0)
            {
                return;
            }

            head.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }

        byte[] answer;
        lock (Requests)
        {
            answer = _answer(head.ToString(), Requests.Count);
            Requests.Add(head.ToString());
        }

        try
        {
            await connection.SendAsync(answer).ConfigureAwait(false);
            connection.Shutdown(SocketShutdown.Send);
            while (await connection.ReceiveAsync(buffer).ConfigureAwait(false) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // The client has seen enough.
        }
    }
}
