namespace KernelSockets.UserApps;

/// <summary>A piece of a word: text taken as it is, or something that is known only when the command runs.</summary>
/// <param name="IsQuoted">True within quotes: no splitting, no patterns.</param>
internal abstract record WordPart(bool IsQuoted);

/// <summary>Text, quotes removed.</summary>
internal sealed record LiteralPart(string Text, bool IsQuoted) : WordPart(IsQuoted);

/// <summary><c>$NAME</c> and <c>${NAME…}</c>.</summary>
/// <param name="Name">A variable, a number, or a special parameter.</param>
/// <param name="Operator">What follows the name: empty, <c>:-</c> and its like, <c>%</c>, <c>%%</c>, <c>#</c>, <c>##</c>; <c>length</c> for <c>${#NAME}</c>.</param>
/// <param name="Argument">What follows the operator; null without one.</param>
/// <param name="IsQuoted">As for all parts.</param>
internal sealed record ParameterPart(string Name, string Operator, Word? Argument, bool IsQuoted) : WordPart(IsQuoted);

/// <summary><c>$(COMMANDS)</c>.</summary>
internal sealed record CommandPart(CommandLine Commands, bool IsQuoted) : WordPart(IsQuoted);

/// <summary><c>$((EXPRESSION))</c>.</summary>
internal sealed record ArithmeticPart(Word Expression, bool IsQuoted) : WordPart(IsQuoted);

/// <summary>One argument of a command, before expansion.</summary>
internal sealed record Word(IReadOnlyList<WordPart> Parts)
{
    /// <summary>A word without anything in it.</summary>
    public static Word Empty { get; } = new([]);
}
