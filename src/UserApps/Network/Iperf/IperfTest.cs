using System.Diagnostics;
using System.Globalization;

namespace KernelSockets.UserApps.Network.Iperf;

/// <summary>A test under way on one side: its streams, its intervals, its results.</summary>
internal sealed class IperfTest : IDisposable
{
    private readonly List<IperfStream> _streams = [];
    private readonly Dictionary<int, IperfCounts> _before = [];
    private readonly TimeSpan? _interval;
    private Environment.ProcessCpuUsage _processor;
    private long _startedAt;
    private TimeSpan _intervalStart;
    private TimeSpan _length;

    /// <param name="parameters">What to do.</param>
    /// <param name="isSender">True for the side that sends.</param>
    /// <param name="interval">Time between reports; null for none.</param>
    /// <param name="isClient">True for the side that decides when it is over.</param>
    public IperfTest(IperfParameters parameters, bool isSender, TimeSpan? interval, bool isClient)
    {
        Parameters = parameters;
        IsSender = isSender;
        _interval = interval;
        Goal = new IperfGoal(isClient ? parameters.Bytes : 0);
    }

    /// <summary>What to do.</summary>
    public IperfParameters Parameters { get; }

    /// <summary>True for the side that sends.</summary>
    public bool IsSender { get; }

    /// <summary>The number of bytes that ends it.</summary>
    public IperfGoal Goal { get; }

    /// <summary>The streams.</summary>
    public IReadOnlyList<IperfStream> Streams => _streams;

    /// <summary>How long it ran.</summary>
    public TimeSpan Length => _length;

    /// <summary>Takes a connected socket over as the next stream.</summary>
    public void Add(System.Net.Sockets.Socket socket)
    {
        if (Parameters.IsNoDelay && !Parameters.IsUdp)
        {
            socket.NoDelay = true;
        }

        _streams.Add(IperfStream.Create(IperfStream.NextId(_streams.Count), socket, Parameters, Goal, IsSender));
    }

    /// <summary>Runs the streams.</summary>
    /// <param name="control">What may end it.</param>
    /// <param name="length">How long; null for as long as the other side wants.</param>
    /// <param name="other">What else is to be watched: a task that is completed has been looked after when this returns; null for nothing.</param>
    /// <returns><see cref="IperfState.TestEnd"/> when it is over by itself, else the state that came.</returns>
    /// <exception cref="IperfException">A stream has failed.</exception>
    public IperfState Run(IperfControl control, TimeSpan? length, Func<Task?> other)
    {
        IperfReport.PrintStreams(_streams);
        if (_interval is not null)
        {
            IperfReport.PrintHeading(Parameters.IsUdp, IsSender, isFinal: false);
        }

        Start();
        TimeSpan? omission = Parameters.Omit > 0 ? TimeSpan.FromSeconds(Parameters.Omit) : null;
        IperfState? state = null;
        while (state is null)
        {
            TimeSpan now = Stopwatch.GetElapsedTime(_startedAt);
            TimeSpan? end = omission is null ? length : omission;
            state = Wait(control, NextEvent(end) - now, other());
            now = Stopwatch.GetElapsedTime(_startedAt);
            CheckStreams();
            if (state is null && omission is not null && now >= omission)
            {
                omission = null;
                StartCounting();
            }
            else if (state is null && (Goal.Reached.IsCompleted || now >= length))
            {
                state = IperfState.TestEnd;
            }
            else if (state is null && now >= _intervalStart + _interval)
            {
                ReportInterval(now, omission is not null);
            }
        }

        End(omission is not null);
        return state.Value;
    }

    /// <summary>Our results.</summary>
    public IperfResults Results() => new(
        [.. _streams.Select(stream => stream.Counts() is var counts
            ? new IperfStreamResult
            {
                Id = stream.Id, Bytes = counts.Bytes, Retransmissions = counts.Retransmissions, Jitter = counts.Jitter, Lost = counts.Lost, Packets = counts.Packets, Seconds = _length.TotalSeconds,
            }
            : throw new UnreachableException())],
        HasRetransmissions: IsSender && !Parameters.IsUdp);

    /// <summary>Sends our results.</summary>
    public void SendResults(IperfControl control) =>
        control.Send(json => Results().Write(json, IperfProcessor.Since(_processor, _length), isReceiver: !IsSender));

