namespace KernelSockets.UserApps;

/// <summary>Completes command names: in the place of a command, and after <c>help</c>.</summary>
/// <remarks>Looks at the text as far as completion needs it: quoted separators are not told apart from others, which costs at most a
/// bell.</remarks>
internal sealed class CommandCompleter(AppTable apps) : ILineCompleter
{
    /// <inheritdoc/>
    public int Complete(string textBeforeCursor, List<string> candidates)
    {
        int start = textBeforeCursor.LastIndexOfAny([' ', '\t', ';', '&', '|']) + 1;
        string word = textBeforeCursor[start..];
        if (IsCommandPlace(textBeforeCursor.AsSpan(0, start)))
        {
            AddCommands(word, candidates);
        }

        return word.Length;
    }

    private static bool IsCommandPlace(ReadOnlySpan<char> before)
    {
        before = before.TrimEnd(" \t");
        int separator = before.LastIndexOfAny(';', '&', '|');
        ReadOnlySpan<char> command = before[(separator + 1)..].Trim();
        return command.IsEmpty || command.SequenceEqual("help");
    }

    private void AddCommands(string word, List<string> candidates)
    {
        foreach (App app in apps.Apps)
        {
            if (app.Name.StartsWith(word, StringComparison.Ordinal))
            {
                candidates.Add(app.Name);
            }
        }

        candidates.Sort(StringComparer.Ordinal);
    }
}
