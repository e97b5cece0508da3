using System.Text;

namespace KernelSockets.UserApps.Text.Ed;

/// <summary>A line with a command of ed, read from left to right.</summary>
internal sealed class EdCommandLine(byte[] text)
{
    /// <summary>What reading beyond the end gives.</summary>
    public const char End = '\n';

    private int _position;

    /// <summary>The next character.</summary>
    public char Next => _position < text.Length ? (char)text[_position] : End;

    /// <summary>True at the end.</summary>
    public bool IsAtEnd => _position == text.Length;

    /// <summary>True when the character last taken was this one.</summary>
    public bool WasTaken(char last) => _position > 0 && text[_position - 1] == last;

    /// <summary>Takes the next character.</summary>
    public char Take()
    {
        char next = Next;
        _position = Math.Min(_position + 1, text.Length);
        return next;
    }

    /// <summary>Takes the next character if it is this one.</summary>
    public bool TryTake(char wanted)
    {
        bool isNext = !IsAtEnd && Next == wanted;
        _position += isNext ? 1 : 0;
        return isNext;
    }

    /// <summary>Takes blanks.</summary>
    public void SkipBlanks()
    {
        while (!IsAtEnd && ByteClass.IsSpace(text[_position]))
        {
            _position++;
        }
    }

    /// <summary>Takes digits.</summary>
    /// <returns>Null where none are next.</returns>
    public int? TakeNumber()
    {
        int? number = null;
        while (!IsAtEnd && char.IsAsciiDigit(Next))
        {
            number = (int)Math.Min(((number ?? 0) * 10L) + Take() - '0', int.MaxValue / 2);
        }

        return number;
    }

    /// <summary>Takes all that is left.</summary>
    public byte[] TakeRest()
    {
        byte[] rest = text[_position..];
        _position = text.Length;
        return rest;
    }

    /// <summary>Takes all that is left, as text without blanks around it.</summary>
    public string TakeName() => Encoding.UTF8.GetString(TakeRest()).Trim();

    /// <summary>Takes a pattern up to a delimiter, which is taken too, or the end. In brackets, and behind a backslash, the delimiter does not end it.</summary>
    public byte[] TakePattern(char delimiter)
    {
        List<byte> pattern = [];
        while (!IsAtEnd && Next != delimiter)
        {
            if (Next == '[')
            {
                TakeBracket(pattern);
                continue;
            }

            byte value = (byte)Take();
            if (value == '\\' && !IsAtEnd)
            {
                pattern.Add(value);
                value = (byte)Take();
            }

            pattern.Add(value);
        }

        TryTake(delimiter);
        return [.. pattern];
    }

    private void TakeBracket(List<byte> pattern)
    {
        int start = _position++;
        _position += Next == '^' ? 1 : 0;
        _position += Next == ']' && !IsAtEnd ? 1 : 0;
        while (!IsAtEnd && Next != ']')
        {
            char opened = Take();
            if (opened == '[' && Next is ':' or '.' or '=')
            {
                int end = text.AsSpan(_position + 1).IndexOf([(byte)Next, (byte)']']);
                _position = end < 0 ? text.Length : _position + 1 + end + 2;
            }
        }

        if (IsAtEnd)
        {
            throw new EdException("Unbalanced brackets ([])");
        }

        _position++;
        pattern.AddRange(text[start.._position]);
    }
}
