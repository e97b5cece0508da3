using System.Net;
using System.Net.Sockets;
using KernelSockets.UserApps.Network.Serving;

namespace KernelSockets.UserApps.Tests;

/// <summary>When the servers give a peer up, by a clock that the test sets.</summary>
public sealed class EventLoopTests
{
    private const long Patience = 30_000;

    private readonly EventLoop _loop = EventLoop.TryCreate()!;

    [Fact]
    public async Task PeerThatTakesLittleAtATime_IsKept_AndOneThatTakesNothingIsReset()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        using Socket peer = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await peer.ConnectAsync(listener.LocalEndpoint, TestContext.Current.CancellationToken);
        Socket served = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
        served.Blocking = false;
        Session session = new() { WaitingSince = _loop.Now };
        Assert.True(_loop.TryAdd((int)served.Handle, session, PollEvents.Out));
        Fill(served);

        byte[] buffer = new byte[65_536];
        for (int i = 0; i < 5; i++)
        {
            for (int half = 0; half < 2; half++)
            {
                _loop.Now += (Patience / 2) + 1;
                Take(peer, buffer);
                _loop.ResetStalled(Patience);
                Assert.Equal(0, session.Forgotten);
            }
        }

        _loop.Now += Patience - 1;
        _loop.ResetStalled(Patience);
        Assert.Equal((0, 1), (session.Forgotten, _loop.Count));
        _loop.Now += 2;
        _loop.ResetStalled(Patience);
        Assert.Equal((1, 0), (session.Forgotten, _loop.Count));
        SocketException reset = Assert.Throws<SocketException>(() =>
        {
            while (peer.Receive(buffer) > 0)
            {
            }
        });
        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
        served.SafeHandle.SetHandleAsInvalid(); // the loop has closed it
    }

    private static void Fill(Socket socket)
    {
        byte[] data = new byte[65_536];
        while (true)
        {
            try
            {
                socket.Send(data);
            }
            catch (SocketException full) when (full.SocketErrorCode == SocketError.WouldBlock)
            {
                return;
            }
        }
    }

    /// <summary>Takes so much that the peer's window opens again.</summary>
    private static void Take(Socket socket, byte[] buffer)
    {
        for (int taken = 0; taken < 16_384;)
        {
            taken += socket.Receive(buffer);
        }
    }

    private sealed class Session : IEventHandler
    {
        public long WaitingSince { get; init; }

        public int Forgotten { get; private set; }

        public void OnReady(PollEvents events) => Assert.Fail("nobody asks");

        public void Forget() => Forgotten++;
    }
}
