using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace KernelSockets.UserApps.Network.Serving;

/// <summary>One thread that serves any number of sockets: epoll(7), level-triggered, by plain libc calls. Allocates nothing per event.</summary>
internal sealed class EventLoop
{
    private const int MostEvents = 64;
    private const int EventSize = 12; // struct epoll_event, packed on x86-64
    private const int DataOffset = 4;
    private const int Add = 1; // EPOLL_CTL_ADD
    private const int Modify = 3; // EPOLL_CTL_MOD
    private const int Linger = 13; // SO_LINGER
    private const long LingerNot = 1; // struct linger: on, for 0 s

    private readonly int _epoll;
    private readonly byte[] _events = GC.AllocateArray<byte>(MostEvents * EventSize, pinned: true);
    private readonly byte[] _change = GC.AllocateArray<byte>(EventSize, pinned: true);
    private Watched[] _watched = new Watched[64]; // by descriptor

    private EventLoop(int epoll) => _epoll = epoll;

    /// <summary>Where the handlers read to and write from, one after the other.</summary>
    public byte[] Buffer { get; } = GC.AllocateArray<byte>(64 * 1024, pinned: true);

    /// <summary>The time at which the present events were told, in <see cref="Environment.TickCount64"/>: to look at the clock is a system call.</summary>
    public long Now { get; internal set; } = Environment.TickCount64;

    /// <summary>Sockets that are watched.</summary>
    public int Count { get; private set; }

    /// <summary>Makes a loop.</summary>
    /// <returns>Null on failure; libc's errno says why.</returns>
    public static EventLoop? TryCreate()
    {
        int epoll = Libc.CreateEpoll(0);
        return epoll < 0 ? null : new EventLoop(epoll);
    }

    /// <summary>Watches a socket.</summary>
    /// <returns>False on failure.</returns>
    public bool TryAdd(int fd, IEventHandler handler, PollEvents events)
    {
        if (Control(Add, fd, events) < 0)
        {
            return false;
        }

        if (fd >= _watched.Length)
        {
            Array.Resize(ref _watched, Math.Max(fd + 1, _watched.Length * 2));
        }

        _watched[fd] = new Watched { Handler = handler };
        Count++;
        return true;
    }

    /// <summary>Changes what is waited for.</summary>
    public void Change(int fd, PollEvents events) => _ = Control(Modify, fd, events);

    /// <summary>Stops watching a socket, and closes it.</summary>
    public void Close(int fd)
    {
        if (fd < _watched.Length && _watched[fd].Handler is not null)
        {
            _watched[fd] = default;
            Count--;
            _ = Libc.Close(fd); // which takes it out of the set, too
        }
    }

    /// <summary>Resets a connection whose peer does not go on: an orderly end would hold what was not sent for as long as the peer likes.</summary>
    public void Reset(int fd)
    {
        _ = Libc.SetOption(fd, Libc.SocketLevel, Linger, LingerNot, sizeof(long));
        Close(fd);
    }

    /// <summary>
    /// Resets every connection that has waited for its peer for too long. One whose peer takes a little at a time has not: what is sent becomes
    /// less, though there may be no room for more yet.
    /// </summary>
    /// <param name="patience">How long is too long, in milliseconds. To be called several times within half of it.</param>
    public void ResetStalled(long patience)
    {
        for (int fd = 0; fd < _watched.Length; fd++)
        {
            ref Watched watched = ref _watched[fd];
            if (watched.Handler is not { } handler || Waited(watched) <= patience / 2)
            {
                continue;
            }

            int unacknowledged = Libc.OutputQueue(fd);
            if (unacknowledged < watched.Unacknowledged)
            {
                watched.TakenAt = Now;
            }

            watched.Unacknowledged = unacknowledged;
            if (Waited(watched) > patience)
            {
                handler.Forget();
                Reset(fd);
            }
        }
    }

    /// <summary>Serves until the job is told to end.</summary>
    /// <param name="interval">How often <paramref name="tick"/> is called, in milliseconds, the first time at once; late by as much when nothing happens.</param>
    /// <param name="tick">What is done from time to time.</param>
    public void Run(int interval, Action tick)
    {
        long tickedAt = Now - interval;
        while (true)
        {
            int count = Libc.WaitEpoll(_epoll, Libc.AddressOf(_events), MostEvents, interval);
            if (count < 0 && Marshal.GetLastPInvokeError() is (int)Errno.ECANCELED or (int)Errno.EINTR or (int)Errno.EBADF)
            {
                break;
            }

            Now = Environment.TickCount64;
            for (int i = 0; i < count; i++)
            {
                Span<byte> one = _events.AsSpan(i * EventSize, EventSize);
                int fd = BinaryPrimitives.ReadInt32LittleEndian(one[DataOffset..]);
                _watched[fd].Handler?.OnReady((PollEvents)BinaryPrimitives.ReadInt32LittleEndian(one));
            }

            if (Now - tickedAt >= interval)
            {
                tickedAt = Now;
                tick();
            }
        }

        for (int fd = 0; fd < _watched.Length; fd++)
        {
            Close(fd);
        }

        _ = Libc.Close(_epoll);
    }

    /// <summary>How long the peer has taken nothing, in milliseconds.</summary>
    private long Waited(in Watched watched) => Now - Math.Max(watched.Handler!.WaitingSince, watched.TakenAt);

    private int Control(int operation, int fd, PollEvents events)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_change, (int)events);
        BinaryPrimitives.WriteInt64LittleEndian(_change.AsSpan(DataOffset), fd);
        return Libc.ControlEpoll(_epoll, operation, fd, Libc.AddressOf(_change));
    }

    /// <summary>A socket.</summary>
    private struct Watched
    {
        public IEventHandler? Handler;

        /// <summary>When <see cref="Unacknowledged"/> was last seen to become less.</summary>
        public long TakenAt;

        /// <summary>Bytes sent that the peer had not acknowledged when it was last looked at.</summary>
        public int Unacknowledged;
    }
}

/// <summary>Who is told that a socket is ready.</summary>
internal interface IEventHandler
{
    /// <summary>Reads or writes what is possible without waiting.</summary>
    void OnReady(PollEvents events);

    /// <summary>Since when the peer has to do something, in <see cref="Environment.TickCount64"/>; far ahead when it has not.</summary>
    long WaitingSince => long.MaxValue;

    /// <summary>The connection is about to be reset.</summary>
    void Forget()
    {
    }
}
