namespace KernelSockets.UserApps.Text.Ed;

/// <summary>Reads what stands behind the command s.</summary>
internal static class EdSubstitutionReader
{
    /// <summary>Reads <c>/pattern/replacement/flags</c>, or flags alone for the last substitution again.</summary>
    /// <param name="line">Behind the s.</param>
    /// <param name="input">Gives the next lines of a replacement that has newlines.</param>
    /// <param name="patterns">The patterns.</param>
    /// <param name="last">The last substitution.</param>
    /// <param name="ways">How to print the line afterwards; empty not to.</param>
    /// <exception cref="EdException">It is no substitution.</exception>
    public static EdSubstitution Read(EdCommandLine line, EdInput input, EdPatterns patterns, EdSubstitution? last, out string ways)
    {
        if (line.IsAtEnd || char.IsAsciiDigit(line.Next) || line.Next is 'g' or 'p' or 'n' or 'l')
        {
            EdSubstitution before = last ?? throw new EdException("No previous substitution");
            (int? count, bool isGlobal, ways) = ReadFlags(line);
            return new EdSubstitution(before.Pattern, before.Replacement, count ?? before.FirstCount, isGlobal || before.IsGlobal);
        }

        char delimiter = line.Take();
        if (delimiter is ' ')
        {
            throw new EdException("Invalid pattern delimiter");
        }

        byte[] pattern = line.TakePattern(delimiter);
        if (line.IsAtEnd && !line.WasTaken(delimiter))
        {
            throw new EdException("Missing pattern delimiter");
        }

        Matching.RegularExpression expression = patterns.Get(pattern);
        byte[] replacement = ReadReplacement(ref line, input, delimiter, out bool isClosed);
        replacement = replacement is [(byte)'%'] ? last?.Replacement ?? throw new EdException("No previous substitution") : replacement;
        (int? first, bool takesAll, ways) = ReadFlags(line);
        ways = isClosed ? ways : "p"; // without the last delimiter the line is printed
        return new EdSubstitution(expression, replacement, first ?? 1, takesAll);
    }

    /// <summary>Reads up to the delimiter; a backslash before the end of the line takes the next line, too.</summary>
    private static byte[] ReadReplacement(ref EdCommandLine line, EdInput input, char delimiter, out bool isClosed)
    {
        List<byte> replacement = [];
        while (!line.IsAtEnd && line.Next != delimiter)
        {
            byte value = (byte)line.Take();
            if (value == '\\' && line.IsAtEnd)
            {
                replacement.Add((byte)'\n');
                line = new EdCommandLine(input.Read() ?? []);
                continue;
            }

            replacement.Add(value);
            if (value == '\\')
            {
                replacement.Add((byte)line.Take());
            }
        }

        isClosed = line.TryTake(delimiter);
        return [.. replacement];
    }

    private static (int? Count, bool IsGlobal, string Ways) ReadFlags(EdCommandLine line)
    {
        int? count = null;
        bool isGlobal = false;
        string ways = "";
        while (!line.IsAtEnd)
        {
            if (char.IsAsciiDigit(line.Next))
            {
                count = line.TakeNumber() is { } number and > 0 ? number : throw new EdException("Invalid command suffix");
                continue;
            }

            char flag = line.Take();
            isGlobal |= flag == 'g';
            ways += flag is 'p' or 'n' or 'l' ? flag.ToString() : flag == 'g' ? "" : throw new EdException("Invalid command suffix");
        }

        return (count, isGlobal, ways);
    }
}
