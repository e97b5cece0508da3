using KernelSockets.Sockets;

namespace KernelSockets.Net;

/// <summary>The control block of a TCP socket: unconnected, listening, or the user of a connection.</summary>
/// <remarks>Under the stack's gate.</remarks>
internal sealed class TcpBlock : SocketBlock, ITcpUser
{
    /// <param name="stack">The stack.</param>
    /// <param name="socket">Whose block it is.</param>
    public TcpBlock(NetStack stack, Socket socket)
        : base(stack, socket, new SocketSettings()) => Tcp = new TcpSettings();

    /// <summary>The block of a connection that a listener has accepted.</summary>
    public TcpBlock(NetStack stack, Socket socket, TcpBlock listener, TcpConnection connection)
        : base(stack, socket, listener.Settings)
    {
        Tcp = connection.Settings;
        Settings.IsShared = true;
        LocalAddress = connection.Key.Local;
        LocalPort = connection.Key.LocalPort;
        BoundInterface = listener.BoundInterface;
        Connection = connection;
    }

    /// <summary>Options of TCP and IP; the connection's once there is one. To change them, see <see cref="OwnTcp"/>.</summary>
    public TcpSettings Tcp { get; private set; }

    /// <summary>Local address: 0.0.0.0 for any.</summary>
    public Ipv4Address LocalAddress { get; set; }

    /// <summary>Local port; 0 for none yet.</summary>
    public ushort LocalPort { get; set; }

    /// <summary>The port was given by bind, or taken by listen.</summary>
    public bool IsBound { get; set; }

    /// <summary>The listener; null when the socket does not listen.</summary>
    public TcpListener? Listener { get; set; }

    /// <summary>The connection; null before connect, and after one that failed.</summary>
    public TcpConnection? Connection { get; set; }

    /// <summary>connect has been called and has not told the outcome.</summary>
    public bool IsConnecting { get; set; }

    /// <summary>True while it listens.</summary>
    public bool IsListening => Listener is not null;

    /// <summary>SO_REUSEADDR.</summary>
    public bool MayShare => Settings.IsOn(SocketOption.ReuseAddress);

    /// <summary>SO_REUSEPORT.</summary>
    public bool MayShareListening => Settings.IsOn(SocketOption.ReusePort);

    /// <summary>True once the handshake was complete, until the peer or the user has closed both directions.</summary>
    public bool IsConnected => !IsConnecting && Connection is { State: not (TcpState.SynSent or TcpState.SynReceived) };

    /// <summary>Options that may be changed: a copy where others share them.</summary>
    public TcpSettings OwnTcp()
    {
        Tcp = Tcp.Own();
        if (Connection is { } connection)
        {
            connection.Settings = Tcp;
        }

        return Tcp;
    }

    /// <inheritdoc/>
    public void OnEstablished(TcpConnection connection) => WakeAll(PollEvents.Writable);

    /// <inheritdoc/>
    public void OnChange(TcpConnection connection, PollEvents events) => WakeAll(events);

    /// <inheritdoc/>
    public void OnClosed(TcpConnection connection)
    {
        if (connection.Error == Errno.Success)
        {
            WakeAll(PollEvents.Readable | PollEvents.Writable | PollEvents.HangUp | PollEvents.ReadHangUp);
        }
        else
        {
            Fail(connection.Error);
        }
    }

    /// <summary>A connection waits to be accepted.</summary>
    public void OnAcceptable() => WakeReader();

    /// <summary>The listener is gone: whoever waits in accept hears of it.</summary>
    public void StopListening()
    {
        TcpListener? listener = Listener;
        Listener = null;
        listener?.Close();
        WakeAll(PollEvents.Readable | PollEvents.HangUp);
    }

    /// <summary>poll (Linux's tcp_poll).</summary>
    public PollEvents Poll()
    {
        PollEvents events = PendingError != Errno.Success ? PollEvents.Error : PollEvents.None;
        if (Listener is { } listener)
        {
            return events | (listener.FinishedCount > 0 ? PollEvents.Readable : PollEvents.None);
        }

        if (Connection is not { } connection)
        {
            return events | PollEvents.Writable | PollEvents.HangUp;
        }

        if (connection.State is TcpState.SynSent or TcpState.SynReceived)
        {
            return events;
        }

        bool isReadEnd = connection.IsPeerFinished || connection.IsReadShut;
        bool isWriteEnd = connection.IsFinQueued || connection.State == TcpState.Closed;
        events |= isReadEnd ? PollEvents.Readable | PollEvents.ReadHangUp : PollEvents.None;
        events |= isReadEnd && isWriteEnd ? PollEvents.HangUp : PollEvents.None;
        events |= connection.Readable >= Math.Max(1, Math.Min(Settings.ReceiveLowWater, connection.ReceiveLimit)) ? PollEvents.Readable : PollEvents.None;
        events |= isWriteEnd || connection.SendRoom >= connection.SendLimit / 3 ? PollEvents.Writable : PollEvents.None;
        return events | (connection.HasUrgentByte ? PollEvents.Priority : PollEvents.None);
    }

    /// <summary>The line of netstat of a listening socket.</summary>
    public SocketInformation DescribeListener() => new(
        "tcp", $"{LocalAddress}:{LocalPort}", "0.0.0.0:*", TcpState.Listen.Name(), Listener!.FinishedCount, Listener.Backlog, 0, Socket.OwnerJob, Socket.InodeNumber);
}
