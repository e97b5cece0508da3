using System.Globalization;

namespace KernelSockets.UserApps.Network;

/// <summary>What traceroute was asked to do.</summary>
internal sealed class TracerouteOptions
{
    private const int MaximumProbes = 10;
    private const double LongestWait = 3600;

    /// <summary>Whom to go to, as it was typed.</summary>
    public string Host { get; private set; } = string.Empty;

    /// <summary>Bytes of a probe, headers included.</summary>
    public int Length { get; private set; } = 60;

    /// <summary>First TTL (-f).</summary>
    public int FirstHop { get; private set; } = 1;

    /// <summary>Last TTL (-m).</summary>
    public int LastHop { get; private set; } = 30;

    /// <summary>Probes for each hop (-q).</summary>
    public int Probes { get; private set; } = 3;

    /// <summary>How long to wait for an answer (-w).</summary>
    public TimeSpan Wait { get; private set; } = TimeSpan.FromSeconds(5);

    /// <summary>Port of the first probe (-p); each probe goes to the next one.</summary>
    public int Port { get; private set; } = 33434;

    /// <summary>No names (-n).</summary>
    public bool IsNumeric { get; private set; }

    /// <summary>ICMP echo requests instead of UDP (-I).</summary>
    public bool UsesEcho { get; private set; }

    /// <summary>Reads the arguments.</summary>
    /// <param name="arguments">Arguments, without the name.</param>
    /// <param name="error">What is wrong; null for nothing.</param>
    public static TracerouteOptions Read(string[] arguments, out string? error)
    {
        TracerouteOptions result = new();
        OptionReader reader = new("nIf:m:q:w:p:4", arguments);
        while (reader.TryNext(out char option))
        {
            result.Apply(option, reader);
        }

        if (reader.Operands is [_, var length])
        {
            const int Least = Traceroute.Headers;
            const int Most = 1500;
            bool isNumber = int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out int bytes) && bytes is >= Least and <= Most;
            result.Length = isNumber ? bytes : result.Length;
            error = isNumber ? null : $"a packet has {Least} to {Most} bytes, not '{length}'";
        }
        else
        {
            error = reader.Operands.Count == 1 ? null : "specify \"host\", please";
        }

        error = reader.Error ?? error ?? (result.FirstHop > result.LastHop ? "first hop out of range" : null);
        result.Host = reader.Operands.Count > 0 ? reader.Operands[0] : string.Empty;
        return result;
    }

    private void Apply(char option, OptionReader reader)
    {
        switch (option)
        {
            case 'n':
                IsNumeric = true;
                break;
            case 'I':
                UsesEcho = true;
                break;
            case 'f':
                FirstHop = reader.NumberBetween(1, byte.MaxValue);
                break;
            case 'm':
                LastHop = reader.NumberBetween(1, byte.MaxValue);
                break;
            case 'q':
                Probes = reader.NumberBetween(1, MaximumProbes);
                break;
            case 'p':
                Port = reader.NumberBetween(1, ushort.MaxValue);
                break;
            case 'w' when double.TryParse(reader.Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds is > 0 and <= LongestWait:
                Wait = TimeSpan.FromSeconds(seconds);
                break;
            case 'w':
                reader.Reject($"bad wait seconds '{reader.Value}' specified");
                break;
            default:
                break;
        }
    }
}
