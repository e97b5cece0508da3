using System.Buffers;

namespace KernelSockets.UserApps.Network.PacketCapture;

/// <summary>The words of a filter expression: parentheses and the signs for not, and, or stand for themselves, blanks part the others.</summary>
internal static class FilterLexer
{
    private static readonly SearchValues<char> s_ends = SearchValues.Create(" \t\r\n()!&|");

    /// <summary>The words, with <c>!</c>, <c>&amp;&amp;</c> and <c>||</c> as <c>not</c>, <c>and</c>, <c>or</c>.</summary>
    public static Queue<string> Split(string expression)
    {
        Queue<string> words = new();
        int at = 0;
        while (at < expression.Length)
        {
            int length = LengthOf(expression.AsSpan(at));
            if (!char.IsWhiteSpace(expression[at]))
            {
                string word = expression.Substring(at, length);
                words.Enqueue(word switch
                {
                    "!" => "not",
                    "&&" => "and",
                    "||" => "or",
                    _ => word.StartsWith('\\') ? word[1..] : word,
                });
            }

            at += length;
        }

        return words;
    }

    private static int LengthOf(ReadOnlySpan<char> text)
    {
        if (text[0] is '(' or ')' or '!' || char.IsWhiteSpace(text[0]))
        {
            return 1;
        }

        if (text.StartsWith("&&") || text.StartsWith("||"))
        {
            return 2;
        }

        int end = text.IndexOfAny(s_ends);
        return end > 0 ? end : end == 0 ? 1 : text.Length;
    }
}
