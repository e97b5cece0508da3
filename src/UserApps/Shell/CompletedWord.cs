using System.Text;

namespace KernelSockets.UserApps;

/// <summary>The word before the cursor, for completion.</summary>
/// <param name="Start">Where it starts in the line.</param>
/// <param name="Text">What it stands for, quotes removed.</param>
/// <param name="Quote">The quote at its start that is still open; null for none.</param>
/// <param name="IsCommand">True where a command is named.</param>
internal readonly record struct CompletedWord(int Start, string Text, char? Quote, bool IsCommand)
{
    /// <summary>Finds it.</summary>
    /// <param name="line">The line up to the cursor.</param>
    /// <param name="separators">After these a command is named.</param>
    /// <param name="beforeCommands">Words after which a command is named.</param>
    public static CompletedWord Find(string line, string separators, string[] beforeCommands)
    {
        StringBuilder text = new();
        int start = 0;
        char? quote = null;
        bool isCommand = true;
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (c == '\\' && quote != '\'' && i + 1 < line.Length)
            {
                text.Append(line[++i]);
            }
            else if (c == quote)
            {
                quote = null;
            }
            else if (quote is null && c is '\'' or '"')
            {
                quote = c;
            }
            else if (quote is null && (char.IsWhiteSpace(c) || c is '<' or '>' || separators.Contains(c, StringComparison.Ordinal)))
            {
                isCommand = IsCommandAfter(c, text.ToString(), isCommand, separators, beforeCommands);
                text.Clear();
                start = i + 1;
            }
            else
            {
                text.Append(c);
            }
        }

        char? open = quote is { } q && line[start] == q ? q : null;
        return new CompletedWord(start, text.ToString(), open, isCommand);
    }

    private static bool IsCommandAfter(char end, string word, bool wasCommand, string separators, string[] beforeCommands)
    {
        if (separators.Contains(end, StringComparison.Ordinal))
        {
            return true;
        }

        if (end is '<' or '>')
        {
            return false;
        }

        // A blank: further blanks change nothing, nor do words after which a command comes.
        return word.Length == 0 ? wasCommand : wasCommand && (Array.IndexOf(beforeCommands, word) >= 0 || word.Contains('=', StringComparison.Ordinal));
    }
}
