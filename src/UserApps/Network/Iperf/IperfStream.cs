using System.Net.Sockets;

namespace KernelSockets.UserApps.Network.Iperf;

/// <summary>One stream of a test: a socket, and a thread that sends or receives as fast as it may. Allocates nothing per block.</summary>
internal abstract class IperfStream : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _ended = new();
    private readonly IperfGoal _goal;
    private long _bytes;
    private IperfCounts _uncounted;
    private IperfCounts? _final;
    private bool _isDisposed;

    /// <param name="id">Its number in the test, the same on both sides.</param>
    /// <param name="socket">The socket, connected; it is taken over.</param>
    /// <param name="parameters">What to do.</param>
    /// <param name="goal">How much all streams do.</param>
    /// <param name="isSender">True to send.</param>
    protected IperfStream(int id, Socket socket, IperfParameters parameters, IperfGoal goal, bool isSender)
    {
        Id = id;
        Socket = socket;
        Parameters = parameters;
        IsSender = isSender;
        _goal = goal;
        Descriptor = (int)socket.Handle;
        Endpoints = ((System.Net.IPEndPoint)socket.LocalEndPoint!, (System.Net.IPEndPoint)socket.RemoteEndPoint!);
        _thread = new Thread(RunSafely) { IsBackground = true, Name = $"iperf3 {id}" };
    }

    /// <summary>Its number in the test.</summary>
    public int Id { get; }

    /// <summary>The number that reports show: its socket's.</summary>
    public int Descriptor { get; }

    /// <summary>True for one that sends.</summary>
    public bool IsSender { get; }

    /// <summary>Its addresses.</summary>
    public (System.Net.IPEndPoint Local, System.Net.IPEndPoint Remote) Endpoints { get; }

    /// <summary>Why it ended before the test did; null when it did not.</summary>
    public string? Failure { get; private set; }

    /// <summary>The socket.</summary>
    protected Socket Socket { get; }

    /// <summary>What to do.</summary>
    protected IperfParameters Parameters { get; }

    /// <summary>True when nothing more is to be sent.</summary>
    protected bool IsEnded => _ended.IsSet || _goal.IsReached;

    /// <summary>The number of the next stream: 1, 3, 4 and so on, as iperf3 counts.</summary>
    public static int NextId(int count) => count == 0 ? 1 : count + 2;

    /// <summary>Makes the stream of a test that is wanted.</summary>
    public static IperfStream Create(int id, Socket socket, IperfParameters parameters, IperfGoal goal, bool isSender) => (parameters.IsUdp, isSender) switch
    {
        (false, true) => new TcpSender(id, socket, parameters, goal),
        (false, false) => new TcpReceiver(id, socket, parameters, goal),
        (true, true) => new UdpSender(id, socket, parameters, goal),
        _ => new UdpReceiver(id, socket, parameters, goal),
    };

    /// <summary>Begins.</summary>
    public void Start() => _thread.Start();

    /// <summary>What came before does not count.</summary>
    public void StartCounting() => _uncounted = Read();

    /// <summary>How far it is; after the end, where it was then.</summary>
    public IperfCounts Counts() => (_final ?? Read()).Since(_uncounted);

    /// <summary>The test is over: a sender stops, and what still arrives is read without being counted, so that the other side is not held up.</summary>
    public void End()
    {
        _final ??= Read();
        _ended.Set();
    }

    /// <summary>Closes the socket and waits for the thread.</summary>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        End();
        Shut();
        while (_thread.ThreadState != ThreadState.Unstarted && !_thread.Join(s_patience))
        {
            Socket.Dispose();
        }

        Socket.Dispose();
        _ended.Dispose();
    }

    /// <summary>Sends or receives until <see cref="IsEnded"/> or the end of the stream.</summary>
    protected abstract void Run();

    /// <summary>Figures beyond the bytes; under the gate.</summary>
    protected abstract IperfCounts ReadFigures();

    /// <summary>Waits until as many bytes are due as the rate allows.</summary>
    /// <param name="sent">Bytes sent so far.</param>
    /// <param name="elapsed">Since the start.</param>
    protected void Pace(long sent, TimeSpan elapsed)
    {
        if (Parameters.Rate > 0)
        {
            double due = sent * 8.0 / Parameters.Rate;
            double wait = due - elapsed.TotalSeconds;
            if (wait > 0.0005)
            {
                _ = _ended.Wait(TimeSpan.FromSeconds(Math.Min(wait, IperfParameters.LongestTime)));
            }
        }
    }

    /// <summary>Counts a block.</summary>
    /// <param name="count">Its bytes.</param>
    /// <param name="figures">What else changes, under the gate; null for nothing.</param>
    protected void Count(int count, Action? figures = null)
    {
        lock (_gate)
        {
            _bytes += count;
            figures?.Invoke();
        }

        _goal.Add(count);
    }

    /// <summary>Wakes the thread. Closing under its hands would do so too, but by a reset, and the peer is to get what is on its way.</summary>
    private void Shut()
    {
        try
        {
            Socket.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // The connection is gone already, and with it whatever the thread waited for.
        }
    }

    private IperfCounts Read()
    {
        lock (_gate)
        {
            return ReadFigures() with { Bytes = _bytes };
        }
    }

    private void RunSafely()
    {
        try
        {
            Run();
        }
        catch (SocketException exception)
        {
            Failure = IsEnded ? null : exception.Message;
        }
        catch (ObjectDisposedException)
        {
            // It was closed under its thread's hands: the test is over.
        }
    }
}
