using System.Globalization;

namespace KernelSockets.UserApps.Network.PacketCapture;

/// <summary>Reads filter expressions as pcap-filter(7) has them.</summary>
/// <remarks>
/// <code>
/// expression = term { ("and" | "or") term }       both bind alike, from the left
/// term       = "not" term | "(" expression ")" | primitive
/// primitive  = { qualifier } id | qualifier       qualifiers that a bare id lacks are those of the primitive before
/// </code>
/// Arithmetic on the bytes of a frame (<c>tcp[13]</c>) is not known.
/// </remarks>
internal sealed class FilterParser
{
    private const int MaximumDepth = 100;

    private readonly Queue<string> _words;
    private readonly Func<string, Ipv4Address?> _resolve;
    private FilterQualifiers? _before; // of the last primitive that had an id
    private string? _error;
    private int _depth;

    private FilterParser(string expression, Func<string, Ipv4Address?> resolve)
    {
        _words = FilterLexer.Split(expression);
        _resolve = resolve;
    }

    /// <summary>Reads an expression.</summary>
    /// <param name="expression">What was typed; nothing but blanks accepts everything.</param>
    /// <param name="resolve">Finds the address of a name.</param>
    /// <param name="filter">The tree; null for everything.</param>
    /// <returns>Null, or what is wrong.</returns>
    public static string? TryParse(string expression, Func<string, Ipv4Address?> resolve, out FilterNode? filter)
    {
        FilterParser parser = new(expression, resolve);
        filter = parser._words.Count == 0 ? null : parser.ParseExpression();
        if (parser._words.Count > 0)
        {
            parser.Fail($"syntax error at '{parser._words.Peek()}'");
        }

        return parser._error;
    }

    private FilterNode ParseExpression()
    {
        FilterNode left = ParseTerm();
        while (_error is null && _words.TryPeek(out string? word) && word is "and" or "or")
        {
            bool isAnd = _words.Dequeue() == "and";
            FilterNode right = ParseTerm();
            left = isAnd ? left & right : left | right;
        }

        return left;
    }

    private FilterNode ParseTerm()
    {
        if (++_depth > MaximumDepth)
        {
            return Fail("expression too complex");
        }

        FilterNode node = !_words.TryPeek(out string? word) ? Fail("syntax error at the end") : word switch
        {
            "not" => ParseNot(),
            "(" => ParseParentheses(),
            _ => ParsePrimitive(),
        };
        _depth--;
        return node;
    }

    private FilterNode ParseNot()
    {
        _words.Dequeue();
        return !ParseTerm();
    }

    private FilterNode ParseParentheses()
    {
        _words.Dequeue();
        FilterNode node = ParseExpression();
        return _words.TryDequeue(out string? word) && word == ")" ? node : Fail("syntax error: a ')' is missing");
    }

    private FilterNode ParsePrimitive()
    {
        FilterQualifiers qualifiers = FilterQualifiers.Read(_words, out bool isAny);
        if (isAny && IsPrimitiveEnd)
        {
            return WithoutId(qualifiers);
        }

        if (!isAny)
        {
            string word = _words.Peek();
            if (word is "broadcast" or "multicast" or "less" or "greater")
            {
                return Fixed(null);
            }

            if (_before is null)
            {
                return Fail($"syntax error at '{word}'");
            }

            qualifiers = _before.Value;
        }
        else if (_words.Peek() is "broadcast" or "multicast")
        {
            return qualifiers is { Direction: FilterDirection.Any, Kind: null } ? Fixed(qualifiers.Protocol) : Fail("syntax error");
        }

        qualifiers = qualifiers with { Kind = qualifiers.Kind ?? "host" };
        _before = qualifiers;
        string id = _words.Dequeue();
        return id == ")" ? Fail("syntax error at ')'") : WithId(qualifiers, id);
    }

    private bool IsPrimitiveEnd => !_words.TryPeek(out string? word) || word is "and" or "or" or ")";

    private FilterNode WithoutId(FilterQualifiers qualifiers) => qualifiers is { Protocol: { } protocol, Direction: FilterDirection.Any, Kind: null }
        ? FilterPrimitives.Protocol(protocol) ?? Fail($"'{protocol}' is missing its address or protocol")
        : Fail("syntax error at the end of a primitive");

    /// <summary>Words that need no address.</summary>
    private FilterNode Fixed(string? protocol)
    {
        string word = _words.Dequeue();
        switch (word)
        {
            case "broadcast" when protocol is null or "ether":
                return FilterPrimitives.Broadcast;
            case "multicast" when protocol is null or "ether":
                return FilterPrimitives.Multicast;
            case "multicast" when protocol == "ip":
                return FilterPrimitives.IpMulticast;
            case "less" or "greater" when _words.TryDequeue(out string? number) && TryParseNumber(number, out uint bytes):
                return FilterPrimitives.Length(bytes, word == "greater");
            default:
                return Fail($"syntax error at '{word}'");
        }
    }

