namespace KernelSockets.UserApps;

/// <summary>Evaluates <c>$((…))</c> (POSIX XCU §2.6.4): C's operators on signed 64-bit numbers that wrap, without increments.</summary>
/// <param name="text">The expression, parameters expanded.</param>
/// <param name="variables">Whose values names stand for, and what assignments change.</param>
internal sealed class Arithmetic(string text, Variables variables)
{
    private const int MaxDepth = 100;

    /// <summary>Levels of operators with two operands.</summary>
    private const int Levels = 10;

    private static readonly string[] s_assignments = ["=", "*=", "/=", "%=", "+=", "-=", "<<=", ">>=", "&=", "^=", "|="];

    /// <summary>All operators, the longest first, so that none is taken for a shorter one.</summary>
    private static readonly string[] s_operators =
    [
        "<<=", ">>=", "||", "&&", "==", "!=", "<=", ">=", "<<", ">>", "*=", "/=", "%=", "+=", "-=", "&=", "^=", "|=",
        "|", "^", "&", "<", ">", "+", "-", "*", "/", "%", "=", "!", "~", "?", ":", "(", ")",
    ];

    private int _position;
    private int _depth;
    private int _skipped; // above 0 within an operand that is not evaluated

    /// <summary>The value.</summary>
    /// <exception cref="ShellException">The expression is wrong, or divides by zero.</exception>
    public long Evaluate()
    {
        SkipBlanks();
        if (_position == text.Length)
        {
            return 0;
        }

        long value = Assignment();
        return _position == text.Length ? value : throw Wrong();
    }

    private ShellException Wrong(string what = "syntax error") => new($"arithmetic expression: {what}: \"{text}\"");

    private void SkipBlanks()
    {
        while (_position < text.Length && char.IsWhiteSpace(text[_position]))
        {
            _position++;
        }
    }

    private string Peek() => Array.Find(s_operators, candidate => text.AsSpan(_position).StartsWith(candidate)) ?? "";

    private bool TryTake(string wanted)
    {
        if (Peek() != wanted)
        {
            return false;
        }

        _position += wanted.Length;
        SkipBlanks();
        return true;
    }

    private long Assignment()
    {
        if (++_depth > MaxDepth)
        {
            throw Wrong("nested too deeply");
        }

        int start = _position;
        string name = TakeName();
        string operation = name.Length > 0 ? Peek() : "";
        long value;
        if (Array.IndexOf(s_assignments, operation) >= 0)
        {
            TryTake(operation);
            value = Assignment();
            value = operation == "=" ? value : Apply(operation[..^1], ValueOf(name), value);
            Store(name, value);
        }
        else
        {
            _position = start;
            value = Conditional();
        }

        _depth--;
        return value;
    }

    private void Store(string name, long value)
    {
        if (_skipped == 0)
        {
            variables.Set(name, value.ToString());
        }
    }

    private long Conditional()
    {
        long condition = Binary(0);
        if (!TryTake("?"))
        {
            return condition;
        }

        long first = Guarded(condition != 0, Assignment);
        if (!TryTake(":"))
        {
            throw Wrong();
        }

        long second = Guarded(condition == 0, Assignment);
        return condition != 0 ? first : second;
    }

    /// <summary>Parses an operand, and evaluates it only if it is due.</summary>
    private long Guarded(bool isDue, Func<long> parse)
    {
        _skipped += isDue ? 0 : 1;
        long value = parse();
        _skipped -= isDue ? 0 : 1;
        return value;
    }

    /// <summary>How tightly an operator binds its two operands, from 0 for the loosest; those of one level bind to the left. -1 for what is none.</summary>
    private static int LevelOf(string operation) => operation switch
    {
        "||" => 0,
        "&&" => 1,
        "|" => 2,
        "^" => 3,
        "&" => 4,
        "==" or "!=" => 5,
        "<=" or ">=" or "<" or ">" => 6,
        "<<" or ">>" => 7,
        "+" or "-" => 8,
        "*" or "/" or "%" => 9,
        _ => -1,
    };

