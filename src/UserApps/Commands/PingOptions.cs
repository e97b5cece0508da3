using System.Globalization;
using KernelSockets.UserApps.Network;

namespace KernelSockets.UserApps.Commands;

/// <summary>What ping was asked to do.</summary>
internal sealed class PingOptions
{
    /// <summary>Most data bytes: an IPv4 datagram holds 65,535 with its header (20) and ICMP's (8).</summary>
    public const int MaxSize = 65507;

    private static readonly TimeSpan s_longest = TimeSpan.FromDays(24);

    /// <summary>Whom to ask.</summary>
    public Ipv4Address Destination { get; private set; }

    /// <summary>Whom, as it was typed.</summary>
    public string DestinationText { get; private set; } = "";

    /// <summary>Requests to send; 0 for no end (-c).</summary>
    public int Count { get; private set; }

    /// <summary>Time between requests (-i).</summary>
    public TimeSpan Interval { get; private set; } = TimeSpan.FromSeconds(1);

    /// <summary>Data bytes of each request (-s).</summary>
    public int Size { get; private set; } = 56;

    /// <summary>Time to wait for the last answers when nothing has come yet (-W).</summary>
    public TimeSpan Linger { get; private set; } = TimeSpan.FromSeconds(10);

    /// <summary>Time after which ping ends whatever has come (-w); null for none.</summary>
    public TimeSpan? Deadline { get; private set; }

    /// <summary>TTL of the requests (-t).</summary>
    public byte TimeToLive { get; private set; } = 64;

    /// <summary>All stations of a network may be asked at once (-b).</summary>
    public bool IsBroadcastAllowed { get; private set; }

    /// <summary>Only the summary (-q).</summary>
    public bool IsQuiet { get; private set; }

    /// <summary>As fast as answers come, a dot for each that does not (-f).</summary>
    public bool IsFlood { get; private set; }

    /// <summary>Reads the arguments.</summary>
    /// <param name="arguments">Arguments, without the name.</param>
    /// <param name="error">What is wrong; null for nothing.</param>
    public static PingOptions Read(string[] arguments, out string? error)
    {
        var result = new PingOptions();
        var options = new OptionReader("bc:i:s:W:w:t:qfn4", arguments);
        while (options.TryNext(out char option))
        {
            result.Apply(option, options);
        }

        error = options.Error;
        if (error is null)
        {
            error = options.Operands.Count == 1 ? null : "usage error: Destination address required";
            result.DestinationText = options.Operands.Count == 1 ? options.Operands[0] : "";
        }

        return result;
    }

    /// <summary>Turns the destination, an address or a name, into an address.</summary>
    /// <returns>False when it is none, or nobody knows the name.</returns>
    public bool TryResolve()
    {
        bool isFound = HostName.TryResolve(DestinationText, out Ipv4Address address);
        Destination = address;
        return isFound;
    }

    private void Apply(char option, OptionReader options)
    {
        switch (option)
        {
            case 'c':
                Count = options.NumberBetween(1, int.MaxValue);
                break;
            case 'i':
                Interval = Seconds(options);
                break;
            case 's':
                Size = options.NumberBetween(0, MaxSize);
                break;
            case 'W':
                Linger = Seconds(options);
                break;
            case 'w':
                Deadline = TimeSpan.FromSeconds(options.NumberBetween(0, int.MaxValue / 1000));
                break;
            case 't':
                TimeToLive = (byte)options.NumberBetween(1, byte.MaxValue);
                break;
            case 'b':
                IsBroadcastAllowed = true;
                break;
            case 'q':
                IsQuiet = true;
                break;
            case 'f':
                IsFlood = true;
                break;
            default:
                break;
        }
    }

    private static TimeSpan Seconds(OptionReader options)
    {
        if (double.TryParse(options.Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds)
            && seconds <= s_longest.TotalSeconds)
        {
            return TimeSpan.FromSeconds(seconds);
        }

        options.Reject($"invalid argument: '{options.Value}': a number of seconds is required");
        return TimeSpan.Zero;
    }
}
