namespace KernelSockets.UserApps.Text.Matching;

/// <summary>What must be true of a place between two bytes.</summary>
internal enum RegexAssertion
{
    /// <summary>^: the line begins.</summary>
    LineStart,

    /// <summary>$: the line ends.</summary>
    LineEnd,

    /// <summary>\&lt;: a word begins.</summary>
    WordStart,

    /// <summary>\&gt;: a word ends.</summary>
    WordEnd,

    /// <summary>\b: a word begins or ends.</summary>
    WordEdge,

    /// <summary>\B: no word begins or ends.</summary>
    NoWordEdge,

    /// <summary>No letter, digit or underscore before (grep -w).</summary>
    NoWordBefore,

    /// <summary>No letter, digit or underscore behind (grep -w).</summary>
    NoWordBehind,
}

/// <summary>What is beside a place.</summary>
internal enum RegexNeighbour
{
    /// <summary>The end of the line, to either side.</summary>
    Edge,

    /// <summary>A letter, a digit or an underscore.</summary>
    Word,

    /// <summary>Another byte.</summary>
    Other,
}

/// <summary>Judges places.</summary>
internal static class RegexPlaces
{
    /// <summary>True where the assertion holds between two neighbours.</summary>
    public static bool Holds(this RegexAssertion assertion, RegexNeighbour before, RegexNeighbour behind)
    {
        bool isWordBefore = before == RegexNeighbour.Word;
        bool isWordBehind = behind == RegexNeighbour.Word;
        return assertion switch
        {
            RegexAssertion.LineStart => before == RegexNeighbour.Edge,
            RegexAssertion.LineEnd => behind == RegexNeighbour.Edge,
            RegexAssertion.WordStart => !isWordBefore && isWordBehind,
            RegexAssertion.WordEnd => isWordBefore && !isWordBehind,
            RegexAssertion.WordEdge => isWordBefore != isWordBehind,
            RegexAssertion.NoWordEdge => isWordBefore == isWordBehind,
            RegexAssertion.NoWordBefore => !isWordBefore,
            _ => !isWordBehind,
        };
    }

    /// <summary>What kind of neighbour a byte is.</summary>
    public static RegexNeighbour Of(byte value) => ByteClass.IsWord(value) ? RegexNeighbour.Word : RegexNeighbour.Other;

    /// <summary>What is before a position of a line.</summary>
    public static RegexNeighbour Before(ReadOnlySpan<byte> line, int position) => position == 0 ? RegexNeighbour.Edge : Of(line[position - 1]);

    /// <summary>What is behind a position of a line.</summary>
    public static RegexNeighbour Behind(ReadOnlySpan<byte> line, int position) => position == line.Length ? RegexNeighbour.Edge : Of(line[position]);
}
