using KernelSockets.UserApps.Network;

namespace KernelSockets.UserApps.Commands;

/// <summary>One run of ping: sends on schedule, prints what comes, sums up. Runs on the job's task; Ctrl-C ends the wait with
/// EINTR.</summary>
internal sealed class PingRun
{
    /// <summary>Header of ICMP echo (RFC 792).</summary>
    private const int IcmpHeader = 8;

    /// <summary>Headers of IPv4 and ICMP.</summary>
    private const int Headers = 20 + IcmpHeader;

    /// <summary>Requests whose times and answers are remembered; a later answer is taken without its round trip. A power of two.</summary>
    private const int Window = 1024;

    private static readonly TimeSpan s_floodInterval = TimeSpan.FromMilliseconds(10);

    private readonly PingOptions _options;
    private readonly IEchoSocket _socket;
    private readonly Clock _clock;
    private readonly byte[] _payload;
    private readonly PingStatistics _statistics = new();
    private readonly Instant[] _sentAt = new Instant[Window];
    private readonly bool[] _isAnswered = new bool[Window];
    private readonly Instant _start;
    private Instant _lastSent;
    private readonly Instant _end = Instant.Never;

    /// <summary>Prepares a run.</summary>
    public PingRun(PingOptions options, IEchoSocket socket, Clock clock)
    {
        _options = options;
        _socket = socket;
        _clock = clock;
        _payload = new byte[options.Size];
        for (int i = 0; i < _payload.Length; i++)
        {
            _payload[i] = (byte)i;
        }

        _start = Now;
        _lastSent = _start;
        if (options.Deadline is { } deadline)
        {
            _end = _start + deadline;
        }
    }

    private Instant Now => _clock.Now;

    private bool HasSentAll => _options.Count > 0 && _statistics.Transmitted >= _options.Count;

    private bool HasAllAnswers => HasSentAll && _statistics.Received + _statistics.Errors >= _statistics.Transmitted;

    private TimeSpan Interval => _options.IsFlood ? s_floodInterval : _options.Interval;

    /// <summary>Runs to the end.</summary>
    /// <returns>Exit status.</returns>
    public int Run()
    {
        Errno error = Transmit();
        if (error is Errno.ENETUNREACH or Errno.EACCES)
        {
            Console.Error.WriteLine(error == Errno.EACCES
                ? "ping: Do you want to ping broadcast? Then -b. If not, check your local firewall rules" : $"ping: connect: {error.Describe()}");
            return App.UsageStatus;
        }

        string sizes = $"{_options.Size}({_options.Size + Headers})";
        Console.Out.WriteLine($"PING {_options.DestinationText} ({_options.Destination}) {sizes} bytes of data.");
        Count(error);
        while (Now < _end && !HasAllAnswers && ReceiveUntilNext())
        {
            if (!HasSentAll && Now < _end)
            {
                Count(Transmit());
            }
        }

        Console.Out.WriteLine();
        Console.Out.WriteLine($"--- {_options.DestinationText} ping statistics ---");
        Console.Out.Write(_statistics.Summarize(_lastSent - _start));
        return _statistics.Received == 0 || (_options.Deadline is not null && _statistics.Received < _options.Count) ? 1 : 0;
    }

    /// <summary>Sends the next request.</summary>
    private Errno Transmit()
    {
        ushort sequence = (ushort)(_statistics.Transmitted + 1);
        _isAnswered[sequence % Window] = false;
        _lastSent = Now;
        _sentAt[sequence % Window] = _lastSent;
        return _socket.Send(sequence, _payload);
    }

    /// <summary>Counts a request, whether it left or not, and shows what became of it.</summary>
    private void Count(Errno error)
    {
        _statistics.Transmitted++;
        if (error != Errno.Success)
        {
            _statistics.Errors++;
            PrintError($"ping: sendmsg: {error.Describe()}");
        }
        else if (_options.IsFlood && !_options.IsQuiet)
        {
            Console.Out.Write('.');
        }
    }

