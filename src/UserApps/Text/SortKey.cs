using System.Diagnostics.CodeAnalysis;

namespace KernelSockets.UserApps.Text;

/// <summary>One key of sort's -k: where it begins and ends in a line, and how it is compared.</summary>
internal sealed class SortKey
{
    private const int NoSeparator = -1;

    private long _firstField;
    private long _firstCharacter;
    private long _lastField;
    private long _lastCharacter;
    private bool _hasEnd;

    private SortKey()
    {
    }

    /// <summary>Blanks at the beginning are not part of the key, nor counted.</summary>
    public bool SkipsLeadingBlanks { get; private set; }

    /// <summary>Likewise where the end is counted.</summary>
    public bool SkipsBlanksAtEnd { get; private set; }

    /// <summary>How it is compared.</summary>
    public SortOrder Order { get; private set; }

    /// <summary>The whole line as a key.</summary>
    public static SortKey WholeLine(SortOrder order, bool skipsBlanks) => new() { Order = order, SkipsLeadingBlanks = skipsBlanks };

    /// <summary>Reads <c>F[.C][OPTIONS][,F[.C][OPTIONS]]</c>.</summary>
    /// <returns>False, with coreutils' sentence, when it is no key.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out SortKey? key, out string error)
    {
        key = null;
        SortKey result = new();
        int position = 0;
        if (!result.TryPosition(text, ref position, isEnd: false, out error))
        {
            return false;
        }

        if (position < text.Length && text[position] == ',')
        {
            position++;
            result._hasEnd = true;
            if (!result.TryPosition(text, ref position, isEnd: true, out error))
            {
                return false;
            }
        }

        if (position < text.Length)
        {
            error = $"stray character in field spec: invalid field specification '{text}'";
            return false;
        }

        key = result;
        return true;
    }

    /// <summary>Takes over the global options where the key has none of its own.</summary>
    public void Inherit(SortOrder order, bool skipsBlanks)
    {
        if (Order == default && !SkipsLeadingBlanks && !SkipsBlanksAtEnd)
        {
            Order = order;
            SkipsLeadingBlanks = skipsBlanks;
            SkipsBlanksAtEnd = skipsBlanks;
        }
    }

    /// <summary>The key of a line.</summary>
    /// <param name="line">Without its end.</param>
    /// <param name="separator">Between fields; null for the empty text between what is no blank and a blank.</param>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> line, byte? separator)
    {
        int start = Skip(line, _firstField, separator ?? NoSeparator);
        start = SkipsLeadingBlanks ? SkipBlanks(line, start) : start;
        start = (int)Math.Min(start + _firstCharacter, line.Length);
        int end = _hasEnd ? EndIn(line, separator ?? NoSeparator) : line.Length;
        return end > start ? line[start..end] : [];
    }

    private int EndIn(ReadOnlySpan<byte> line, int separator)
    {
        int start = Skip(line, _lastField - 1, separator);
        if (_lastCharacter == 0)
        {
            int length = separator == NoSeparator ? Skip(line[start..], 1, separator) : line[start..].IndexOf((byte)separator);
            return length < 0 ? line.Length : start + length;
        }

        start = SkipsBlanksAtEnd ? SkipBlanks(line, start) : start;
        return (int)Math.Min(start + _lastCharacter, line.Length);
    }

    /// <summary>Where the field behind so many others begins.</summary>
    private static int Skip(ReadOnlySpan<byte> line, long fields, int separator)
    {
        int position = 0;
        for (long i = 0; i < fields && position < line.Length; i++)
        {
            if (separator != NoSeparator)
            {
                int index = line[position..].IndexOf((byte)separator);
                position = index < 0 ? line.Length : position + index + 1;
                continue;
            }

            position = SkipBlanks(line, position);
            while (position < line.Length && !ByteClass.IsBlank(line[position]))
            {
                position++;
            }
        }

        return position;
    }

    private static int SkipBlanks(ReadOnlySpan<byte> line, int position)
    {
        while (position < line.Length && ByteClass.IsBlank(line[position]))
        {
            position++;
        }

        return position;
    }

    private bool TryPosition(string text, ref int position, bool isEnd, out string error)
    {
        if (!TryNumber(text, ref position, out long field))
        {
            error = isEnd ? $"invalid number after ',': invalid count at start of '{text[position..]}'" : $"invalid number at field start: invalid count at start of '{text[position..]}'";
            return false;
        }

        long character = isEnd ? 0 : 1;
        if (position < text.Length && text[position] == '.')
        {
            position++;
            if (!TryNumber(text, ref position, out character))
            {
                error = $"invalid number after '.': invalid count at start of '{text[position..]}'";
                return false;
            }
        }

        error = field == 0 ? $"field number is zero: invalid field specification '{text}'"
            : !isEnd && character == 0 ? $"character offset is zero: invalid field specification '{text}'" : "";
        if (isEnd)
        {
            (_lastField, _lastCharacter) = (field, character);
        }
        else
        {
            (_firstField, _firstCharacter) = (field - 1, character - 1);
        }

        TakeOptions(text, ref position, isEnd);
        return error.Length == 0;
    }

    private void TakeOptions(string text, ref int position, bool isEnd)
    {
        while (position < text.Length)
        {
            if (text[position] == 'b')
            {
                SkipsLeadingBlanks |= !isEnd;
                SkipsBlanksAtEnd |= isEnd;
            }
            else if (Order.TryAdd(text[position], out SortOrder order))
            {
                Order = order;
            }
            else
            {
                return;
            }

            position++;
        }
    }

    private static bool TryNumber(string text, ref int position, out long number)
    {
        int start = position;
        while (position < text.Length && char.IsAsciiDigit(text[position]))
        {
            position++;
        }

        bool isNumber = long.TryParse(text.AsSpan(start, position - start), System.Globalization.CultureInfo.InvariantCulture, out number);
        number = isNumber ? number : int.MaxValue; // as good as none: no line has so many
        return position > start;
    }
}
