namespace KernelSockets.Net;

/// <summary>
/// What is done when the memory that all connections share has run out: data beyond a hole go, since the peer still has them (RFC 2018 §8), and then
/// connections whose peers shut their windows and take nothing (RFC 6429 §3 lets a host end those when it needs what they hold).
/// </summary>
/// <remarks>Under the stack's gate. Looks at all connections ten times a second at most, and only while memory is short.</remarks>
internal sealed class TcpRelief
{
    /// <summary>How long a peer may take nothing while others need the memory.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);

    private readonly Tcp _tcp;
    private readonly StackTimer _timer;
    private readonly List<TcpConnection> _starved = [];
    private readonly List<TcpConnection> _stalled = [];

    /// <param name="tcp">The module.</param>
    public TcpRelief(Tcp tcp)
    {
        _tcp = tcp;
        _timer = new CallbackTimer(Look);
    }

    /// <summary>There was no memory for data that have arrived: the peer sends them again.</summary>
    public void OnExhausted(Instant now)
    {
        if (!_timer.IsScheduled)
        {
            _tcp.Timers.Schedule(_timer, now + s_interval);
        }
    }

    /// <summary>There was no memory for what a user writes: he is told when it is worth another try.</summary>
    /// <param name="connection">His connection; told once only until then.</param>
    /// <param name="now">When.</param>
    public void OnStarved(TcpConnection connection, Instant now)
    {
        _starved.Add(connection);
        OnExhausted(now);
    }

    private void Look(Instant now)
    {
        if (_tcp.Memory.IsUnderPressure)
        {
            MakeRoom(now);
        }

        if (_tcp.Memory.IsUnderPressure)
        {
            _tcp.Timers.Schedule(_timer, now + s_interval); // until it is better
        }

        foreach (TcpConnection connection in _starved)
        {
            connection.EndStarvation();
        }

        _starved.Clear();
    }

    private void MakeRoom(Instant now)
    {
        foreach (TcpConnection connection in _tcp.Connections)
        {
            connection.ForgetOutOfOrder();
            if (connection.IsStalled(now, Patience))
            {
                _stalled.Add(connection);
            }
        }

        foreach (TcpConnection connection in _stalled)
        {
            if (_tcp.Memory.IsUnderPressure)
            {
                _tcp.Statistics.AbortOnMemory++;
                connection.Abort(Errno.ETIMEDOUT);
            }
        }

        _stalled.Clear();
    }
}
