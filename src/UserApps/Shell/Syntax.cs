namespace KernelSockets.UserApps;

/// <summary>What a redirection does to its descriptor.</summary>
internal enum RedirectionKind
{
    /// <summary><c>&lt;</c>.</summary>
    Read,

    /// <summary><c>&gt;</c> and <c>&gt;|</c>.</summary>
    Write,

    /// <summary><c>&gt;&gt;</c>.</summary>
    Append,

    /// <summary><c>&lt;&gt;</c>.</summary>
    ReadWrite,

    /// <summary><c>&lt;&amp;</c> and <c>&gt;&amp;</c>: another descriptor, or <c>-</c> to close it.</summary>
    Duplicate,

    /// <summary><c>&lt;&lt;</c>: the lines that follow.</summary>
    Here,
}

/// <summary>One redirection (POSIX XCU §2.7).</summary>
/// <param name="Descriptor">The descriptor changed.</param>
/// <param name="Kind">How.</param>
/// <param name="Target">The file, the other descriptor, or for <see cref="RedirectionKind.Here"/> the delimiter.</param>
/// <param name="Document">The text; null unless the kind is <see cref="RedirectionKind.Here"/>.</param>
internal sealed record Redirection(int Descriptor, RedirectionKind Kind, Word Target, HereDocument? Document);

/// <summary>The text of a <c>&lt;&lt;</c>; the lexer fills it when it comes to the end of the line.</summary>
/// <param name="Delimiter">The line that ends it, quotes removed.</param>
/// <param name="IsLiteral">True when the delimiter was quoted: nothing is expanded.</param>
/// <param name="StripsTabs">True for <c>&lt;&lt;-</c>.</param>
internal sealed record HereDocument(string Delimiter, bool IsLiteral, bool StripsTabs)
{
    /// <summary>The lines.</summary>
    public Word Text { get; set; } = Word.Empty;
}

/// <summary><c>NAME=VALUE</c> in front of a command.</summary>
internal sealed record Assignment(string Name, Word Value);

/// <summary>A command of any kind.</summary>
/// <param name="Redirections">In order.</param>
internal abstract record ShellCommand(IReadOnlyList<Redirection> Redirections);

/// <summary><c>NAME=VALUE… NAME ARGUMENT…</c>, at least one of all these.</summary>
internal sealed record SimpleCommand(IReadOnlyList<Assignment> Assignments, IReadOnlyList<Word> Words, IReadOnlyList<Redirection> Redirections)
    : ShellCommand(Redirections);

/// <summary><c>{ …; }</c>.</summary>
internal sealed record GroupCommand(CommandLine Body, IReadOnlyList<Redirection> Redirections) : ShellCommand(Redirections);

/// <summary><c>( … )</c>: in a shell of its own.</summary>
internal sealed record SubshellCommand(CommandLine Body, IReadOnlyList<Redirection> Redirections) : ShellCommand(Redirections);

/// <summary><c>if … then … elif … else … fi</c>.</summary>
internal sealed record IfCommand(IReadOnlyList<(CommandLine Condition, CommandLine Body)> Arms, CommandLine? Otherwise, IReadOnlyList<Redirection> Redirections)
    : ShellCommand(Redirections);

/// <summary><c>while … do … done</c> and <c>until … do … done</c>.</summary>
internal sealed record LoopCommand(CommandLine Condition, CommandLine Body, bool IsUntil, IReadOnlyList<Redirection> Redirections) : ShellCommand(Redirections);

/// <summary><c>for NAME in WORD…; do … done</c>.</summary>
/// <param name="Name">The variable.</param>
/// <param name="Words">What it becomes; null for the positional parameters.</param>
/// <param name="Body">What is repeated.</param>
/// <param name="Redirections">As for all commands.</param>
internal sealed record ForCommand(string Name, IReadOnlyList<Word>? Words, CommandLine Body, IReadOnlyList<Redirection> Redirections) : ShellCommand(Redirections);

/// <summary><c>case WORD in PATTERN|PATTERN) … ;; esac</c>.</summary>
internal sealed record CaseCommand(Word Subject, IReadOnlyList<(IReadOnlyList<Word> Patterns, CommandLine Body)> Arms, IReadOnlyList<Redirection> Redirections)
    : ShellCommand(Redirections);

/// <summary><c>NAME() COMMAND</c>.</summary>
internal sealed record FunctionCommand(string Name, ShellCommand Body) : ShellCommand([]);

/// <summary>Commands joined by pipes.</summary>
/// <param name="Commands">At least one.</param>
/// <param name="IsNegated">True after <c>!</c>.</param>
internal sealed record Pipeline(IReadOnlyList<ShellCommand> Commands, bool IsNegated);

/// <summary>When a pipeline of an <see cref="AndOrList"/> runs.</summary>
internal enum Connector
{
    /// <summary>It is the first.</summary>
    Always,

    /// <summary>After success: <c>&amp;&amp;</c>.</summary>
    And,

    /// <summary>After failure: <c>||</c>.</summary>
    Or,
}

/// <summary>Pipelines joined by <c>&amp;&amp;</c> and <c>||</c>, evaluated from left to right.</summary>
/// <param name="Pipelines">At least one; the first has <see cref="Connector.Always"/>.</param>
/// <param name="IsBackground">True when <c>&amp;</c> ends it.</param>
/// <param name="Source">Its text, for <c>jobs</c>.</param>
internal sealed record AndOrList(IReadOnlyList<(Connector Connector, Pipeline Pipeline)> Pipelines, bool IsBackground, string Source);

/// <summary>Lists one after the other: an input line, or what is within a compound command.</summary>
internal sealed record CommandLine(IReadOnlyList<AndOrList> Lists);
