using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace KernelSockets.UserApps.Network.Iperf;

/// <summary>The control connection of a test: a cookie, states in single bytes, and JSON behind its length.</summary>
internal sealed class IperfControl : IDisposable
{
    /// <summary>Bytes of a cookie, the zero at its end counted.</summary>
    public const int CookieSize = 37;

    private const int LengthSize = 4;
    private const int LargestJson = 256 * 1024;
    private const string CookieCharacters = "abcdefghijklmnopqrstuvwxyz234567";

    /// <summary>How long the peer may take for what it has to send at once.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly Socket _socket;
    private readonly byte[] _state = new byte[1];
    private Task<int>? _reading;

    /// <param name="socket">The connection; it is taken over.</param>
    /// <param name="cookie">The test's name.</param>
    public IperfControl(Socket socket, byte[] cookie)
    {
        _socket = socket;
        _socket.NoDelay = true;
        Cookie = cookie;
    }

    /// <summary>The test's name.</summary>
    public byte[] Cookie { get; }

    /// <summary>The peer.</summary>
    public IPEndPoint Remote => (IPEndPoint)_socket.RemoteEndPoint!;

    /// <summary>Our address.</summary>
    public IPEndPoint Local => (IPEndPoint)_socket.LocalEndPoint!;

    /// <summary>TCP's segment size on the way to the peer.</summary>
    public int SegmentSize => TcpFigures.SegmentSize(_socket);

    /// <summary>A cookie for a new test.</summary>
    public static byte[] MakeCookie()
    {
        byte[] cookie = new byte[CookieSize];
        for (int i = 0; i < CookieSize - 1; i++)
        {
            cookie[i] = (byte)CookieCharacters[Libc.RandomNumber() % CookieCharacters.Length];
        }

        return cookie;
    }

    /// <summary>Reads what must come on a fresh connection.</summary>
    /// <returns>Null when the peer closes, or takes too long.</returns>
    public static byte[]? TryReadCookie(Socket socket)
    {
        byte[] cookie = new byte[CookieSize];
        socket.ReceiveTimeout = (int)s_patience.TotalMilliseconds;
        try
        {
            for (int count = 0; count < CookieSize;)
            {
                int read = socket.Receive(cookie, count, CookieSize - count, SocketFlags.None);
                if (read == 0)
                {
                    return null;
                }

                count += read;
            }
        }
        catch (SocketException exception) when (exception.SocketErrorCode != SocketError.OperationAborted)
        {
            return null;
        }

        socket.ReceiveTimeout = 0;
        return cookie;
    }

    /// <summary>Sends a state.</summary>
    public void Send(IperfState state) => SendAll([(byte)(sbyte)state]);

    /// <summary>Sends that the server cannot: the state and two numbers.</summary>
    /// <param name="number">iperf3's number of the error.</param>
    public void SendError(int number)
    {
        byte[] message = new byte[1 + sizeof(int) + sizeof(int)];
        message[0] = unchecked((byte)IperfState.ServerError);
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), number);
        SendAll(message);
    }

    /// <summary>The next state, as a task that goes on until it comes; the same one for as long as it has not been taken.</summary>
    /// <returns>Completes with 0 when the connection ends.</returns>
    public Task<int> NextState() => _reading ??= ReadStateAsync();

    /// <summary>Takes the state that <see cref="NextState"/> has read; waits for it.</summary>
    public IperfState TakeState()
    {
        int state = NextState().GetAwaiter().GetResult();
        _reading = null;
        return (IperfState)state;
    }

    /// <summary>Takes a state that must come, and soon.</summary>
    /// <exception cref="IperfException">Another one comes, or none.</exception>
    public void Expect(IperfState expected)
    {
        if (!NextState().Wait(s_patience))
        {
            throw new IperfException("the other side does not answer");
        }

        IperfState state = TakeState();
        if (state != expected)
        {
            throw new IperfException(Explain(state));
        }
    }

    /// <summary>What a state means that does not belong where it came.</summary>
    public string Explain(IperfState state) => state switch
    {
        IperfState.AccessDenied => "the server is busy running a test. try again later",
        IperfState.ServerError => ReadError(),
        IperfState.ServerTerminate => "the server has terminated",
        IperfState.ClientTerminate => "the client has terminated",
        IperfState.None => "control socket has closed unexpectedly",
        _ => $"received an unknown control message: {(int)state}",
    };

    /// <summary>Sends JSON behind its length.</summary>
    public void Send(Action<Utf8JsonWriter> write)
    {
        using MemoryStream text = new();
        text.Write(new byte[LengthSize]);
        using (Utf8JsonWriter writer = new(text))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        byte[] message = text.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(message, message.Length - LengthSize);
        SendAll(message);
    }

    /// <summary>Receives JSON.</summary>
    /// <exception cref="IperfException">It does not come, or is none.</exception>
    public IperfJson ReceiveJson()
    {
        int length = BinaryPrimitives.ReadInt32BigEndian(ReceiveExactly(LengthSize));
        return length is >= 0 and <= LargestJson
            ? IperfJson.Parse(ReceiveExactly(length).AsSpan().TrimEnd((byte)0))
            : throw new IperfException($"a message of {length} bytes is too large");
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private async Task<int> ReadStateAsync()
    {
        try
        {
            return await _socket.ReceiveAsync(_state).ConfigureAwait(false) == 0 ? (int)IperfState.None : (sbyte)_state[0];
        }
        catch (SocketException)
        {
            return (int)IperfState.None; // a reset is an end as well
        }
        catch (ObjectDisposedException)
        {
            return (int)IperfState.None;
        }
    }

    private string ReadError()
    {
        int number = BinaryPrimitives.ReadInt32BigEndian(ReceiveExactly(sizeof(int)));
        int errno = BinaryPrimitives.ReadInt32BigEndian(ReceiveExactly(sizeof(int)));
        return errno == 0 ? $"the server has an error (iperf3's number {number})" : $"the server has an error (iperf3's number {number}): {((Errno)errno).Describe()}";
    }

    private byte[] ReceiveExactly(int size)
    {
        byte[] bytes = new byte[size];
        _socket.ReceiveTimeout = (int)s_patience.TotalMilliseconds;
        for (int count = 0; count < size;)
        {
            int read = _socket.Receive(bytes, count, size - count, SocketFlags.None);
            count += read > 0 ? read : throw new IperfException("control socket has closed unexpectedly");
        }

        return bytes;
    }

    private void SendAll(byte[] bytes)
    {
        for (int sent = 0; sent < bytes.Length;)
        {
            sent += _socket.Send(bytes, sent, bytes.Length - sent, SocketFlags.None);
        }
    }
}