    private long Binary(int level)
    {
        if (level == Levels)
        {
            return Unary();
        }

        long left = Binary(level + 1);
        string operation = Peek();
        while (LevelOf(operation) == level)
        {
            TryTake(operation);
            bool isDue = operation switch { "&&" => left != 0, "||" => left == 0, _ => true };
            long right = Guarded(isDue, () => Binary(level + 1));
            left = Apply(operation, left, right);
            operation = Peek();
        }

        return left;
    }

    private long Apply(string operation, long left, long right)
    {
        if (operation is "/" or "%")
        {
            return Divide(operation, left, right);
        }

        return operation switch
        {
            "||" => left != 0 || right != 0 ? 1 : 0,
            "&&" => left != 0 && right != 0 ? 1 : 0,
            "|" => left | right,
            "^" => left ^ right,
            "&" => left & right,
            "==" => left == right ? 1 : 0,
            "!=" => left != right ? 1 : 0,
            "<=" => left <= right ? 1 : 0,
            ">=" => left >= right ? 1 : 0,
            "<" => left < right ? 1 : 0,
            ">" => left > right ? 1 : 0,
            "<<" => left << (int)(right & 63),
            ">>" => left >> (int)(right & 63),
            "+" => unchecked(left + right),
            "-" => unchecked(left - right),
            _ => unchecked(left * right),
        };
    }

    private long Divide(string operation, long left, long right)
    {
        if (_skipped > 0)
        {
            return 0;
        }

        if (right == 0)
        {
            throw Wrong("division by zero");
        }

        // The processor traps on the least number divided by -1.
        if (right == -1)
        {
            return operation == "/" ? unchecked(-left) : 0;
        }

        return operation == "/" ? left / right : left % right;
    }

    private long Unary()
    {
        if (++_depth > MaxDepth)
        {
            throw Wrong("nested too deeply");
        }

        long value = Peek() switch
        {
            "+" when TryTake("+") => Unary(),
            "-" when TryTake("-") => unchecked(-Unary()),
            "!" when TryTake("!") => Unary() == 0 ? 1 : 0,
            "~" when TryTake("~") => ~Unary(),
            "(" when TryTake("(") => Parenthesised(),
            _ => Primary(),
        };
        _depth--;
        return value;
    }

    private long Parenthesised()
    {
        long value = Assignment();
        return TryTake(")") ? value : throw Wrong();
    }

    private long Primary()
    {
        string name = TakeName();
        if (name.Length > 0)
        {
            return ValueOf(name);
        }

        int start = _position;
        while (_position < text.Length && char.IsAsciiLetterOrDigit(text[_position]))
        {
            _position++;
        }

        long value = Number(text[start.._position]);
        SkipBlanks();
        return value;
    }

    private string TakeName()
    {
        int start = _position;
        if (start < text.Length && Lexer.IsNameStart(text[start]))
        {
            while (_position < text.Length && (Lexer.IsNameStart(text[_position]) || char.IsAsciiDigit(text[_position])))
            {
                _position++;
            }
        }

        string name = text[start.._position];
        SkipBlanks();
        return name;
    }

    private long ValueOf(string name)
    {
        string value = variables[name]?.Trim() ?? "";
        bool isNegative = value.StartsWith('-');
        long number = value.Length == 0 ? 0 : Number(value.TrimStart('-', '+'));
        return isNegative ? unchecked(-number) : number;
    }

    private long Number(string digits)
    {
        (int radix, string rest) = digits switch
        {
            ['0', 'x' or 'X', ..] => (16, digits[2..]),
            ['0', _, ..] => (8, digits[1..]),
            _ => (10, digits),
        };
        long value = 0;
        foreach (char c in rest)
        {
            int digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : radix;
            value = digit < radix ? unchecked((value * radix) + digit) : throw Wrong("bad number");
        }

        return rest.Length > 0 ? value : throw Wrong();
    }
}
