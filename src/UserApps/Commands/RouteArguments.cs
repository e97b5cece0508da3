namespace KernelSockets.UserApps.Commands;

/// <summary>What <c>route add</c> and <c>route del</c> are told, in net-tools' words.</summary>
internal sealed class RouteArguments
{
    private bool _isNetwork;
    private bool _isHost;
    private bool _hasPrefix;

    private RouteArguments()
    {
    }

    /// <summary>Network or host.</summary>
    public Ipv4Address Destination { get; private set; }

    /// <summary>Its prefix.</summary>
    public int PrefixLength { get; private set; }

    /// <summary>Next hop; null when none was named.</summary>
    public Ipv4Address? Gateway { get; private set; }

    /// <summary>Interface; null when none was named.</summary>
    public string? Interface { get; private set; }

    /// <summary>Metric.</summary>
    public int Metric { get; private set; }

    /// <summary>Reads the words behind <c>add</c> or <c>del</c>.</summary>
    /// <param name="words">The words.</param>
    /// <param name="arguments">What they say.</param>
    /// <returns>What is wrong with them, or null.</returns>
    public static string? Parse(ReadOnlySpan<string> words, out RouteArguments arguments)
    {
        arguments = new RouteArguments();
        if (words is ["-net" or "-host", ..])
        {
            arguments._isNetwork = words[0] == "-net";
            arguments._isHost = !arguments._isNetwork;
            words = words[1..];
        }

        if (words.Length == 0)
        {
            return "a destination is needed";
        }

        string? error = arguments.TakeDestination(words[0]);
        words = words[1..];
        while (error is null && words.Length > 0)
        {
            error = arguments.TakeNext(ref words);
        }

        return error ?? arguments.Complete();
    }

    private string? TakeDestination(string word)
    {
        if (word == "default")
        {
            _hasPrefix = true;
            return _isHost ? "default: no host" : null;
        }

        int slash = word.IndexOf('/', StringComparison.Ordinal);
        if (!Ipv4Address.TryParse(slash < 0 ? word : word.AsSpan(0, slash), out Ipv4Address destination))
        {
            return $"{word}: Unknown host";
        }

        Destination = destination;
        if (slash < 0)
        {
            return null;
        }

        _hasPrefix = int.TryParse(word.AsSpan(slash + 1), out int prefixLength) && (uint)prefixLength <= Ipv4Address.Bits;
        PrefixLength = prefixLength;
        return _hasPrefix ? null : $"{word}: a prefix is 0 to 32";
    }

    private string? TakeNext(ref ReadOnlySpan<string> words)
    {
        string word = words[0];
        words = words[1..];
        if (word is not ("netmask" or "gw" or "metric" or "dev"))
        {
            return TakeInterface(word);
        }

        if (words.Length == 0)
        {
            return $"'{word}' needs a value";
        }

        string value = words[0];
        words = words[1..];
        return word switch
        {
            "netmask" => TakeMask(value),
            "gw" => TakeGateway(value),
            "metric" => TakeMetric(value),
            _ => TakeInterface(value),
        };
    }

    private string? TakeMask(string value)
    {
        if (_isHost || _hasPrefix)
        {
            return _isHost ? "netmask doesn't make sense with host route" : "there is a netmask already";
        }

        _hasPrefix = NetworkMask.TryParse(value, out int prefixLength);
        PrefixLength = prefixLength;
        return _hasPrefix ? null : $"bogus netmask {value}";
    }

    private string? TakeGateway(string value)
    {
        bool isAddress = Ipv4Address.TryParse(value, out Ipv4Address gateway);
        Gateway = gateway;
        return isAddress ? null : $"{value}: Unknown host";
    }

    private string? TakeMetric(string value)
    {
        bool isNumber = int.TryParse(value, out int metric) && metric >= 0;
        Metric = metric;
        return isNumber ? null : $"{value}: no metric";
    }

    private string? TakeInterface(string value)
    {
        if (Interface is not null || value.StartsWith('-'))
        {
            return $"'{value}' not understood";
        }

        Interface = value;
        return null;
    }

    /// <summary>Without a mask, an address is a host's unless it was said to be a network's: then its class's mask counts.</summary>
    private string? Complete()
    {
        if (!_hasPrefix)
        {
            PrefixLength = _isNetwork ? Destination.ClassPrefixLength : Ipv4Address.Bits;
        }

        bool hasHostBits = (Destination.Value & ~Ipv4Address.Mask(PrefixLength).Value) != 0;
        return hasHostBits ? "netmask doesn't match route address" : null;
    }
}
