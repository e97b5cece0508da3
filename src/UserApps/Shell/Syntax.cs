namespace KernelSockets.UserApps;

/// <summary>A piece of a word: text taken as it is, or something that is known only when the command runs.</summary>
/// <param name="Kind">Which of the two.</param>
/// <param name="Text">The text; empty for an expansion.</param>
internal readonly record struct WordPart(WordPartKind Kind, string Text);

/// <summary>Kinds of <see cref="WordPart"/>.</summary>
internal enum WordPartKind
{
    /// <summary>Text, quotes removed.</summary>
    Literal,

    /// <summary><c>$?</c>.</summary>
    LastStatus,
}

/// <summary>One argument of a command, before expansion.</summary>
internal sealed record Word(IReadOnlyList<WordPart> Parts)
{
    /// <summary>The argument itself.</summary>
    /// <param name="lastStatus">What <c>$?</c> stands for.</param>
    public string Expand(int lastStatus)
    {
        string text = "";
        foreach (WordPart part in Parts)
        {
            text += part.Kind == WordPartKind.LastStatus ? lastStatus.ToString() : part.Text;
        }

        return text;
    }
}

/// <summary><c>NAME ARGUMENT…</c>.</summary>
/// <param name="Words">At least one.</param>
internal sealed record SimpleCommand(IReadOnlyList<Word> Words);

/// <summary>Commands joined by pipes. The grammar has its place; so far the parser admits one command.</summary>
/// <param name="Commands">At least one.</param>
internal sealed record Pipeline(IReadOnlyList<SimpleCommand> Commands);

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

/// <summary>A whole input line (POSIX XCU §2.10: complete_command).</summary>
internal sealed record CommandLine(IReadOnlyList<AndOrList> Lists);