    private FilterNode WithId(FilterQualifiers qualifiers, string id) => qualifiers.Kind switch
    {
        "host" when qualifiers.Protocol == "ether" => Hardware(qualifiers.Direction, id),
        "host" => Host(qualifiers, id),
        "net" => Network(qualifiers, id),
        "port" => Ports(qualifiers, id, id),
        "portrange" => PortRange(qualifiers, id),
        _ => ByNumber(qualifiers, id),
    };

    private FilterNode Hardware(FilterDirection direction, string id) =>
        MacAddress.TryParse(id, out MacAddress address) ? FilterPrimitives.Hardware(direction, address) : Fail($"'{id}' is no Ethernet address");

    private FilterNode Host(FilterQualifiers qualifiers, string id)
    {
        if (!IsAddressProtocol(qualifiers.Protocol))
        {
            return Fail($"'{qualifiers.Protocol}' modifier applied to host");
        }

        Ipv4Address? found = Ipv4Address.TryParse(id, out Ipv4Address address) ? address : _resolve(id);
        return found is { } host
            ? FilterPrimitives.Network(qualifiers.Protocol, qualifiers.Direction, host, uint.MaxValue)
            : Fail($"unknown host '{id}'");
    }

    private FilterNode Network(FilterQualifiers qualifiers, string id)
    {
        if (!IsAddressProtocol(qualifiers.Protocol))
        {
            return Fail($"'{qualifiers.Protocol}' modifier applied to net");
        }

        string? maskText = null;
        if (_words.TryPeek(out string? word) && word == "mask")
        {
            _words.Dequeue();
            _words.TryDequeue(out maskText);
            maskText ??= string.Empty;
        }

        return FilterNetwork.TryParse(id, maskText, out Ipv4Address address, out uint mask) is { } error
            ? Fail(error)
            : FilterPrimitives.Network(qualifiers.Protocol, qualifiers.Direction, address, mask);
    }

    private FilterNode PortRange(FilterQualifiers qualifiers, string id)
    {
        string[] ends = id.Split('-');
        return ends.Length <= 2 ? Ports(qualifiers, ends[0], ends[^1]) : Fail($"illegal port range '{id}'");
    }

    private FilterNode Ports(FilterQualifiers qualifiers, string first, string last)
    {
        uint? transport = ProtocolNumbers.WithPorts(qualifiers.Protocol);
        if (transport is null && qualifiers.Protocol is not null)
        {
            return Fail($"illegal qualifier of 'port'");
        }

        if (!PortNames.TryParse(first, out ushort from) || !PortNames.TryParse(last, out ushort to))
        {
            return Fail($"unknown port '{(PortNames.TryParse(first, out _) ? last : first)}'");
        }

        return FilterPrimitives.Ports(transport, qualifiers.Direction, Math.Min(from, to), Math.Max(from, to));
    }

    private FilterNode ByNumber(FilterQualifiers qualifiers, string id)
    {
        if (qualifiers.Direction != FilterDirection.Any)
        {
            return Fail("'proto' takes no direction");
        }

        if (qualifiers.Protocol == "ether")
        {
            return FilterPrimitives.Protocol(id) is { } known && id is "ip" or "arp" or "rarp" or "ip6" ? known
                : TryParseNumber(id, out uint type) && type is > 1500 and <= ushort.MaxValue ? FilterPrimitives.EtherType(type)
                : Fail($"unknown ether proto '{id}'");
        }

        uint? number = ProtocolNumbers.InIp(id) ?? (TryParseNumber(id, out uint value) && value <= byte.MaxValue ? value : null);
        return (number, qualifiers.Protocol) switch
        {
            ({ } protocol, null) => FilterPrimitives.IpProtocol(protocol) | FilterPrimitives.Ip6Protocol(protocol),
            ({ } protocol, "ip") => FilterPrimitives.IpProtocol(protocol),
            ({ } protocol, "ip6") => FilterPrimitives.Ip6Protocol(protocol),
            (null, _) => Fail($"unknown ip proto '{id}'"),
            _ => Fail($"'{qualifiers.Protocol}' modifier applied to proto"),
        };
    }

    private static bool IsAddressProtocol(string? protocol) => protocol is null or "ip" or "arp" or "rarp";

    private static bool TryParseNumber(string text, out uint number) => text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
        ? uint.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number)
        : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    /// <summary>Remembers the first error; the rest of the words no longer matters.</summary>
    private FilterAnd Fail(string error)
    {
        _error ??= error;
        _words.Clear();
        return new FilterAnd(FilterPrimitives.Broadcast, FilterPrimitives.Broadcast);
    }
}
