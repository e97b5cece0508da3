using KernelSockets.Sockets;
using KernelSockets.Vfs;
using KernelSockets.Vfs.Events;
using KernelSockets.Vfs.Sockets;

namespace KernelSockets.Net.Tests.Tcp;

/// <summary>What a connection costs while nothing happens on it: all the way from the segment to the descriptor in an epoll set.</summary>
public sealed class IdleConnectionTests
{
    private const int Limit = 2048; // bytes
    private const int Connections = 2000;
    private const int Port = 80;
    private const int Job = 1;
    private const int TcpLevel = 6;
    private const int NoDelay = 1;
    private const int AddCommand = 1;

    [Fact]
    public void IdleConnection_CostsAtMostTwoKibibytes()
    {
        Server server = new();
        QuietPeer[] peers = [.. Enumerable.Range(0, Connections + 1).Select(i => new QuietPeer(server.Node, (ushort)(10_000 + i), hasTimestamps: true))];
        server.Serve(peers[0]); // what is made once
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (QuietPeer peer in peers.AsSpan(1))
        {
            server.Serve(peer);
        }

        // What was garbage at once is counted too, so it is less rather than more.
        long each = (GC.GetAllocatedBytesForCurrentThread() - before) / Connections;
        TestContext.Current.TestOutputHelper?.WriteLine($"{each} bytes a connection");
        Assert.True(each <= Limit, $"{each} bytes a connection");
        server.AssertAllAnswer(peers);
    }

    [Fact]
    public void ConnectionThatCloses_LeavesNothing()
    {
        Server server = new();
        WeakReference[] closed = ServeAndClose(server);
        GC.Collect();
        Assert.DoesNotContain(closed, static reference => reference.IsAlive);
        Assert.Equal(0, server.Node.Stack.Tcp.Memory.ChunksInUse);
        Assert.Empty(server.Node.Stack.Tcp.Connections);
        server.Node.AssertNoLeak();
    }

    private static WeakReference[] ServeAndClose(Server server)
    {
        const int Few = 50;
        WeakReference[] connections = new WeakReference[Few];
        for (int i = 0; i < Few; i++)
        {
            QuietPeer peer = new(server.Node, (ushort)(10_000 + i), hasTimestamps: true);
            server.Serve(peer);
            connections[i] = new WeakReference(server.Node.Stack.Tcp.Connections.Single());
            peer.Send(TcpFlags.Ack | TcpFlags.Fin, 0);
            peer.Skip(1);
            server.CloseLast();
            peer.Send(TcpFlags.Ack, 0);
        }

        server.Node.Pass(TimeSpan.FromMinutes(2));
        return connections;
    }

    /// <summary>What the kernel's system calls do for a server with one epoll set.</summary>
    private sealed class Server
    {
        private readonly SocketFileSystem _sockets;
        private readonly FileTable _files = new();
        private readonly EpollSet _set;
        private readonly Socket _listener;
        private readonly byte[] _buffer = new byte[4096];
        private readonly byte[] _on = [1, 0, 0, 0];
        private readonly byte[] _event = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        private OpenFile? _last;
        private int _lastDescriptor;

        public Server()
        {
            _sockets = new SocketFileSystem(Node.Clock, new DeviceNumber(0, 8));
            Assert.Equal(Errno.Success, new EventFileSystem(Node.WaitQueues, new DeviceNumber(0, 9)).TryCreateSet(OpenFlags.ReadOnly, out OpenFile? set));
            _set = (EpollSet)set!.State!;
            Assert.Equal(Errno.Success, _files.AddJob(Job, null, null, null));
            SocketOps module = Node.Stack.SocketModules.Single(static candidate => candidate.Type == SocketType.Tcp);
            _listener = new Socket(module, AddressFamily.Inet, SocketKind.Stream, 6);
            Assert.Equal(Errno.Success, module.Create(_listener));
            Assert.Equal(Errno.Success, module.Bind(_listener, SocketAddress.Inet(Ipv4Address.Any, Port)));
            Assert.Equal(Errno.Success, module.SetOption(_listener, TcpLevel, NoDelay, _on)); // what it accepts has it, too
            Assert.Equal(Errno.Success, module.Listen(_listener, 16));
        }

        public QuietNode Node { get; } = new();

        /// <summary>Accepts a peer's connection, and answers one request.</summary>
        public void Serve(QuietPeer peer)
        {
            peer.Open();
            if (_listener.Operations.Accept(_listener, MessageFlags.DoNotWait, out Socket? socket, out _) != Errno.Success
                || _sockets.TryWrap(socket!, OpenFlags.NonBlocking, Job, out _last) != Errno.Success
                || _files.TryInstall(Job, _last!, isClosedOnExec: false, out _lastDescriptor) != Errno.Success
                || _set.Control(AddCommand, _last!, _lastDescriptor, _event) != Errno.Success)
            {
                Assert.Fail("the connection was not accepted");
            }

            Answer(peer, socket!);
            Node.Pass();
        }

        public void AssertAllAnswer(QuietPeer[] peers)
        {
            Assert.Equal(peers.Length, Node.Stack.Tcp.Connections.Count);
            for (int i = 0; i < peers.Length; i++)
            {
                Assert.Equal(Errno.Success, _files.TryGet(Job, i, out OpenFile? file));
                Answer(peers[i], SocketFileSystem.Find(file!)!);
                file!.Release();
            }

            Node.Pass(TimeSpan.FromSeconds(1));
            Assert.Equal(0, Node.Stack.Tcp.Statistics.RetransSegs);
            Node.AssertNoLeak();
        }

        public void CloseLast()
        {
            Assert.Equal(Errno.Success, _files.Close(Job, _lastDescriptor));
            _last = null;
        }

        private void Answer(QuietPeer peer, Socket socket)
        {
            const int RequestSize = 100;
            const int AnswerSize = 1200;
            peer.Send(TcpFlags.Ack | TcpFlags.Psh, RequestSize);
            SocketMessage message = new(new IoVector(_buffer));
            int received = socket.Operations.ReceiveMessage(socket, ref message, MessageFlags.DoNotWait).Count;
            int sent = socket.Operations.SendMessage(socket, new SocketMessage(new IoVector(_buffer.AsSpan(0, AnswerSize))), MessageFlags.DoNotWait).Count;
            if ((received, sent) != (RequestSize, AnswerSize))
            {
                Assert.Fail($"received {received}, sent {sent} bytes");
            }

            peer.Send(TcpFlags.Ack, 0);
        }
    }
}
