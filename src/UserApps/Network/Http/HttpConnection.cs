using System.Net;
using System.Net.Sockets;
using System.Text;

namespace KernelSockets.UserApps.Network.Http;

/// <summary>A client's connection to an HTTP server: lines and bytes out of one buffer.</summary>
internal sealed class HttpConnection : IDisposable
{
    private const int LongestLine = 16 * 1024;
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    private HttpConnection(Socket socket) => _socket = socket;

    /// <summary>Connects.</summary>
    /// <param name="server">Where to.</param>
    /// <param name="connectTimeout">Bound of connecting; null for none but the system's.</param>
    /// <param name="waitTimeout">Bound of each wait for bytes, and for room to send; null for none.</param>
    /// <exception cref="SocketException">It cannot; <see cref="SocketError.TimedOut"/> among others.</exception>
    public static HttpConnection Open(IPEndPoint server, TimeSpan? connectTimeout, TimeSpan? waitTimeout)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            Connect(socket, server, connectTimeout);
            int milliseconds = (int)(waitTimeout?.TotalMilliseconds ?? 0);
            socket.ReceiveTimeout = milliseconds;
            socket.SendTimeout = milliseconds;
            return new HttpConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends a request without a body.</summary>
    /// <exception cref="SocketException">It cannot be sent.</exception>
    public void Send(string request)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(request);
        for (int sent = 0; sent < bytes.Length;)
        {
            sent += _socket.Send(bytes, sent, bytes.Length - sent, SocketFlags.None);
        }
    }

    /// <summary>Reads a line of a head or a chunk.</summary>
    /// <returns>Without its end; null when the connection ends before it does.</returns>
    /// <exception cref="InvalidDataException">It is longer than any line should be.</exception>
    /// <exception cref="SocketException">The connection is broken, or the time is over.</exception>
    public string? ReadLine()
    {
        StringBuilder line = new();
        while (_start < _end || Fill())
        {
            Span<byte> waiting = _buffer.AsSpan(_start, _end - _start);
            int newline = waiting.IndexOf((byte)'\n');
            int count = newline < 0 ? waiting.Length : newline;
            line.Append(Encoding.Latin1.GetString(waiting[..count]));
            _start += newline < 0 ? count : count + 1;
            if (line.Length > LongestLine)
            {
                throw new InvalidDataException("a line of the answer is too long");
            }

            if (newline >= 0)
            {
                return line.ToString().TrimEnd('\r');
            }
        }

        return null;
    }

    /// <summary>Reads bytes of a body.</summary>
    /// <returns>0 at the end of the connection.</returns>
    /// <exception cref="SocketException">The connection is broken, or the time is over.</exception>
    public int Read(Span<byte> destination)
    {
        if (_start == _end)
        {
            return _socket.Receive(destination);
        }

        int count = Math.Min(destination.Length, _end - _start);
        _buffer.AsSpan(_start, count).CopyTo(destination);
        _start += count;
        return count;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static void Connect(Socket socket, IPEndPoint server, TimeSpan? timeout)
    {
        if (timeout is not { } limit)
        {
            socket.Connect(server);
            return;
        }

        using CancellationTokenSource source = new(limit);
        try
        {
            socket.ConnectAsync(server, source.Token).AsTask().GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (source.IsCancellationRequested)
        {
            throw new SocketException((int)SocketError.TimedOut);
        }
    }

    private bool Fill()
    {
        _start = 0;
        _end = _socket.Receive(_buffer);
        return _end > 0;
    }
}
