using System.Diagnostics.CodeAnalysis;
using KernelSockets.UserApps.Files;

namespace KernelSockets.UserApps.Text;

/// <summary>
/// The expression of test: up to four arguments by their number, as POSIX decides what is an operator then; more by the usual precedence: or, and, not.
/// </summary>
internal sealed class TestExpression(string[] arguments)
{
    /// <summary>Deepest nesting of parentheses and negations.</summary>
    private const int MaxDepth = 500;

    private int _position;
    private int _depth;
    private string? _error;

    /// <summary>Judges the whole expression; none is false.</summary>
    /// <returns>False, with a message, when it is no expression.</returns>
    public bool TryJudge(out bool isTrue, [NotNullWhen(false)] out string? error)
    {
        isTrue = arguments.Length > 0 && ByCount(arguments.Length);
        if (_error is null && _position < arguments.Length)
        {
            Fail($"extra argument '{arguments[_position]}'");
        }

        error = _error;
        return error is null;
    }

    private bool ByCount(int count) => count switch
    {
        1 => Take().Length > 0,
        2 => Two(),
        3 => Three(),
        4 => Four(),
        _ => Or(),
    };

    private bool Two()
    {
        if (Peek() == "!")
        {
            _position++;
            return Take().Length == 0;
        }

        return IsUnary(Peek()) ? Unary() : Fail(Peek() is ['-', _] ? $"'{Peek()}': unary operator expected" : $"missing argument after '{arguments[^1]}'");
    }

    private bool Three()
    {
        if (IsBinary(arguments[_position + 1]))
        {
            return Binary();
        }

        if (Peek() == "!")
        {
            _position++;
            return !Two();
        }

        if (Peek() == "(" && arguments[_position + 2] == ")")
        {
            bool isTrue = arguments[_position + 1].Length > 0;
            _position += 3;
            return isTrue;
        }

        return arguments[_position + 1] is "-a" or "-o" ? Or() : Fail($"'{arguments[_position + 1]}': binary operator expected");
    }

    private bool Four()
    {
        if (Peek() == "!")
        {
            _position++;
            return !Three();
        }

        if (Peek() == "(" && arguments[_position + 3] == ")")
        {
            _position++;
            bool isTrue = Two();
            _position++;
            return isTrue;
        }

        return Or();
    }

    private bool Or()
    {
        bool isTrue = And();
        while (_error is null && Peek() == "-o")
        {
            _position++;
            isTrue |= And();
        }

        return isTrue;
    }

    private bool And()
    {
        bool isTrue = Term();
        while (_error is null && Peek() == "-a")
        {
            _position++;
            isTrue &= Term();
        }

        return isTrue;
    }

    private bool Term()
    {
        bool isNegated = false;
        while (Peek() == "!")
        {
            _position++;
            isNegated = !isNegated;
        }

        return Primary() ^ isNegated;
    }

    private bool Primary()
    {
        int left = arguments.Length - _position;
        if (left <= 0)
        {
            return FailAtEnd();
        }

        if (Peek() == "(")
        {
            return Parenthesis();
        }

        if ((left >= 4 && Peek() == "-l" && IsBinary(arguments[_position + 2])) || (left >= 3 && IsBinary(arguments[_position + 1])))
        {
            return Binary();
        }

        return Peek() is not ['-', _] ? Take().Length > 0
            : IsUnary(Peek()) ? Unary() : Fail($"'{Peek()}': unary operator expected");
    }

    private bool Parenthesis()
    {
        _position++;
        if (++_depth > MaxDepth || _position == arguments.Length)
        {
            return _depth > MaxDepth ? Fail("too many parentheses") : FailAtEnd();
        }

        int inside = 1;
        while (_position + inside < arguments.Length && arguments[_position + inside] != ")")
        {
            inside++;
        }

        bool isTrue = ByCount(inside <= 4 ? inside : arguments.Length - _position);
        _depth--;
        if (Peek() != ")")
        {
            return Fail(Peek() is { } found ? $"')' expected, found '{found}'" : "')' expected");
        }

        _position++;
        return isTrue;
    }

    private static bool IsUnary(string? text) => text is ['-', var letter] && "bcdefghkLnOGNprsSstuwxz".Contains(letter, StringComparison.Ordinal);

