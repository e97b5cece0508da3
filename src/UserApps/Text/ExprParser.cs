using System.Globalization;
using System.Text;
using KernelSockets.UserApps.Text.Matching;

namespace KernelSockets.UserApps.Text;

/// <summary>Evaluates expr's arguments while it reads them, a level of precedence a method; what is not needed is read, but not evaluated.</summary>
internal sealed class ExprParser(string[] words)
{
    private const int MaxDepth = 500;

    private int _position;
    private int _depth;

    /// <summary>The value of all arguments.</summary>
    /// <exception cref="ExprException">They are no expression.</exception>
    /// <exception cref="OverflowException">A number does not fit 64 bits.</exception>
    public string Evaluate()
    {
        string value = Or(evaluates: true);
        return _position == words.Length ? value : throw new ExprException($"syntax error: unexpected argument '{words[_position]}'");
    }

    /// <summary>True for an empty text, and for zero.</summary>
    public static bool IsEmpty(string value) => value.Length == 0 || value.TrimStart('-') is { Length: > 0 } digits && digits.All(static digit => digit == '0');

    private string Or(bool evaluates)
    {
        string left = And(evaluates);
        while (TryTake("|"))
        {
            string right = And(evaluates && IsEmpty(left));
            left = !IsEmpty(left) ? left : IsEmpty(right) ? "0" : right;
        }

        return left;
    }

    private string And(bool evaluates)
    {
        string left = Comparison(evaluates);
        while (TryTake("&"))
        {
            string right = Comparison(evaluates && !IsEmpty(left));
            left = IsEmpty(left) || IsEmpty(right) ? "0" : left;
        }

        return left;
    }

    private string Comparison(bool evaluates)
    {
        string left = Sum(evaluates);
        while (TryTakeAny(out string sign, "<", "<=", "=", "==", "!=", ">=", ">"))
        {
            string right = Sum(evaluates);
            int order = DecimalText.IsWhole(left, out byte[] first) && DecimalText.IsWhole(right, out byte[] second)
                ? DecimalText.Compare(first, second)
                : Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right));
            bool holds = sign switch
            {
                "<" => order < 0,
                "<=" => order <= 0,
                "=" or "==" => order == 0,
                "!=" => order != 0,
                ">=" => order >= 0,
                _ => order > 0,
            };
            left = holds ? "1" : "0";
        }

        return left;
    }

    private string Sum(bool evaluates)
    {
        string left = Product(evaluates);
        while (TryTakeAny(out string sign, "+", "-"))
        {
            string right = Product(evaluates);
            left = !evaluates ? left : Text(checked(sign == "+" ? Number(left) + Number(right) : Number(left) - Number(right)));
        }

        return left;
    }

    private string Product(bool evaluates)
    {
        string left = Match(evaluates);
        while (TryTakeAny(out string sign, "*", "/", "%"))
        {
            string right = Match(evaluates);
            left = evaluates ? Text(Multiply(sign, Number(left), Number(right))) : left;
        }

        return left;
    }

    private static long Multiply(string sign, long left, long right)
    {
        if (sign == "*")
        {
            return checked(left * right);
        }

        if (right == 0)
        {
            throw new ExprException("division by zero");
        }

        return sign == "/" ? checked(left / right) : right == -1 ? 0 : left % right;
    }

    private string Match(bool evaluates)
    {
        string left = Primary(evaluates);
        while (TryTake(":"))
        {
            string pattern = Primary(evaluates);
            left = evaluates ? Matched(left, pattern) : left;
        }

        return left;
    }

    private string Primary(bool evaluates)
    {
        string word = Take();
        switch (word)
        {
            case "+":
                return Take();
            case "(":
                return Parenthesis(evaluates);
            case "length":
                return Text(Encoding.UTF8.GetByteCount(Primary(evaluates)));
            case "match":
                string text = Primary(evaluates);
                string pattern = Primary(evaluates);
                return evaluates ? Matched(text, pattern) : text;
            case "index":
                byte[] searched = Encoding.UTF8.GetBytes(Primary(evaluates));
                return Text(searched.AsSpan().IndexOfAny(Encoding.UTF8.GetBytes(Primary(evaluates))) + 1);
            case "substr":
                return Part(Encoding.UTF8.GetBytes(Primary(evaluates)), Primary(evaluates), Primary(evaluates));
            case ")":
                throw new ExprException("syntax error: unexpected ')'");
            default:
                return word;
        }
    }

    private string Parenthesis(bool evaluates)
    {
        if (++_depth > MaxDepth)
        {
            throw new ExprException("syntax error: too many parentheses");
        }

        string value = Or(evaluates);
        _depth--;
        return TryTake(")") ? value
            : throw new ExprException(_position < words.Length ? $"syntax error: expecting ')' instead of '{words[_position]}'" : $"syntax error: expecting ')' after '{words[^1]}'");
    }

    private static string Part(byte[] text, string from, string count)
    {
        bool hasNumbers = long.TryParse(from, CultureInfo.InvariantCulture, out long first) & long.TryParse(count, CultureInfo.InvariantCulture, out long length);
        if (!hasNumbers || first < 1 || length < 1 || first > text.Length)
        {
            return "";
        }

        return Encoding.UTF8.GetString(text, (int)first - 1, (int)Math.Min(length, text.Length - first + 1));
    }

    /// <summary>What a pattern with a group matches of the beginning of a text; how many bytes, without one.</summary>
    private static string Matched(string text, string pattern)
    {
        byte[] line = Encoding.UTF8.GetBytes(text);
        try
        {
            // Anchored from outside: \(a\|b\) or a\|b must begin at the beginning in all of its branches.
            RegularExpression expression = new([Encoding.UTF8.GetBytes(pattern)], RegexSyntax.Basic, extent: RegexExtent.Start);
            bool hasGroup = expression.GroupCount > 0;
            if (!expression.TryFindGroups(line, 0, out int[] groups))
            {
                return hasGroup ? "" : "0";
            }

            return !hasGroup ? Text(groups[1]) : groups[2] < 0 ? "" : Encoding.UTF8.GetString(line, groups[2], groups[3] - groups[2]);
        }
        catch (RegexException exception)
        {
            throw new ExprException(exception.Message);
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static long Number(string text) =>
        DecimalText.IsWhole(text, out byte[] digits) && !text.StartsWith('+') && text.Trim().Length == text.Length
            ? long.Parse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)
            : throw new ExprException("non-integer argument");

    private bool TryTake(string sign) => TryTakeAny(out _, sign);

    private bool TryTakeAny(out string taken, params ReadOnlySpan<string> signs)
    {
        taken = _position < words.Length ? words[_position] : "";
        bool isNext = _position < words.Length && signs.Contains(taken);
        _position += isNext ? 1 : 0;
        return isNext;
    }

    private string Take() => _position < words.Length ? words[_position++] : throw new ExprException($"syntax error: missing argument after '{words[^1]}'");
}
