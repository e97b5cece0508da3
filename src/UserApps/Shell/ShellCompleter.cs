using System.Buffers;
using System.Text;

namespace KernelSockets.UserApps;

/// <summary>Completes command names in the place of a command and after <c>help</c>, and paths everywhere else.</summary>
/// <param name="apps">The commands.</param>
/// <param name="directory">Where relative paths start.</param>
/// <remarks>
/// Looks at the text as far as completion needs it: within an expansion it proposes nothing useful, which costs at most a bell. What it puts in is quoted as
/// the word already is, or by backslashes.
/// </remarks>
internal sealed class ShellCompleter(AppTable apps, Func<string> directory) : ILineCompleter
{
    /// <summary>What ends a command or a word.</summary>
    private const string Separators = ";&|()\n";

    private static readonly SearchValues<char> s_needsQuotes = SearchValues.Create(" \t\\'\"$`&|;<>()*?[]#~!{}");

    private static readonly string[] s_beforeCommands = ["if", "then", "else", "elif", "while", "until", "do", "!", "{", "help", "command", "exec"];

    /// <inheritdoc/>
    public int Complete(string textBeforeCursor, List<string> candidates)
    {
        CompletedWord word = CompletedWord.Find(textBeforeCursor, Separators, s_beforeCommands);
        if (word.IsCommand && !word.Text.Contains('/', StringComparison.Ordinal))
        {
            AddCommands(word, candidates);
        }
        else
        {
            AddPaths(word, candidates);
        }

        candidates.Sort(StringComparer.Ordinal);
        return textBeforeCursor.Length - word.Start;
    }

    private void AddCommands(CompletedWord word, List<string> candidates)
    {
        foreach (App app in apps.Apps)
        {
            if (app.Name.StartsWith(word.Text, StringComparison.Ordinal))
            {
                candidates.Add(Quote(app.Name, word.Quote, isWhole: true));
            }
        }
    }

    private void AddPaths(CompletedWord word, List<string> candidates)
    {
        int slash = word.Text.LastIndexOf('/');
        string parent = word.Text[..(slash + 1)];
        string start = word.Text[(slash + 1)..];
        try
        {
            foreach (FileSystemInfo entry in new DirectoryInfo(Path.Combine(directory(), parent)).EnumerateFileSystemInfos("*", PathnameExpansion.AllEntries()))
            {
                bool isHidden = entry.Name[0] == '.' && !start.StartsWith('.');
                if (!isHidden && entry.Name.StartsWith(start, StringComparison.Ordinal))
                {
                    bool isDirectory = Directory.Exists(entry.FullName);
                    candidates.Add(Quote(parent + entry.Name, word.Quote, !isDirectory) + (isDirectory ? "/" : ""));
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // What cannot be read has nothing to propose.
            return;
        }
    }

    /// <summary>Writes a text as the word is written that it completes.</summary>
    /// <param name="text">The text.</param>
    /// <param name="quote">The quote that is open; null for none.</param>
    /// <param name="isWhole">True when the word ends with it.</param>
    private static string Quote(string text, char? quote, bool isWhole)
    {
        if (quote is { } open)
        {
            return $"{open}{text}{(isWhole ? open.ToString() : "")}";
        }

        StringBuilder quoted = new();
        foreach (char c in text)
        {
            quoted.Append(s_needsQuotes.Contains(c) ? "\\" : "").Append(c);
        }

        return quoted.ToString();
    }
}
