using System.Globalization;

namespace KernelSockets.UserApps.Network.Iperf;

/// <summary>The arguments of iperf3.</summary>
internal sealed record IperfOptions
{
    private const int DefaultPort = 5201;
    private const long DefaultUdpRate = 1 << 20; // 1 Mbit/s, as iperf3 counts it

    /// <summary>-s.</summary>
    public bool IsServer { get; private init; }

    /// <summary>-1: the server ends after one test.</summary>
    public bool IsOnce { get; private init; }

    /// <summary>-c: the server; null for none.</summary>
    public string? Host { get; private init; }

    /// <summary>-p.</summary>
    public int Port { get; private init; } = DefaultPort;

    /// <summary>-i; null for no intervals.</summary>
    public TimeSpan? Interval { get; private init; } = TimeSpan.FromSeconds(1);

    /// <summary>What the test does; its length 0 stands for the default.</summary>
    public IperfParameters Test { get; private init; } = new() { Length = 0 };

    /// <summary>Reads arguments.</summary>
    /// <param name="arguments">Without the name.</param>
    /// <param name="error">What is wrong; null for nothing.</param>
    public static IperfOptions Read(string[] arguments, out string? error)
    {
        IperfOptions result = new();
        OptionReader options = new(
            "s1c:p:t:n:RP:ub:l:i:N4",
            arguments,
            ("server", 's'), ("one-off", '1'), ("client", 'c'), ("port", 'p'), ("time", 't'), ("bytes", 'n'), ("reverse", 'R'), ("parallel", 'P'), ("udp", 'u'), ("bitrate", 'b'),
            ("bandwidth", 'b'), ("length", 'l'), ("interval", 'i'), ("no-delay", 'N'), ("version4", '4'));
        bool hasRate = false;
        while (options.TryNext(out char option))
        {
            hasRate |= option == 'b';
            result = result.With(option, options);
        }

        error = options.Error ?? result.Objection(options.Operands.Count);
        return result with { Test = result.Test with { Rate = result.Test.IsUdp && !hasRate ? DefaultUdpRate : result.Test.Rate } };
    }

    /// <summary>The parameters of the test, with the defaults that depend on the connection.</summary>
    /// <param name="segment">TCP's segment size.</param>
    public IperfParameters TestFor(int segment) => Test.Length > 0
        ? Test
        : Test with { Length = Test.IsUdp ? Math.Clamp(segment, IperfParameters.SmallestDatagram, IperfParameters.LargestDatagram) : new IperfParameters().Length };

    private IperfOptions With(char option, OptionReader options) => option switch
    {
        's' => this with { IsServer = true },
        '1' => this with { IsOnce = true },
        'c' => this with { Host = options.Value },
        'p' => this with { Port = options.NumberBetween(1, ushort.MaxValue) },
        'i' => this with { Interval = IntervalOf(options) },
        't' => this with { Test = Test with { Time = options.NumberBetween(0, IperfParameters.LongestTime) } },
        'n' => this with { Test = Test with { Bytes = Scaled(options, 1024), Time = 0 } },
        'R' => this with { Test = Test with { IsReverse = true } },
        'P' => this with { Test = Test with { Parallel = options.NumberBetween(1, IperfParameters.MostStreams) } },
        'u' => this with { Test = Test with { IsUdp = true } },
        'b' => this with { Test = Test with { Rate = Scaled(options, 1000) } },
        'l' => this with { Test = Test with { Length = (int)Math.Min(Scaled(options, 1024), int.MaxValue) } },
        'N' => this with { Test = Test with { IsNoDelay = true } },
        _ => this,
    };

    private string? Objection(int operands)
    {
        int most = Test.IsUdp ? IperfParameters.LargestDatagram : IperfParameters.LargestBlock;
        int least = Test.IsUdp ? IperfParameters.SmallestDatagram : 1;
        return (IsServer, Host) switch
        {
            (true, not null) => "cannot be both server and client",
            (false, null) => "must either be a client (-c) or server (-s)",
            _ when operands > 0 => "unexpected argument",
            (false, _) when IsOnce => "some option you are trying to set is server only",
            _ when Test.Length != 0 && (Test.Length < least || Test.Length > most) => $"block size invalid (minimum = {least} bytes, maximum = {most} bytes)",
            _ => null,
        };
    }

    private static TimeSpan? IntervalOf(OptionReader options)
    {
        if (!double.TryParse(options.Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) || (seconds != 0 && seconds is < 0.1 or > 60))
        {
            options.Reject("invalid report interval (min = 0.1, max = 60 seconds)");
        }

        return seconds > 0 ? TimeSpan.FromSeconds(seconds) : null;
    }

    /// <summary>A number with a suffix: K, M, G, T.</summary>
    private static long Scaled(OptionReader options, int step)
    {
        string text = options.Value;
        int power = text.Length > 0 ? "KMGT".IndexOf(char.ToUpperInvariant(text[^1]), StringComparison.Ordinal) + 1 : 0;
        string digits = power > 0 ? text[..^1] : text;
        double number = double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double parsed) ? parsed * Math.Pow(step, power) : double.NaN;
        if (number is not (>= 0 and <= 1e18))
        {
            options.Reject($"invalid number '{text}'");
            return 0;
        }

        return (long)number;
    }
}
