using System.Globalization;

namespace KernelSockets.UserApps.Network;

/// <summary>The arguments of nc.</summary>
internal sealed record NcOptions
{
    /// <summary>-u.</summary>
    public bool IsUdp { get; private init; }

    /// <summary>-l.</summary>
    public bool IsListening { get; private init; }

    /// <summary>-k: goes on after the first connection.</summary>
    public bool StaysListening { get; private init; }

    /// <summary>-z: only tells whether the port is open.</summary>
    public bool IsScan { get; private init; }

    /// <summary>-v.</summary>
    public bool IsVerbose { get; private init; }

    /// <summary>-N: shuts the sending direction when the input ends.</summary>
    public bool ShutsAtEnd { get; private init; }

    /// <summary>-w, in seconds; 0 for none.</summary>
    public int Timeout { get; private init; }

    /// <summary>-p, or the port to listen on; 0 for any.</summary>
    public int LocalPort { get; private init; }

    /// <summary>The host; empty when listening.</summary>
    public string Host { get; private init; } = string.Empty;

    /// <summary>Its first port.</summary>
    public int Port { get; private init; }

    /// <summary>The last port of a range, for -z.</summary>
    public int LastPort { get; private init; }

    /// <summary>Reads arguments.</summary>
    /// <param name="arguments">Without the name.</param>
    /// <param name="error">What is wrong; null for nothing.</param>
    public static NcOptions Read(string[] arguments, out string? error)
    {
        NcOptions result = new();
        OptionReader options = new("ulkzvNnp:w:", arguments);
        while (options.TryNext(out char option))
        {
            result = option switch
            {
                'u' => result with { IsUdp = true },
                'l' => result with { IsListening = true },
                'k' => result with { StaysListening = true },
                'z' => result with { IsScan = true },
                'v' => result with { IsVerbose = true },
                'N' => result with { ShutsAtEnd = true },
                'p' => result with { LocalPort = options.NumberBetween(1, ushort.MaxValue) },
                'w' => result with { Timeout = options.NumberBetween(1, int.MaxValue / 1000) },
                _ => result,
            };
        }

        error = options.Error;
        return error is null ? result.TakeOperands(options.Operands, out error) : result;
    }

    private NcOptions TakeOperands(IReadOnlyList<string> operands, out string? error)
    {
        error = null;
        int wanted = !IsListening ? 2 : LocalPort == 0 ? 1 : 0;
        if (operands.Count != wanted)
        {
            error = IsListening ? "a port to listen on, please" : "a host and a port, please";
            return this;
        }

        if (wanted == 0)
        {
            return this;
        }

        string[] range = operands[^1].Split('-', 2);
        if (!TryParsePort(range[0], out int first) || !TryParsePort(range[^1], out int last) || last < first || (range.Length > 1 && !IsScan))
        {
            error = $"invalid port '{operands[^1]}'";
            return this;
        }

        return IsListening
            ? this with { LocalPort = first }
            : this with { Host = operands[0], Port = first, LastPort = last };
    }

    private static bool TryParsePort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1 and <= ushort.MaxValue;
}
