namespace KernelSockets.UserApps.Network.Wget;

/// <summary>The arguments of wget.</summary>
internal sealed record WgetOptions
{
    private const int DefaultTries = 20;
    private static readonly TimeSpan s_defaultWait = TimeSpan.FromSeconds(900);

    /// <summary>-O: where everything goes, - for standard output; null for a file of its own for each.</summary>
    public string? Output { get; private init; }

    /// <summary>-P: the directory of files without -O.</summary>
    public string Prefix { get; private init; } = string.Empty;

    /// <summary>-q: nothing is told.</summary>
    public bool IsQuiet { get; private init; }

    /// <summary>-c: goes on where a file ends.</summary>
    public bool Continues { get; private init; }

    /// <summary>--spider: nothing is fetched.</summary>
    public bool IsSpider { get; private init; }

    /// <summary>-S: heads of answers are shown.</summary>
    public bool ShowsHeads { get; private init; }

    /// <summary>Bound of connecting; null for the system's.</summary>
    public TimeSpan? ConnectTimeout { get; private init; }

    /// <summary>Bound of each wait; null for none.</summary>
    public TimeSpan? WaitTimeout { get; private init; } = s_defaultWait;

    /// <summary>-t: attempts for each URL.</summary>
    public int Tries { get; private init; } = DefaultTries;

    /// <summary>What to fetch.</summary>
    public IReadOnlyList<string> Urls { get; private init; } = [];

    /// <summary>Reads arguments.</summary>
    /// <param name="arguments">Without the name.</param>
    /// <param name="error">What is wrong; null for nothing.</param>
    public static WgetOptions Read(string[] arguments, out string? error)
    {
        WgetOptions result = new();
        OptionReader options = new(
            "O:P:qcT:t:zS",
            arguments,
            ("output-document", 'O'), ("directory-prefix", 'P'), ("quiet", 'q'), ("continue", 'c'), ("timeout", 'T'), ("tries", 't'), ("spider", 'z'), ("server-response", 'S'));
        while (options.TryNext(out char option))
        {
            result = option switch
            {
                'O' => result with { Output = options.Value },
                'P' => result with { Prefix = options.Value },
                'q' => result with { IsQuiet = true },
                'c' => result with { Continues = true },
                'T' => result.WithTimeout(options.NumberBetween(0, int.MaxValue / 1000)),
                't' => result with { Tries = options.NumberBetween(0, int.MaxValue) is var tries and > 0 ? tries : int.MaxValue },
                'z' => result with { IsSpider = true },
                _ => result with { ShowsHeads = true },
            };
        }

        error = options.Error;
        return result with { Urls = options.Operands };
    }

    private WgetOptions WithTimeout(int seconds)
    {
        TimeSpan? limit = seconds > 0 ? TimeSpan.FromSeconds(seconds) : null;
        return this with { ConnectTimeout = limit, WaitTimeout = limit };
    }
}