    private static bool IsBinary(string text) =>
        text is "=" or "==" or "!=" or "<" or ">" or "-eq" or "-ne" or "-lt" or "-le" or "-gt" or "-ge" or "-nt" or "-ot" or "-ef";

    private bool Unary()
    {
        string letter = Take();
        if (_position == arguments.Length)
        {
            return FailAtEnd();
        }

        string operand = Take();
        return letter[1] switch
        {
            'n' => operand.Length > 0,
            'z' => operand.Length == 0,
            't' => CompareNumbers(operand, "0") >= 0 && int.TryParse(operand, out int fd) && StandardStream.IsTerminal(fd),
            'r' => Allows(operand, 4),
            'w' => Allows(operand, 2),
            'x' => Allows(operand, 1),
            'h' or 'L' => FileStatus.TryRead(operand, follows: false, out FileStatus? link) == Errno.Success && link!.IsLink,
            _ => StatusOf(operand) is { } status && Holds(letter[1], status),
        };
    }

    private static FileStatus? StatusOf(string path) => FileStatus.TryRead(path, follows: true, out FileStatus? status) == Errno.Success ? status : null;

    /// <summary>access(2) with R_OK, W_OK or X_OK.</summary>
    private static bool Allows(string path, int way) => FileLibc.Access(FileLibc.Terminated(path), way) == 0;

    private static bool Holds(char letter, FileStatus status) => letter switch
    {
        'e' => true,
        'f' => status.IsRegular,
        'd' => status.IsDirectory,
        'p' => status.Type == FileModeText.Fifo,
        'S' => status.Type == FileModeText.Socket,
        'b' => status.Type == FileModeText.BlockDevice,
        'c' => status.Type == FileModeText.CharacterDevice,
        's' => status.Length > 0,
        'u' => (status.Mode & 0x800) != 0,
        'g' => (status.Mode & 0x400) != 0,
        'k' => (status.Mode & 0x200) != 0,
        'O' => status.UserId == FileLibc.EffectiveUser(),
        'G' => status.GroupId == FileLibc.EffectiveGroup(),
        _ => status.Modified.CompareTo(status.Accessed) > 0,
    };

    private bool Binary()
    {
        string left = Peek() == "-l" && _position + 2 < arguments.Length && IsBinary(arguments[_position + 2]) ? TakeLength() : Take();
        string sign = Take();
        string right = Peek() == "-l" && sign is ['-', _, _] && _position + 1 < arguments.Length ? TakeLength() : Take();
        return sign switch
        {
            "=" or "==" => left == right,
            "!=" => left != right,
            "<" => Compare(left, right) < 0,
            ">" => Compare(left, right) > 0,
            "-eq" => CompareNumbers(left, right) == 0,
            "-ne" => CompareNumbers(left, right) != 0,
            "-lt" => CompareNumbers(left, right) < 0,
            "-le" => CompareNumbers(left, right) <= 0,
            "-gt" => CompareNumbers(left, right) > 0,
            "-ge" => CompareNumbers(left, right) >= 0,
            "-nt" => IsNewer(left, right),
            "-ot" => IsNewer(right, left),
            _ => StatusOf(left) is { } first && StatusOf(right) is { } second && first.IsSameFile(second),
        };
    }

    /// <summary>A file that is not there is older than any.</summary>
    private static bool IsNewer(string left, string right) =>
        StatusOf(left) is { } first && (StatusOf(right) is not { } second || first.Modified.CompareTo(second.Modified) > 0);

    private static int Compare(string left, string right) =>
        System.Text.Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(right));

    private string TakeLength()
    {
        _position++;
        return System.Text.Encoding.UTF8.GetByteCount(Take()).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    private int CompareNumbers(string left, string right)
    {
        if (!DecimalText.IsWhole(left, out byte[] first) || !DecimalText.IsWhole(right, out byte[] second))
        {
            Fail($"invalid integer '{(first.Length == 0 ? left : right)}'");
            return 0;
        }

        return DecimalText.Compare(first, second);
    }

    private string? Peek() => _position < arguments.Length ? arguments[_position] : null;

    private string Take() => _position < arguments.Length ? arguments[_position++] : "";

    private bool FailAtEnd() => Fail($"missing argument after '{arguments[^1]}'");

    private bool Fail(string message)
    {
        _error ??= message;
        return false;
    }
}
