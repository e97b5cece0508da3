namespace KernelSockets.UserApps;

/// <summary>How the editing of a line ended.</summary>
internal enum LineOutcome
{
    /// <summary>Enter.</summary>
    Line,

    /// <summary>Ctrl-C.</summary>
    Interrupted,

    /// <summary>Ctrl-D at an empty line.</summary>
    EndOfInput,

    /// <summary>The terminal is gone or failed: there will be no more lines.</summary>
    Closed,
}

/// <summary>What the line editor returns.</summary>
/// <param name="Outcome">How the editing ended.</param>
/// <param name="Text">The line, without a newline; empty unless Enter ended it.</param>
internal readonly record struct LineResult(LineOutcome Outcome, string Text);
