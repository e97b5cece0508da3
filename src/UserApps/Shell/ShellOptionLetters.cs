namespace KernelSockets.UserApps;

/// <summary>The letters of the options that <c>set</c> and <c>sh</c> know.</summary>
internal static class ShellOptionLetters
{
    /// <summary>Letters and options.</summary>
    public static IReadOnlyList<(char Letter, ShellSwitches Option)> All { get; } =
    [
        ('e', ShellSwitches.ExitOnError), ('f', ShellSwitches.NoPatterns), ('u', ShellSwitches.RefuseUnset), ('x', ShellSwitches.Trace),
    ];

    /// <summary>Switches options on or off, as <c>-eu</c> and <c>+x</c> ask for it.</summary>
    /// <param name="argument">Starts with a sign.</param>
    /// <param name="options">What is changed.</param>
    /// <returns>The letter that is none; null when all are known.</returns>
    public static char? TryApply(string argument, ref ShellSwitches options)
    {
        foreach (char letter in argument.AsSpan(1))
        {
            ShellSwitches found = ShellSwitches.None;
            foreach ((char known, ShellSwitches option) in All)
            {
                found |= known == letter ? option : ShellSwitches.None;
            }

            if (found == ShellSwitches.None)
            {
                return letter;
            }

            options = argument[0] == '-' ? options | found : options & ~found;
        }

        return null;
    }
}
