namespace KernelSockets.UserApps.Text.Matching;

/// <summary>
/// Reads POSIX's regular expressions, basic and extended (XBD §9.3, §9.4), with GNU's additions: \+ \? \| in basic ones, back references in
/// extended ones, \w \W \s \S \b \B \&lt; \&gt; \` \'. Where POSIX leaves open what a sign means, it means what it does to GNU grep.
/// </summary>
/// <param name="pattern">Bytes.</param>
/// <param name="isExtended">True for extended ones.</param>
/// <param name="ignoresCase">True to match letters in either case.</param>
/// <param name="firstGroup">Number of the first group, where several patterns make one.</param>
internal sealed class RegexParser(byte[] pattern, bool isExtended, bool ignoresCase, int firstGroup = 1)
{
    /// <summary>RE_DUP_MAX: most repetitions in an interval.</summary>
    private const int MaxRepeat = 32_767;

    /// <summary>Deepest nesting of groups.</summary>
    private const int MaxDepth = 250;

    private readonly HashSet<int> _closedGroups = [];
    private int _position;
    private int _groups;
    private int _depth;

    /// <summary>How many groups there are.</summary>
    public int GroupCount => _groups;

    /// <summary>True when the pattern refers to what a group has matched.</summary>
    public bool HasBackReference { get; private set; }

    private bool IsAtEnd => _position == pattern.Length;

    /// <summary>Reads the whole pattern.</summary>
    /// <exception cref="RegexException">It is none.</exception>
    public RegexNode Parse()
    {
        RegexNode node = ParseAlternatives();
        return IsAtEnd ? node : throw new RegexException("Unmatched ) or \\)");
    }

    private RegexNode ParseAlternatives()
    {
        List<RegexNode> choices = [ParseSequence()];
        while (TryTakeSign('|'))
        {
            choices.Add(ParseSequence());
        }

        return choices.Count == 1 ? choices[0] : new RegexNode.Alternatives(choices);
    }

    private RegexNode.Sequence ParseSequence()
    {
        List<RegexNode> parts = [];
        bool isAtStart = true;
        // In an extended expression a closing parenthesis without a partner is an ordinary sign.
        while (!IsAtEnd && !IsSign('|') && (!IsSign(')') || (isExtended && _depth == 0)))
        {
            RegexNode part = ParseAtom(isAtStart);
            bool isAnchor = !isExtended && part is RegexNode.Place { Assertion: RegexAssertion.LineStart };
            while (!isAnchor && TryRepeat(part, out RegexNode? repeated))
            {
                part = repeated;
            }

            parts.Add(part);
            isAtStart = isAnchor;
        }

        return new RegexNode.Sequence(parts);
    }

    private RegexNode ParseAtom(bool isAtStart)
    {
        if (TryTakeSign('('))
        {
            return ParseGroup();
        }

        if (isAtStart && isExtended && IsRepeatSign())
        {
            return new RegexNode.Sequence([]); // nothing, repeated
        }

        byte value = pattern[_position++];
        switch ((char)value)
        {
            case '\\':
                return ParseEscape();
            case '[':
                return ParseBracket();
            case '.':
                return new RegexNode.OneOf(new ByteSet(static _ => true));
            case '^' when isExtended || isAtStart:
                return new RegexNode.Place(RegexAssertion.LineStart);
            case '$' when isExtended || IsAtEnd || IsSign(')') || IsSign('|'):
                return new RegexNode.Place(RegexAssertion.LineEnd);
            default:
                return Literal(value);
        }
    }

    private RegexNode.Group ParseGroup()
    {
        if (++_depth > MaxDepth)
        {
            throw new RegexException("Regular expression too big");
        }

        int number = firstGroup + _groups++;
        RegexNode body = ParseAlternatives();
        if (!TryTakeSign(')'))
        {
            throw new RegexException("Unmatched ( or \\(");
        }

        _depth--;
        _closedGroups.Add(number);
        return new RegexNode.Group(body, number);
    }

