namespace KernelSockets.UserApps;

/// <summary>Proposes what the word before the cursor may become.</summary>
internal interface ILineCompleter
{
    /// <summary>Finds the candidates.</summary>
    /// <param name="textBeforeCursor">The line up to the cursor.</param>
    /// <param name="candidates">Gets whole words, sorted.</param>
    /// <returns>How many characters (UTF-16) at the end of <paramref name="textBeforeCursor"/> the candidates replace.</returns>
    int Complete(string textBeforeCursor, List<string> candidates);
}
