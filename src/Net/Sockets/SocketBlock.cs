using KernelSockets.Sockets;

namespace KernelSockets.Net;

/// <summary>What every socket of the network stack has: its protocol control block, hung on <see cref="Socket.State"/>.</summary>
/// <remarks>Under the stack's gate, but for <see cref="PollSource"/>, which has a lock of its own.</remarks>
internal abstract class SocketBlock
{
    private WaitQueue? _waiters; // made by the first who waits: most sockets never do

    /// <param name="stack">The stack.</param>
    /// <param name="socket">Whose block it is.</param>
    /// <param name="settings">Options of SOL_SOCKET.</param>
    protected SocketBlock(NetStack stack, Socket socket, SocketSettings settings)
    {
        Stack = stack;
        Socket = socket;
        Settings = settings;
    }

    /// <summary>The stack.</summary>
    public NetStack Stack { get; }

    /// <summary>The socket.</summary>
    public Socket Socket { get; }

    /// <summary>Options of SOL_SOCKET. To change them, see <see cref="OwnSettings"/>.</summary>
    public SocketSettings Settings { get; private set; }

    /// <summary>Who polls.</summary>
    public PollSource PollSource { get; } = new();

    /// <summary>The filter that decides which packets are queued. Made when it is first asked for: most sockets never have one.</summary>
    public SocketFilter Filter => field ??= new SocketFilter();

    /// <summary>SO_BINDTODEVICE; null for any interface.</summary>
    public NetInterface? BoundInterface { get; set; }

    /// <summary>SHUT_RD was asked for.</summary>
    public bool IsReadShut { get; private set; }

    /// <summary>SHUT_WR was asked for.</summary>
    public bool IsWriteShut { get; private set; }

    /// <summary>The error that the next call returns (SO_ERROR).</summary>
    public Errno PendingError { get; private set; }

    /// <summary>True when SO_BINDTODEVICE lets the socket take what came in on an interface.</summary>
    public bool Accepts(NetInterface netInterface) => BoundInterface is null || ReferenceEquals(BoundInterface, netInterface);

    /// <summary>Options of SOL_SOCKET that may be changed: a copy where others share them.</summary>
    public SocketSettings OwnSettings()
    {
        Settings = Settings.Own();
        return Settings;
    }

    /// <summary>Returns the pending error and forgets it.</summary>
    public Errno TakeError()
    {
        Errno error = PendingError;
        PendingError = Errno.Success;
        return error;
    }

    /// <summary>Sets the pending error and wakes whoever waits.</summary>
    public void Fail(Errno error)
    {
        PendingError = error;
        WakeAll(PollEvents.Error);
    }

    /// <summary>Shuts one direction or both, and wakes whoever waits.</summary>
    public void Shut(ShutdownHow how)
    {
        IsReadShut |= how != ShutdownHow.Write;
        IsWriteShut |= how != ShutdownHow.Read;
        WakeAll(PollEvents.Readable | PollEvents.Writable | PollEvents.HangUp | PollEvents.ReadHangUp);
    }

    /// <summary>Blocks until something changes.</summary>
    /// <param name="deadline">When to give up.</param>
    /// <returns><see cref="Errno.Success"/>, <see cref="Errno.EAGAIN"/> at the deadline, <see cref="Errno.EINTR"/>.</returns>
    public Errno Wait(Instant deadline)
    {
        _waiters ??= Stack.WaitQueues.Create("socket");
        Errno error = _waiters.Wait(Stack.Gate, deadline);
        return error == Errno.ETIME ? Errno.EAGAIN : error;
    }

    /// <summary>Something can be read: wakes one reader and tells the pollers.</summary>
    protected void WakeReader()
    {
        _waiters?.WakeOne();
        PollSource.Notify(PollEvents.Readable);
    }

    /// <summary>Something has changed: wakes all who wait, and tells the pollers.</summary>
    protected void WakeAll(PollEvents events)
    {
        _waiters?.WakeAll();
        PollSource.Notify(events);
    }
}