    /// <summary>Takes answers until the next request is due, or, after the last one, until the last answer or the time-out.</summary>
    /// <returns>False when ping is to end.</returns>
    private bool ReceiveUntilNext()
    {
        while (!HasAllAnswers)
        {
            Instant until = Instant.Min(_end, _lastSent + (HasSentAll ? LastWait() : Interval));
            Errno error = _socket.Receive(until, out EchoAnswer reply);
            if (error == Errno.ETIME)
            {
                return !HasSentAll;
            }

            if (error != Errno.Success)
            {
                return false;
            }

            Take(reply);
            if (_options.IsFlood && !HasSentAll)
            {
                return true;
            }
        }

        return true;
    }

    /// <summary>iputils: with answers so far twice the longest round trip, at least the interval; without any, -W.</summary>
    private TimeSpan LastWait()
    {
        if (_statistics.Received == 0)
        {
            return _options.Linger;
        }

        double microseconds = Math.Max(2 * _statistics.LongestMicroseconds, Interval.TotalMicroseconds);
        return TimeSpan.FromMicroseconds(microseconds);
    }

    private void Take(EchoAnswer reply)
    {
        if (reply.Kind != EchoAnswerKind.Reply)
        {
            _statistics.Errors++;
            PrintError($"From {reply.Source} icmp_seq={reply.Sequence} {Describe(reply)}");
            return;
        }

        bool isDuplicate = IsRemembered(reply.Sequence) && _isAnswered[reply.Sequence % Window];
        string suffix = Count(reply, isDuplicate);
        if (_options.IsFlood && !_options.IsQuiet)
        {
            Console.Out.Write("\b \b");
        }
        else if (!_options.IsQuiet)
        {
            Console.Out.WriteLine($"{reply.Length} bytes from {reply.Source}: icmp_seq={reply.Sequence} ttl={reply.TimeToLive}{suffix}");
        }
    }

    /// <summary>Counts an answer.</summary>
    /// <returns>The rest of its line.</returns>
    private string Count(EchoAnswer reply, bool isDuplicate)
    {
        string suffix = "";
        if (IsRemembered(reply.Sequence))
        {
            TimeSpan time = reply.ReceivedAt - _sentAt[reply.Sequence % Window];
            _isAnswered[reply.Sequence % Window] = true;
            _statistics.AddRoundTrip(time);
            suffix = $" time={PingStatistics.FormatRoundTrip(time)} ms";
        }

        if (isDuplicate)
        {
            _statistics.Duplicates++;
            suffix += " (DUP!)";
        }
        else
        {
            _statistics.Received++;
        }

        if (!reply.IsIntact)
        {
            _statistics.Corrupted++;
            suffix += " wrong data";
        }

        return suffix;
    }

    /// <summary>True while the request's place in the window has not been taken by a later one.</summary>
    private bool IsRemembered(ushort sequence) => (ushort)((ushort)_statistics.Transmitted - sequence) < Window;

    private void PrintError(string message)
    {
        if (_options.IsQuiet)
        {
            return;
        }

        if (_options.IsFlood)
        {
            Console.Out.Write("\bE");
            return;
        }

        (message.StartsWith("ping:", StringComparison.Ordinal) ? Console.Error : Console.Out).WriteLine(message);
    }

    private static string Describe(EchoAnswer reply) => (reply.Kind, reply.Code) switch
    {
        (EchoAnswerKind.TimeExceeded, 1) => "Frag reassembly time exceeded",
        (EchoAnswerKind.TimeExceeded, _) => "Time to live exceeded",
        (_, 0) => "Destination Net Unreachable",
        (_, 1) => "Destination Host Unreachable",
        (_, 2) => "Destination Protocol Unreachable",
        (_, 3) => "Destination Port Unreachable",
        (_, 4) => "Frag needed and DF set",
        (_, 5) => "Source Route Failed",
        (_, 6) => "Destination Net Unknown",
        (_, 7) => "Destination Host Unknown",
        (_, 9) => "Destination Net Prohibited",
        (_, 10) => "Destination Host Prohibited",
        (_, 13) => "Packet filtered",
        (_, byte code) => $"Dest Unreachable, Bad Code: {code}",
    };
}
