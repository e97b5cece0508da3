using System.Buffers;
using System.Text;

namespace KernelSockets.UserApps;

/// <summary>Patterns of the shell (POSIX XCU §2.13): <c>*</c>, <c>?</c>, <c>[…]</c>; a backslash makes the next character ordinary.</summary>
internal static class ShellPattern
{
    private static readonly SearchValues<char> s_special = SearchValues.Create("\\*?[]-!^");

    /// <summary>Text that matches itself only.</summary>
    public static string Escape(string text)
    {
        if (text.AsSpan().IndexOfAny(s_special) < 0)
        {
            return text;
        }

        StringBuilder escaped = new();
        foreach (char c in text)
        {
            escaped.Append(s_special.Contains(c) ? "\\" : "").Append(c);
        }

        return escaped.ToString();
    }

    /// <summary>The text, where there is nothing special in it; otherwise what was typed.</summary>
    public static string Unescape(string pattern)
    {
        StringBuilder text = new(pattern.Length);
        for (int i = 0; i < pattern.Length; i++)
        {
            i += pattern[i] == '\\' && i + 1 < pattern.Length ? 1 : 0;
            text.Append(pattern[i]);
        }

        return text.ToString();
    }

    /// <summary>True for a pattern that can match more than one text.</summary>
    public static bool IsPattern(string pattern)
    {
        for (int i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '\\')
            {
                i++;
            }
            else if (pattern[i] is '*' or '?' || (pattern[i] == '[' && pattern.AsSpan(i).Contains(']')))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True when the whole text matches. Takes at most the product of both lengths in steps.</summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        int p = 0;
        int t = 0;
        int afterStar = -1;
        int starText = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                afterStar = ++p;
                starText = t;
            }
            else if (p < pattern.Length && MatchesOne(pattern, p, text[t], out int next))
            {
                p = next;
                t++;
            }
            else if (afterStar >= 0)
            {
                // The star takes one character more.
                p = afterStar;
                t = ++starText;
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == '*')
        {
            p++;
        }

        return p == pattern.Length;
    }

    private static bool MatchesOne(ReadOnlySpan<char> pattern, int position, char c, out int next)
    {
        next = position + 1;
        switch (pattern[position])
        {
            case '?':
                return true;
            case '\\' when next < pattern.Length:
                return pattern[next++] == c;
            case '[' when TryMatchSet(pattern, position, c, out bool isMember, out int end):
                next = end;
                return isMember;
            default:
                return pattern[position] == c;
        }
    }

    /// <summary>Looks a character up in a set.</summary>
    /// <returns>False when the bracket is not closed, and so an ordinary character.</returns>
    private static bool TryMatchSet(ReadOnlySpan<char> pattern, int position, char c, out bool isMember, out int next)
    {
        isMember = false;
        next = position + 1;
        bool isInverted = next < pattern.Length && pattern[next] is '!' or '^';
        next += isInverted ? 1 : 0;
        int first = next;
        while (next < pattern.Length && (pattern[next] != ']' || next == first))
        {
            if (TryReadClass(pattern, ref next, c, out bool isInClass))
            {
                isMember |= isInClass;
                continue;
            }

            char low = ReadMember(pattern, ref next);
            char high = low;
            if (next + 1 < pattern.Length && pattern[next] == '-' && pattern[next + 1] != ']')
            {
                next++;
                high = ReadMember(pattern, ref next);
            }

            isMember |= c >= low && c <= high;
        }

        isMember ^= isInverted;
        return next++ < pattern.Length;
    }

    private static char ReadMember(ReadOnlySpan<char> pattern, ref int position)
    {
        position += pattern[position] == '\\' && position + 1 < pattern.Length ? 1 : 0;
        return pattern[position++];
    }

    private static bool TryReadClass(ReadOnlySpan<char> pattern, ref int position, char c, out bool isMember)
    {
        isMember = false;
        ReadOnlySpan<char> rest = pattern[position..];
        int end = rest.IndexOf(":]");
        if (!rest.StartsWith("[:") || end < 0)
        {
            return false;
        }

        position += end + 2;
        isMember = rest[2..end] switch
        {
            "alpha" => char.IsLetter(c),
            "digit" => char.IsAsciiDigit(c),
            "alnum" => char.IsLetterOrDigit(c),
            "upper" => char.IsUpper(c),
            "lower" => char.IsLower(c),
            "space" => char.IsWhiteSpace(c),
            "blank" => c is ' ' or '\t',
            "punct" => char.IsAscii(c) && (char.IsPunctuation(c) || char.IsSymbol(c)),
            "xdigit" => char.IsAsciiHexDigit(c),
            "cntrl" => char.IsControl(c),
            "print" => !char.IsControl(c),
            "graph" => !char.IsControl(c) && c != ' ',
            _ => false,
        };
        return true;
    }
}