    /// <summary>Receives the other side's.</summary>
    public IperfResults ReceiveResults(IperfControl control) => IperfResults.Read(control.ReceiveJson(), [.. _streams.Select(static stream => stream.Id)]);

    /// <summary>Prints the lines of the whole test.</summary>
    /// <param name="results">Of one side.</param>
    /// <param name="isSender">Which side.</param>
    public void ReportWhole(IperfResults results, bool isSender)
    {
        List<IperfCounts> all = [];
        double longest = 0;
        string note = isSender ? "sender" : "receiver";
        foreach (IperfStreamResult one in results.Streams)
        {
            IperfCounts counts = new() { Bytes = one.Bytes, Packets = one.Packets, Lost = one.Lost, Jitter = one.Jitter, Retransmissions = isSender ? one.Retransmissions : -1 };
            string name = _streams.Find(stream => stream.Id == one.Id)!.Descriptor.ToString(CultureInfo.InvariantCulture);
            IperfReport.PrintLine(name, TimeSpan.Zero, TimeSpan.FromSeconds(one.Seconds), counts, Parameters.IsUdp, isSender, note, isFinal: true);
            all.Add(counts);
            longest = Math.Max(longest, one.Seconds);
        }

        if (all.Count > 1)
        {
            IperfReport.PrintLine("SUM", TimeSpan.Zero, TimeSpan.FromSeconds(longest), IperfCounts.Sum(all), Parameters.IsUdp, isSender, note, isFinal: true);
        }
    }

    /// <summary>Closes the streams; what they have measured stays.</summary>
    public void Dispose()
    {
        foreach (IperfStream stream in _streams)
        {
            stream.Dispose();
        }
    }

    private static IperfState? Wait(IperfControl control, TimeSpan time, Task? other)
    {
        Task<int> state = control.NextState();
        Task[] tasks = other is null ? [state] : [state, other];
        int milliseconds = (int)Math.Clamp(Math.Ceiling(time.TotalMilliseconds), 0, int.MaxValue);
        _ = Task.WaitAny(tasks, milliseconds);
        return state.IsCompleted ? control.TakeState() : null;
    }

    private void Start()
    {
        _processor = Environment.CpuUsage;
        _startedAt = Stopwatch.GetTimestamp();
        foreach (IperfStream stream in _streams)
        {
            stream.Start();
        }
    }

    private TimeSpan NextEvent(TimeSpan? end)
    {
        TimeSpan next = _interval is { } interval ? _intervalStart + interval : TimeSpan.FromSeconds(IperfParameters.LongestTime);
        return end < next ? end.Value : next;
    }

    private void CheckStreams()
    {
        // A sender whose peer has closed: the control connection is about to say why.
        if (_streams.Find(static stream => stream.Failure is not null) is { Failure: { } failure } && !IsSender)
        {
            throw new IperfException($"unable to read from stream socket: {failure}");
        }
    }

    private void StartCounting()
    {
        _streams.ForEach(static stream => stream.StartCounting());
        _before.Clear();
        _startedAt = Stopwatch.GetTimestamp();
        _intervalStart = TimeSpan.Zero;
    }

    private void End(bool isOmitted)
    {
        _length = Stopwatch.GetElapsedTime(_startedAt);
        _streams.ForEach(static stream => stream.End());
        if (_interval is not null && _length > _intervalStart + TimeSpan.FromMilliseconds(1))
        {
            ReportInterval(_length, isOmitted);
        }
    }

    private void ReportInterval(TimeSpan now, bool isOmitted)
    {
        string note = isOmitted ? "(omitted)" : string.Empty;
        List<IperfCounts> all = [];
        foreach (IperfStream stream in _streams)
        {
            IperfCounts counts = stream.Counts();
            IperfCounts part = counts.Since(_before.GetValueOrDefault(stream.Id));
            _before[stream.Id] = counts;
            all.Add(part);
            IperfReport.PrintLine(stream.Descriptor.ToString(CultureInfo.InvariantCulture), _intervalStart, now, part, Parameters.IsUdp, IsSender, note);
        }

        if (all.Count > 1)
        {
            IperfReport.PrintLine("SUM", _intervalStart, now, IperfCounts.Sum(all), Parameters.IsUdp, IsSender, note);
        }

        _intervalStart = now;
    }
}
