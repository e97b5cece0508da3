using System.Net;
using System.Net.Sockets;

namespace KernelSockets.UserApps.SelfTest;

/// <summary>TCP through the class library over the loopback interface: TcpListener, TcpClient and NetworkStream, blocking and asynchronous.</summary>
internal static class StreamSockets
{
    private const int Connections = 100;
    private const int Answers = 5;
    private const int LargeSize = 2 << 20;
    private const int PieceSize = 50_000;
    private const int TimeoutMs = 20;
    private const int UnusedPort = 9998;

    /// <summary>Does all of it.</summary>
    /// <exception cref="SelfTestFailedException">Something is not as it should be.</exception>
    public static void Check()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        IPEndPoint address = (IPEndPoint)listener.LocalEndpoint;
        CloseByHalves(listener, address);
        TimeOut(listener, address);
        SetOptions(listener, address);
        Reset(listener, address);
        Refuse();
        TransferBothWays(listener, address);
        SendFile(listener, address);
        ServeMany(listener, address).GetAwaiter().GetResult();
        CancelReading(listener, address).GetAwaiter().GetResult();
        Unblock();
    }

    private static (TcpClient Client, TcpClient Server) Connect(TcpListener listener, IPEndPoint address)
    {
        TcpClient client = new();
        client.Connect(address);
        TcpClient server = listener.AcceptTcpClient();
        Expect.Equal(PortOf(client.Client.LocalEndPoint), PortOf(server.Client.RemoteEndPoint), "the accepted connection's peer");
        return (client, server);
    }

    /// <summary>A request up to the end of one direction, the answer in the other.</summary>
    private static void CloseByHalves(TcpListener listener, IPEndPoint address)
    {
        (TcpClient client, TcpClient server) = Connect(listener, address);
        using (client)
        using (server)
        {
            byte[] data = Pattern(10_000, seed: 1);
            NetworkStream stream = client.GetStream(); // a client that has shut down its direction gives it no more
            stream.Write(data);
            client.Client.Shutdown(SocketShutdown.Send);
            Expect.True(server.Client.Poll(ThreadGroup.Limit, SelectMode.SelectRead), "a connection with data cannot be read");
            Expect.True(ReadAll(server.GetStream()).AsSpan().SequenceEqual(data), "other bytes came than were sent");
            server.GetStream().Write(data.AsSpan(0, 100));
            byte[] answer = new byte[100];
            stream.ReadExactly(answer);
            Expect.True(answer.AsSpan().SequenceEqual(data.AsSpan(0, answer.Length)), "the answer is wrong");
            server.Close();
            Expect.Equal(0, stream.Read(answer), "bytes after the end");
        }
    }

    private static void TimeOut(TcpListener listener, IPEndPoint address)
    {
        (TcpClient client, TcpClient server) = Connect(listener, address);
        using (client)
        using (server)
        {
            client.ReceiveTimeout = TimeoutMs;
            try
            {
                _ = client.GetStream().ReadByte();
            }
            catch (IOException exception) when (exception.InnerException is SocketException { SocketErrorCode: SocketError.TimedOut or SocketError.WouldBlock })
            {
                return;
            }
        }

        throw new SelfTestFailedException("reading nothing did not time out");
    }

    private static void SetOptions(TcpListener listener, IPEndPoint address)
    {
        (TcpClient client, TcpClient server) = Connect(listener, address);
        using (client)
        using (server)
        {
            client.NoDelay = true;
            Expect.True(client.NoDelay, "TCP_NODELAY is not kept");
            client.LingerState = new LingerOption(true, 3);
            Expect.Equal(3, client.LingerState?.LingerTime, "SO_LINGER");
            client.Client.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            client.Client.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 5);
            Expect.Equal(5, client.Client.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime), "TCP_KEEPIDLE");
            server.Client.Blocking = false;
            Expect.Throws<SocketException>(() => server.Client.Receive(new byte[1]), "a read that must not wait");
        }
    }

    /// <summary>A close with SO_LINGER of no time is a reset, which the peer hears of.</summary>
    private static void Reset(TcpListener listener, IPEndPoint address)
    {
        (TcpClient client, TcpClient server) = Connect(listener, address);
        using (server)
        {
            client.LingerState = new LingerOption(true, 0);
            client.Client.Close(); // TcpClient.Close would shut both directions down first
            try
            {
                _ = server.Client.Receive(new byte[1]);
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
            {
                return;
            }
        }

        throw new SelfTestFailedException("a reset was not told");
    }

    private static void Refuse()
    {
        using TcpClient lonely = new();
        try
        {
            lonely.Connect(IPAddress.Loopback, UnusedPort);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return;
        }

        throw new SelfTestFailedException("a closed port did not refuse");
    }

    /// <summary>Both sides send at once and read at once, so that both buffers fill up and empty.</summary>
    private static void TransferBothWays(TcpListener listener, IPEndPoint address)
    {
        (TcpClient client, TcpClient server) = Connect(listener, address);
        using (client)
        using (server)
        {
            byte[] there = Pattern(LargeSize, seed: 2);
            byte[] back = Pattern(LargeSize, seed: 3);
            NetworkStream clientStream = client.GetStream();
            NetworkStream serverStream = server.GetStream();
            ThreadGroup.Run(4, number =>
            {
                switch (number)
                {
                    case 0:
                        SendPieces(client, clientStream, there);
                        break;
                    case 1:
                        Expect.True(ReadAll(serverStream).AsSpan().SequenceEqual(there), "a large transfer is damaged");
                        break;
                    case 2:
                        SendPieces(server, serverStream, back);
                        break;
                    default:
                        Expect.True(ReadAll(clientStream).AsSpan().SequenceEqual(back), "a large transfer back is damaged");
                        break;
                }
            });
        }
    }

    private static void SendPieces(TcpClient connection, NetworkStream stream, byte[] data)
    {
        Random sizes = new(data.Length);
        for (int start = 0; start < data.Length;)
        {
            int size = Math.Min(sizes.Next(1, PieceSize), data.Length - start);
            stream.Write(data, start, size);
            start += size;
        }

        connection.Client.Shutdown(SocketShutdown.Send);
    }

    private static void SendFile(TcpListener listener, IPEndPoint address)
    {
        string path = Path.GetTempFileName();
        try
        {
            byte[] data = Pattern(100_000, seed: 4);
            File.WriteAllBytes(path, data);
            (TcpClient client, TcpClient server) = Connect(listener, address);
            using (client)
            using (server)
            {
                ThreadGroup.Run(2, number =>
                {
                    if (number == 0)
                    {
                        client.Client.SendFile(path);
                        client.Client.Shutdown(SocketShutdown.Send);
                    }
                    else
                    {
                        Expect.True(ReadAll(server.GetStream()).AsSpan().SequenceEqual(data), "a file that was sent is damaged");
                    }
                });
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static async Task ServeMany(TcpListener listener, IPEndPoint address)
    {
        Task server = AcceptMany(listener);
        Task[] clients = [.. Enumerable.Range(0, Connections).Select(number => Ask(address, number))];
        await Task.WhenAll(clients).WaitAsync(ThreadGroup.Limit).ConfigureAwait(false);
        await server.WaitAsync(ThreadGroup.Limit).ConfigureAwait(false);
    }

    private static async Task AcceptMany(TcpListener listener)
    {
        List<Task> sessions = [];
        for (int i = 0; i < Connections; i++)
        {
            sessions.Add(SendBack(await listener.AcceptTcpClientAsync().ConfigureAwait(false)));
        }

        await Task.WhenAll(sessions).ConfigureAwait(false);
    }

    private static async Task SendBack(TcpClient connection)
    {
        using (connection)
        {
            await connection.GetStream().CopyToAsync(connection.GetStream()).ConfigureAwait(false);
        }
    }

    private static async Task Ask(IPEndPoint address, int number)
    {
        using TcpClient client = new();
        await client.ConnectAsync(address).ConfigureAwait(false);
        NetworkStream stream = client.GetStream();
        byte[] answer = new byte[1000];
        for (int i = 0; i < Answers; i++)
        {
            byte[] question = Pattern(1 + (number * 7), seed: i);
            await stream.WriteAsync(question).ConfigureAwait(false);
            await stream.ReadExactlyAsync(answer.AsMemory(0, question.Length)).ConfigureAwait(false);
            Expect.True(answer.AsSpan(0, question.Length).SequenceEqual(question), $"connection {number} got another's answer");
        }

        client.Client.Shutdown(SocketShutdown.Send);
        Expect.Equal(0, await stream.ReadAsync(answer).ConfigureAwait(false), "bytes after the last answer");
    }

    /// <summary>A read that is given up leaves the connection as it was.</summary>
    private static async Task CancelReading(TcpListener listener, IPEndPoint address)
    {
        (TcpClient client, TcpClient server) = Connect(listener, address);
        using (client)
        using (server)
        {
            byte[] data = [7];
            using var source = new CancellationTokenSource(TimeoutMs);
            bool isCancelled = false;
            try
            {
                await client.GetStream().ReadExactlyAsync(data, source.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                isCancelled = true;
            }

            Expect.True(isCancelled, "a cancelled read has ended otherwise");
            await server.GetStream().WriteAsync(data).ConfigureAwait(false);
            Expect.Equal(1, await client.GetStream().ReadAsync(data).ConfigureAwait(false), "bytes after a cancelled read");
        }
    }

    /// <summary>Stopping a listener ends another thread's wait for a connection.</summary>
    private static void Unblock()
    {
        TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        SocketError outcome = SocketError.Success;
        using var begun = new ManualResetEventSlim();
        var thread = new Thread(() =>
        {
            begun.Set();
            try
            {
                listener.AcceptTcpClient().Dispose();
            }
            catch (SocketException exception)
            {
                outcome = exception.SocketErrorCode;
            }
            catch (InvalidOperationException)
            {
                outcome = SocketError.OperationAborted; // it was stopped before the wait began
            }
        });
        thread.Start();
        Expect.True(begun.Wait(ThreadGroup.Limit), "a thread did not start");
        while (!thread.Join(TimeoutMs))
        {
            listener.Stop();
        }

        Expect.True(outcome is SocketError.OperationAborted or SocketError.Interrupted, $"a stopped listener's waiter got {outcome}");
    }

    private static int PortOf(EndPoint? address) => address is IPEndPoint { Port: int port } ? port : 0;

    private static byte[] Pattern(int size, int seed)
    {
        byte[] data = new byte[size];
        new Random(seed).NextBytes(data);
        return data;
    }

    private static byte[] ReadAll(NetworkStream stream)
    {
        using MemoryStream all = new();
        stream.CopyTo(all);
        return all.ToArray();
    }
}
