using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace KernelSockets.UserApps.Network.Serving;

/// <summary>A listening TCP socket in an event loop: makes a session of each connection.</summary>
internal sealed class TcpAcceptor : IEventHandler
{
    private const int AddressSize = 16;
    private const int PortOffset = 2;
    private const int AddressOffset = 4;
    private const int Backlog = 1024;
    private const int ReuseAddress = 2; // SO_REUSEADDR
    private const int TcpLevel = 6; // IPPROTO_TCP
    private const int NoDelay = 1; // TCP_NODELAY
    private const int Most = 64; // connections taken in a row, before others get their turn

    private readonly EventLoop _loop;
    private readonly Func<int, IEventHandler> _makeSession;
    private readonly PollEvents _firstEvents;
    private readonly int _fd;

    private TcpAcceptor(EventLoop loop, int fd, PollEvents firstEvents, Func<int, IEventHandler> makeSession)
    {
        _loop = loop;
        _firstEvents = firstEvents;
        _fd = fd;
        _makeSession = makeSession;
    }

    /// <summary>Listens.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="address">The address; 0.0.0.0 for any.</param>
    /// <param name="port">The port.</param>
    /// <param name="isNoDelay">TCP_NODELAY for the connections.</param>
    /// <param name="makeSession">Makes the handler of a connection, given its descriptor, which does not block.</param>
    /// <param name="events">What a session waits for first.</param>
    /// <returns>Null, or what is wrong.</returns>
    public static string? TryListen(EventLoop loop, Ipv4Address address, ushort port, bool isNoDelay, Func<int, IEventHandler> makeSession, PollEvents events = PollEvents.In)
    {
        int fd = Libc.Socket(Libc.Inet, Libc.Stream | Libc.NonBlocking, 0);
        if (fd < 0)
        {
            return Libc.LastError;
        }

        byte[] name = GC.AllocateArray<byte>(AddressSize, pinned: true);
        BinaryPrimitives.WriteUInt16LittleEndian(name, Libc.Inet);
        BinaryPrimitives.WriteUInt16BigEndian(name.AsSpan(PortOffset), port);
        address.Write(name.AsSpan(AddressOffset));
        TcpAcceptor acceptor = new(loop, fd, events, makeSession);
        bool isListening = Libc.TryTurnOn(fd, Libc.SocketLevel, ReuseAddress)
            && (!isNoDelay || Libc.TryTurnOn(fd, TcpLevel, NoDelay)) // what it accepts has it, too
            && Libc.Bind(fd, Libc.AddressOf(name), AddressSize) == 0
            && Libc.Listen(fd, Backlog) == 0
            && loop.TryAdd(fd, acceptor, PollEvents.In);
        if (isListening)
        {
            return null;
        }

        string error = Libc.LastError;
        _ = Libc.Close(fd);
        return error;
    }

    /// <inheritdoc/>
    public void OnReady(PollEvents events)
    {
        for (int i = 0; i < Most; i++)
        {
            int fd = Libc.Accept4(_fd, 0, 0, Libc.NonBlocking);
            if (fd < 0)
            {
                // Descriptors may have run out: the connection stays in the queue and the loop comes back. EAGAIN is the usual end.
                return;
            }

            if (!_loop.TryAdd(fd, _makeSession(fd), _firstEvents))
            {
                Console.Error.WriteLine($"epoll_ctl: {Marshal.GetLastPInvokeError()}");
                _ = Libc.Close(fd);
            }
        }
    }
}
