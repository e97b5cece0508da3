using System.Net;
using System.Net.Sockets;

namespace KernelSockets.UserApps.Tests.Fakes;

/// <summary>A name server on the loopback interface that answers each query with what it is told to.</summary>
internal sealed class NameServer : IDisposable
{
    private const int QueryTail = 4;
    private const int HeaderSize = 12;

    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly Func<byte[], IEnumerable<byte[]>> _answers;
    private readonly Task _serving;
    private int _queries;

    /// <param name="answers">Makes the answers to a query, in the order in which they are to be sent.</param>
    public NameServer(Func<byte[], IEnumerable<byte[]>> answers)
    {
        _answers = answers;
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_socket.Client.LocalEndPoint!).Port;

    public int Queries => Volatile.Read(ref _queries);

    /// <summary>An answer: the query's header and question, then the records.</summary>
    public static byte[] Answer(byte[] query, ushort flags, params byte[][] answers)
    {
        int end = Array.IndexOf(query, (byte)0, HeaderSize) + 1 + QueryTail;
        byte[] answer = [.. query[..end], .. answers.SelectMany(record => record)];
        answer[2] |= (byte)(0x80 | flags >> 8);
        answer[3] = (byte)flags;
        answer[7] = (byte)answers.Length;
        answer.AsSpan(8, 4).Clear();
        return answer;
    }

    /// <summary>A record about the name in question.</summary>
    public static byte[] Record(ushort type, uint timeToLive, params byte[] data) =>
    [
        0xC0, HeaderSize, (byte)(type >> 8), (byte)type, 0, 1, (byte)(timeToLive >> 24), (byte)(timeToLive >> 16), (byte)(timeToLive >> 8), (byte)timeToLive,
        (byte)(data.Length >> 8), (byte)data.Length, .. data,
    ];

    public void Dispose()
    {
        _socket.Dispose();
        _serving.Wait();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                UdpReceiveResult query = await _socket.ReceiveAsync();
                Interlocked.Increment(ref _queries);
                foreach (byte[] answer in _answers(query.Buffer))
                {
                    await _socket.SendAsync(answer, query.RemoteEndPoint);
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
