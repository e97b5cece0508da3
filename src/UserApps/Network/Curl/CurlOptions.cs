using System.Text;

namespace KernelSockets.UserApps.Network.Curl;

/// <summary>The arguments of curl.</summary>
internal sealed record CurlOptions
{
    /// <summary>-d: what is posted; null for nothing.</summary>
    public byte[]? Data { get; private init; }

    /// <summary>-f: a status of 400 and above is a failure.</summary>
    public bool Fails { get; private init; }

    /// <summary>-H: fields of the request's head, as given.</summary>
    public IReadOnlyList<string> Fields { get; private init; } = [];

    /// <summary>-i or -I: heads are shown.</summary>
    public bool ShowsHeads { get; private init; }

    /// <summary>-I: nothing but the head is asked for.</summary>
    public bool IsHead { get; private init; }

    /// <summary>-L: goes where it is redirected to.</summary>
    public bool Follows { get; private init; }

    /// <summary>-m: how long each URL may take; null for as long as it takes.</summary>
    public TimeSpan? Limit { get; private init; }

    /// <summary>-o: the files that the answers for one URL after the other go to, - for standard output as for those that have none.</summary>
    public IReadOnlyList<string> Outputs { get; private init; } = [];

    /// <summary>False after -s without -S: nothing is told of failures.</summary>
    public bool TellsErrors => !IsSilent || ShowsErrors;

    /// <summary>-T: the file to send; null for none.</summary>
    public string? Upload { get; private init; }

    /// <summary>-X: the method; null for what the other options imply.</summary>
    public string? Method { get; private init; }

    /// <summary>The URLs.</summary>
    public IReadOnlyList<string> Urls { get; private init; } = [];

    private bool IsSilent { get; init; }

    private bool ShowsErrors { get; init; }

    /// <summary>Reads arguments.</summary>
    /// <param name="arguments">Without the name.</param>
    /// <param name="error">What is wrong; null for nothing.</param>
    /// <exception cref="IOException">A file with data cannot be read.</exception>
    public static CurlOptions Read(string[] arguments, out string? error)
    {
        CurlOptions result = new();
        OptionReader options = new(
            "d:fH:iILm:o:sST:X:",
            arguments,
            ("data", 'd'), ("fail", 'f'), ("header", 'H'), ("include", 'i'), ("head", 'I'), ("location", 'L'), ("max-time", 'm'), ("output", 'o'), ("silent", 's'),
            ("show-error", 'S'), ("upload-file", 'T'), ("request", 'X'));
        while (options.TryNext(out char option))
        {
            result = option switch
            {
                'd' => result with { Data = Join(result.Data, ReadData(options.Value)) },
                'f' => result with { Fails = true },
                'H' => result with { Fields = [.. result.Fields, options.Value] },
                'i' => result with { ShowsHeads = true },
                'I' => result with { ShowsHeads = true, IsHead = true },
                'L' => result with { Follows = true },
                'm' => result with { Limit = TimeSpan.FromSeconds(options.NumberBetween(1, int.MaxValue / 1000)) },
                'o' => result with { Outputs = [.. result.Outputs, options.Value] },
                's' => result with { IsSilent = true },
                'S' => result with { ShowsErrors = true },
                'T' => result with { Upload = options.Value },
                _ => result with { Method = options.Value },
            };
        }

        error = options.Error ?? (result is { IsHead: true, Data: not null } or { Upload: not null, Data: not null } or { Upload: not null, IsHead: true }
            ? "-d, -I and -T exclude each other"
            : options.Operands.Count == 0 ? "no URL specified!" : null);
        return result with { Urls = options.Operands };
    }

    private static byte[] Join(byte[]? before, byte[] data) => before is null ? data : [.. before, (byte)'&', .. data];

    /// <summary>Data are given as they are, or by @ and the name of a file, whose line ends are left out.</summary>
    private static byte[] ReadData(string value)
    {
        if (!value.StartsWith('@'))
        {
            return Encoding.UTF8.GetBytes(value);
        }

        using Stream file = value == "@-" ? StandardStream.Input : File.OpenRead(value[1..]);
        using MemoryStream all = new();
        file.CopyTo(all);
        return [.. all.ToArray().Where(static value => value is not ((byte)'\r' or (byte)'\n' or 0))];
    }
}
