namespace KernelSockets.UserApps.Text.Matching;

/// <summary>Reads a bracket expression (XBD §9.3.5) from behind its opening bracket.</summary>
internal sealed class RegexBracket(byte[] pattern, int start)
{
    private const string Unmatched = "Unmatched [, [^, [:, [., or [=";

    /// <summary>Behind the expression once it was read.</summary>
    public int Position { get; private set; } = start;

    /// <summary>Reads up to the closing bracket.</summary>
    /// <param name="isComplement">True where all other bytes are meant.</param>
    /// <exception cref="RegexException">It is none.</exception>
    public ByteSet Parse(out bool isComplement)
    {
        RefuseBareClass();
        isComplement = Peek() == '^';
        Position += isComplement ? 1 : 0;
        ByteSet set = new();
        bool isFirst = true;
        while (Peek() != ']' || isFirst)
        {
            isFirst = false;
            if (TryClass(out ByteSet? members))
            {
                set.Add(members);
                continue;
            }

            AddRange(set);
        }

        Position++;
        return set;
    }

    /// <summary>[:space:] alone is taken for a mistake, as grep does.</summary>
    private void RefuseBareClass()
    {
        int end = Array.IndexOf(pattern, (byte)']', Position);
        if (Peek() == ':' && end > Position + 1 && pattern[end - 1] == ':')
        {
            throw new RegexException("character class syntax is [[:space:]], not [:space:]");
        }
    }

    private void AddRange(ByteSet set)
    {
        byte first = TakeElement();
        byte last = first;
        if (Peek() == '-' && Position + 1 < pattern.Length && pattern[Position + 1] != ']')
        {
            Position++;
            last = TakeElement();
            if (last < first)
            {
                throw new RegexException("Invalid range end");
            }
        }

        for (int value = first; value <= last; value++)
        {
            set.Add((byte)value);
        }
    }

    /// <summary>A byte, also as [.x.].</summary>
    private byte TakeElement()
    {
        if (Peek() == '[' && PeekNext() is '.')
        {
            byte[] name = TakeNamed('.');
            return name.Length == 1 ? name[0] : throw new RegexException("Invalid collation character");
        }

        byte value = (byte)Peek();
        Position++;
        return value;
    }

    /// <summary>[:name:] or [=x=].</summary>
    private bool TryClass([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ByteSet? members)
    {
        members = null;
        if (Peek() != '[' || PeekNext() is not (':' or '='))
        {
            return false;
        }

        if (PeekNext() == '=')
        {
            byte[] element = TakeNamed('=');
            members = element.Length == 1 ? new ByteSet(value => value == element[0]) : throw new RegexException("Invalid collation character");
            return true;
        }

        string name = System.Text.Encoding.ASCII.GetString(TakeNamed(':'));
        members = ByteClass.TryGet(name, out Func<byte, bool>? contains) ? new ByteSet(contains) : throw new RegexException("Invalid character class name");
        return true;
    }

    private byte[] TakeNamed(char sign)
    {
        int from = Position + 2;
        ReadOnlySpan<byte> end = [(byte)sign, (byte)']'];
        int length = pattern.AsSpan(Math.Min(from, pattern.Length)).IndexOf(end);
        if (length < 0)
        {
            throw new RegexException(Unmatched);
        }

        Position = from + length + end.Length;
        return pattern[from..(from + length)];
    }

    private char Peek() => Position < pattern.Length ? (char)pattern[Position] : throw new RegexException(Unmatched);

    private char PeekNext() => Position + 1 < pattern.Length ? (char)pattern[Position + 1] : throw new RegexException(Unmatched);
}
