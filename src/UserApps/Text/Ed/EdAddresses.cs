namespace KernelSockets.UserApps.Text.Ed;

/// <summary>The addresses in front of a command: the last two count.</summary>
internal sealed class EdAddresses
{
    private const string InvalidAddress = "Invalid address";

    private EdAddresses()
    {
    }

    /// <summary>How many were given: 0, 1 or 2.</summary>
    public int Count { get; private set; }

    /// <summary>The first line.</summary>
    public int First { get; private set; }

    /// <summary>The last line; the only one of a single address.</summary>
    public int Last { get; private set; }

    /// <summary>Reads the addresses at the beginning of a command.</summary>
    /// <exception cref="EdException">They are none, or lead out of the buffer.</exception>
    public static EdAddresses Read(EdCommandLine line, EdBuffer buffer, EdPatterns patterns)
    {
        EdAddresses addresses = new();
        line.SkipBlanks();
        int? address = ReadOne(line, buffer, patterns);
        if (address is { } only)
        {
            (addresses.Count, addresses.First, addresses.Last) = (1, only, only);
        }

        while (line.Next is ',' or ';' or '%')
        {
            // "," alone is all lines, ";" alone those from the current one on; where only the second is left out, it is the first.
            char separator = line.Take();
            int first = address ?? (separator == ';' ? buffer.Current : Math.Min(1, buffer.Last));
            buffer.Current = separator == ';' ? first : buffer.Current;
            line.SkipBlanks();
            int last = ReadOne(line, buffer, patterns) ?? (address is null ? buffer.Last : first);
            (addresses.Count, addresses.First, addresses.Last) = (2, first, last);
            address = last;
        }

        return addresses.First <= addresses.Last ? addresses : throw new EdException(InvalidAddress);
    }

    /// <summary>Sets the lines where none were given, and checks that there are such lines.</summary>
    /// <exception cref="EdException">There are none.</exception>
    public void Default(int first, int last, int least, EdBuffer buffer)
    {
        if (Count == 0)
        {
            (First, Last) = (first, last);
        }

        if (First < least || First > Last || Last > buffer.Last)
        {
            throw new EdException(InvalidAddress);
        }
    }

    /// <summary>Reads one address with its offsets.</summary>
    /// <returns>Null where none is next.</returns>
    public static int? ReadOne(EdCommandLine line, EdBuffer buffer, EdPatterns patterns)
    {
        int? address = ReadBase(line, buffer, patterns);
        while (true)
        {
            line.SkipBlanks();
            if (line.Next is '+' or '-' or '^')
            {
                int sign = line.Take() == '+' ? 1 : -1;
                address = (address ?? buffer.Current) + (sign * (line.TakeNumber() ?? 1));
            }
            else if (address is not null && char.IsAsciiDigit(line.Next))
            {
                address += line.TakeNumber();
            }
            else
            {
                break;
            }
        }

        return address is null || (address >= 0 && address <= buffer.Last) ? address : throw new EdException(InvalidAddress);
    }

    private static int? ReadBase(EdCommandLine line, EdBuffer buffer, EdPatterns patterns)
    {
        char sign = line.Next;
        switch (sign)
        {
            case '.':
                line.Take();
                return buffer.Current;
            case '$':
                line.Take();
                return buffer.Last;
            case '\'':
                line.Take();
                char letter = line.Take();
                int marked = char.IsAsciiLetterLower(letter) ? buffer.Marked((byte)letter) : throw new EdException("Invalid mark character");
                return marked > 0 ? marked : throw new EdException(InvalidAddress);
            case '/' or '?':
                line.Take();
                return EdPatterns.Find(buffer, patterns.Get(line.TakePattern(sign)), isForward: sign == '/');
            default:
                return line.TakeNumber();
        }
    }
}
