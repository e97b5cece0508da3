using System.Net;
using System.Net.Sockets;
using System.Text;

namespace KernelSockets.UserApps.SelfTest;

/// <summary>The class library's sockets work over the loopback interface: blocking, polled and asynchronous.</summary>
internal sealed class SocketsTest : RuntimeTest
{
    private const int Datagrams = 100;
    private const int UnusedPort = 9999;
    private const int TimeoutMs = 20;

    private static readonly byte[] s_data = Encoding.ASCII.GetBytes("a datagram");

    /// <inheritdoc/>
    public override string Name => "sockets";

    /// <inheritdoc/>
    public override string Summary => "System.Net.Sockets over UDP and TCP: blocking, polled, asynchronous, cancelled";

    /// <inheritdoc/>
    public override string Run(ISystem system)
    {
        using Socket server = MakeServer(out EndPoint address);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        client.Connect(address);
        Block(client, server);
        PollAndTimeOut(client, server);
        TellInterface(client, server);
        Refuse();
        AwaitAll(client, server).GetAwaiter().GetResult();
        Cancel(server).GetAwaiter().GetResult();
        Unblock();
        StreamSockets.Check();
        return "";
    }

    private static Socket MakeServer(out EndPoint address)
    {
        var server = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        address = server.LocalEndPoint!;
        return server;
    }

    private static void Block(Socket client, Socket server)
    {
        byte[] buffer = new byte[s_data.Length * 2];
        Expect.Equal(s_data.Length, client.Send(s_data), "bytes sent");
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        Expect.Equal(s_data.Length, server.ReceiveFrom(buffer, ref from), "bytes received");
        Expect.True(s_data.AsSpan().SequenceEqual(buffer.AsSpan(0, s_data.Length)), "other data came than were sent");
        Expect.Equal(client.LocalEndPoint, from, "sender of a datagram");
        server.SendTo(s_data, from);
        Expect.Equal(s_data.Length, client.Receive(buffer), "bytes of the answer");
    }

    private static void PollAndTimeOut(Socket client, Socket server)
    {
        Expect.True(!server.Poll(0, SelectMode.SelectRead), "a socket without data can be read");
        client.Send(s_data);
        Expect.True(server.Poll(ThreadGroup.Limit, SelectMode.SelectRead), "a socket with data cannot be read");
        Expect.Equal(s_data.Length, server.Available, "bytes available");
        byte[] buffer = new byte[s_data.Length];
        server.Receive(buffer);
        server.ReceiveTimeout = TimeoutMs;
        Expect.Throws<SocketException>(() => server.Receive(buffer), "receiving nothing");
        server.ReceiveTimeout = 0;
    }

    private static void TellInterface(Socket client, Socket server)
    {
        server.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.PacketInformation, true);
        client.Send(s_data);
        byte[] buffer = new byte[s_data.Length];
        SocketFlags flags = SocketFlags.None;
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        server.ReceiveMessageFrom(buffer, 0, buffer.Length, ref flags, ref from, out IPPacketInformation information);
        Expect.Equal(IPAddress.Loopback, information.Address, "destination of a datagram");
        Expect.Equal(1, information.Interface, "interface of a datagram");
    }

    private static void Refuse()
    {
        using var lonely = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        lonely.Connect(IPAddress.Loopback, UnusedPort);
        lonely.Send(s_data);
        byte[] buffer = new byte[1];
        try
        {
            lonely.Receive(buffer);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return;
        }

        throw new SelfTestFailedException("a closed port did not refuse");
    }

    private static async Task AwaitAll(Socket client, Socket server)
    {
        byte[] buffer = new byte[s_data.Length];
        for (int i = 0; i < Datagrams; i++)
        {
            Task<int> receiving = server.ReceiveAsync(buffer, SocketFlags.None);
            await client.SendAsync(s_data).ConfigureAwait(false);
            int count = await receiving.WaitAsync(ThreadGroup.Limit).ConfigureAwait(false);
            Expect.Equal(s_data.Length, count, "bytes awaited");
        }
    }

    private static async Task Cancel(Socket server)
    {
        using var source = new CancellationTokenSource(TimeoutMs);
        try
        {
            await server.ReceiveAsync(new byte[1], source.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        throw new SelfTestFailedException("a cancelled receive has ended otherwise");
    }

    /// <summary>Closing a socket ends another thread's blocking call on it.</summary>
    private static void Unblock()
    {
        Socket socket = MakeServer(out _);
        SocketError outcome = SocketError.Success;
        using var begun = new ManualResetEventSlim();
        var reader = new Thread(() =>
        {
            begun.Set();
            try
            {
                socket.Receive(new byte[1]);
            }
            catch (SocketException exception)
            {
                outcome = exception.SocketErrorCode;
            }
        });
        reader.Start();
        Expect.True(begun.Wait(ThreadGroup.Limit), "a thread did not start");
        while (!reader.Join(TimeoutMs))
        {
            socket.Dispose();
        }

        Expect.True(outcome is SocketError.OperationAborted or SocketError.Interrupted, $"a closed socket's reader got {outcome}");
    }
}
