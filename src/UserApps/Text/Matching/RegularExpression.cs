namespace KernelSockets.UserApps.Text.Matching;

/// <summary>How patterns are read.</summary>
internal enum RegexSyntax
{
    /// <summary>POSIX's basic regular expressions.</summary>
    Basic,

    /// <summary>POSIX's extended regular expressions.</summary>
    Extended,

    /// <summary>Texts, in which no sign has a meaning.</summary>
    Fixed,
}

/// <summary>What a match must be besides.</summary>
internal enum RegexExtent
{
    /// <summary>Any part of a line.</summary>
    Part,

    /// <summary>Whole words.</summary>
    Words,

    /// <summary>The whole line.</summary>
    Line,

    /// <summary>The beginning of the line.</summary>
    Start,
}

/// <summary>
/// Patterns as one regular expression over the bytes of a line, with POSIX's leftmost longest match. Without back references the time is proportional to the
/// length of the line. Used by one task.
/// </summary>
internal sealed class RegularExpression
{
    private readonly RegexAutomaton _automaton;
    private readonly RegexProgram _program;
    private readonly RegexBacktracker _backtracker;
    private readonly byte[]? _text;
    private readonly bool _hasBackReference;
    private RegexSearch? _search;

    /// <summary>Compiles patterns; a line matches when any of them does.</summary>
    /// <param name="patterns">Bytes; none matches nothing.</param>
    /// <param name="syntax">How they are read.</param>
    /// <param name="ignoresCase">True to match letters in either case.</param>
    /// <param name="extent">What a match must be besides.</param>
    /// <exception cref="RegexException">One of them is no pattern.</exception>
    public RegularExpression(IReadOnlyList<byte[]> patterns, RegexSyntax syntax, bool ignoresCase = false, RegexExtent extent = RegexExtent.Part)
    {
        int groups = 0;
        List<RegexNode> choices = [];
        foreach (byte[] pattern in patterns)
        {
            if (syntax == RegexSyntax.Fixed)
            {
                choices.Add(FromText(pattern, ignoresCase));
                continue;
            }

            RegexParser parser = new(pattern, syntax == RegexSyntax.Extended, ignoresCase, groups + 1);
            choices.Add(parser.Parse());
            groups += parser.GroupCount;
            _hasBackReference |= parser.HasBackReference;
        }

        RegexNode root = choices.Count == 1 ? choices[0] : choices.Count > 0 ? new RegexNode.Alternatives(choices) : new RegexNode.OneOf(new ByteSet());
        _text = extent == RegexExtent.Part ? AsText(root) : null;
        _program = new RegexProgram(Surround(root, extent), groups);
        _automaton = new RegexAutomaton(_program);
        _backtracker = new RegexBacktracker(_program, ignoresCase, _hasBackReference);
    }

    /// <summary>Groups in parentheses.</summary>
    public int GroupCount => _program.GroupCount;

    /// <summary>True when some part of the line matches.</summary>
    /// <exception cref="RegexException">It would take too long.</exception>
    public bool IsMatch(ReadOnlySpan<byte> line)
    {
        if (_text is not null)
        {
            return line.IndexOf(_text) >= 0;
        }

        return _automaton.IsMatch(line) && (!_hasBackReference || TryFind(line, 0, out _, out _));
    }

    /// <summary>Finds the leftmost longest match from a position on.</summary>
    /// <returns>False when there is none.</returns>
    /// <exception cref="RegexException">It would take too long.</exception>
    public bool TryFind(ReadOnlySpan<byte> line, int from, out int start, out int end)
    {
        if (_hasBackReference)
        {
            bool isFound = TryFindGroups(line, from, out int[] groups);
            (start, end) = isFound ? (groups[0], groups[1]) : (-1, -1);
            return isFound;
        }

        if (_text is not null)
        {
            int index = line[from..].IndexOf(_text);
            (start, end) = (from + index, from + index + _text.Length);
            return index >= 0;
        }

        _search ??= new RegexSearch(_program);
        return _search.TryFind(line, from, out start, out end);
    }

    /// <summary>Finds the leftmost longest match from a position on, and what the groups matched.</summary>
    /// <param name="line">The line.</param>
    /// <param name="from">Where to begin.</param>
    /// <param name="groups">Start and end of the match and of each group; -1 where a group took no part.</param>
    /// <returns>False when there is none.</returns>
    /// <exception cref="RegexException">It would take too long.</exception>
    public bool TryFindGroups(ReadOnlySpan<byte> line, int from, out int[] groups)
    {
        groups = [];
        if (!_hasBackReference)
        {
            return TryFind(line, from, out int start, out int end) && _backtracker.TryMatch(line, start, end, out groups);
        }

        for (int start = from; start <= line.Length; start++)
        {
            if (_backtracker.TryMatch(line, start, null, out groups))
            {
                return true;
            }
        }

        return false;
    }

    private static RegexNode.Sequence FromText(byte[] text, bool ignoresCase)
    {
        List<RegexNode> parts = [];
        foreach (byte value in text)
        {
            ByteSet set = new();
            set.Add(value);
            if (ignoresCase)
            {
                set.FoldCase();
            }

            parts.Add(new RegexNode.OneOf(set));
        }

        return new RegexNode.Sequence(parts);
    }

    /// <summary>A pattern that is nothing but a text, which the class library finds fastest.</summary>
    private static byte[]? AsText(RegexNode root)
    {
        if (root is not RegexNode.Sequence { Parts.Count: > 0 } sequence)
        {
            return null;
        }

        List<byte> text = [];
        foreach (RegexNode part in sequence.Parts)
        {
            if (part is not RegexNode.OneOf { Set: var set } || Enumerable.Range(0, ByteSet.Values).Count(value => set.Contains((byte)value)) != 1)
            {
                return null;
            }

            text.Add((byte)Enumerable.Range(0, ByteSet.Values).First(value => set.Contains((byte)value)));
        }

        return [.. text];
    }

    private static RegexNode Surround(RegexNode root, RegexExtent extent) => extent switch
    {
        RegexExtent.Line => new RegexNode.Sequence([new RegexNode.Place(RegexAssertion.LineStart), root, new RegexNode.Place(RegexAssertion.LineEnd)]),
        RegexExtent.Start => new RegexNode.Sequence([new RegexNode.Place(RegexAssertion.LineStart), root]),
        RegexExtent.Words => new RegexNode.Sequence([new RegexNode.Place(RegexAssertion.NoWordBefore), root, new RegexNode.Place(RegexAssertion.NoWordBehind)]),
        _ => root,
    };
}
