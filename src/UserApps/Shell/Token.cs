namespace KernelSockets.UserApps;

/// <summary>What the shell's text is made of (POSIX XCU §2.3).</summary>
internal enum TokenKind
{
    /// <summary>A word.</summary>
    Word,

    /// <summary>An operator or a newline.</summary>
    Operator,

    /// <summary>Digits right before a redirection.</summary>
    Descriptor,

    /// <summary>The end of the text.</summary>
    End,
}

/// <summary>One token.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its source.</param>
/// <param name="Word">The word; null otherwise.</param>
/// <param name="Start">Where it starts in the text.</param>
/// <param name="End">The first place after it.</param>
internal readonly record struct Token(TokenKind Kind, string Text, Word? Word, int Start, int End)
{
    /// <summary>True for the operator <paramref name="text"/>.</summary>
    public bool Is(string text) => Kind == TokenKind.Operator && Text == text;

    /// <summary>True for the reserved word <paramref name="text"/>, where one can stand: unquoted, since quotes are part of the source.</summary>
    public bool IsKeyword(string text) => Kind == TokenKind.Word && Text == text;
}