    private RegexNode ParseEscape()
    {
        if (IsAtEnd)
        {
            throw new RegexException("Trailing backslash");
        }

        byte value = pattern[_position++];
        return (char)value switch
        {
            >= '1' and <= '9' => Refer(value - '0'),
            'w' => new RegexNode.OneOf(new ByteSet(ByteClass.IsWord)),
            'W' => new RegexNode.OneOf(new ByteSet(ByteClass.IsWord).Complement()),
            's' => new RegexNode.OneOf(new ByteSet(ByteClass.IsSpace)),
            'S' => new RegexNode.OneOf(new ByteSet(ByteClass.IsSpace).Complement()),
            'b' => new RegexNode.Place(RegexAssertion.WordEdge),
            'B' => new RegexNode.Place(RegexAssertion.NoWordEdge),
            '<' => new RegexNode.Place(RegexAssertion.WordStart),
            '>' => new RegexNode.Place(RegexAssertion.WordEnd),
            '`' => new RegexNode.Place(RegexAssertion.LineStart),
            '\'' => new RegexNode.Place(RegexAssertion.LineEnd),
            _ => Literal(value),
        };
    }

    private RegexNode.BackReference Refer(int digit)
    {
        int number = firstGroup + digit - 1;
        if (!_closedGroups.Contains(number))
        {
            throw new RegexException("Invalid back reference");
        }

        HasBackReference = true;
        return new RegexNode.BackReference(number);
    }

    private RegexNode.OneOf Literal(byte value)
    {
        ByteSet set = new();
        set.Add(value);
        return OneOf(set);
    }

    private RegexNode.OneOf OneOf(ByteSet set)
    {
        if (ignoresCase)
        {
            set.FoldCase();
        }

        return new RegexNode.OneOf(set);
    }

    private RegexNode.OneOf ParseBracket()
    {
        RegexBracket bracket = new(pattern, _position);
        ByteSet set = bracket.Parse(out bool isComplement);
        _position = bracket.Position;
        RegexNode.OneOf node = OneOf(set);
        return isComplement ? new RegexNode.OneOf(node.Set.Complement()) : node;
    }

    private bool TryRepeat(RegexNode body, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out RegexNode? repeated)
    {
        repeated = null;
        if (IsAtEnd)
        {
            return false;
        }

        if (pattern[_position] == '*')
        {
            _position++;
            repeated = new RegexNode.Repeat(body, 0, null);
        }
        else if (TryTakeSign('+'))
        {
            repeated = new RegexNode.Repeat(body, 1, null);
        }
        else if (TryTakeSign('?'))
        {
            repeated = new RegexNode.Repeat(body, 0, 1);
        }
        else if (IsSign('{') && TryInterval(out int least, out int? most))
        {
            repeated = new RegexNode.Repeat(body, least, most);
        }

        return repeated is not null;
    }

    /// <summary>Reads {N}, {N,}, {,M} or {N,M}. In an extended expression a brace that begins no such thing is an ordinary sign.</summary>
    private bool TryInterval(out int least, out int? most)
    {
        int start = _position;
        TryTakeSign('{');
        int? low = TakeNumber();
        bool hasComma = !IsAtEnd && pattern[_position] == ',';
        _position += hasComma ? 1 : 0;
        int? high = hasComma ? TakeNumber() : low;
        bool isWhole = TryTakeSign('}') && (low is not null || hasComma);
        least = low ?? 0;
        most = high;
        if (isWhole && least <= (high ?? int.MaxValue))
        {
            return (high ?? least) <= MaxRepeat ? true : throw new RegexException("Regular expression too big");
        }

        if (!isExtended)
        {
            throw new RegexException(IsAtEnd && !isWhole ? "Unmatched \\{" : "Invalid content of \\{\\}");
        }

        if (isWhole)
        {
            throw new RegexException("Invalid content of \\{\\}");
        }

        _position = start;
        return false;
    }

    private int? TakeNumber()
    {
        int? number = null;
        while (!IsAtEnd && char.IsAsciiDigit((char)pattern[_position]))
        {
            number = Math.Min(((number ?? 0) * 10) + pattern[_position++] - '0', MaxRepeat + 1);
        }

        return number;
    }

    private bool IsRepeatSign() => pattern[_position] is (byte)'*' or (byte)'+' or (byte)'?';

    /// <summary>True where a sign that extended expressions write plainly, and basic ones with a backslash, comes next.</summary>
    private bool IsSign(char sign)
    {
        int at = isExtended ? _position : _position + 1;
        return at < pattern.Length && pattern[at] == sign && (isExtended || pattern[_position] == '\\');
    }

    private bool TryTakeSign(char sign)
    {
        bool isNext = IsSign(sign);
        _position += !isNext ? 0 : isExtended ? 1 : 2;
        return isNext;
    }
}
