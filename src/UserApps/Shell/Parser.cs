namespace KernelSockets.UserApps;

/// <summary>How a parse ended.</summary>
internal enum ParseStatus
{
    /// <summary>The text is a command line, perhaps an empty one.</summary>
    Complete,

    /// <summary>The text may become a command line with another line: open quotes, a trailing operator.</summary>
    Incomplete,

    /// <summary>The text is wrong, or asks for what this shell cannot do yet.</summary>
    Wrong,
}

/// <summary>
/// The shell's grammar, by recursive descent over <see cref="Lexer"/>'s tokens (POSIX XCU §2.10):
/// <code>
///   line     = list { (";" | "&amp;" | newline) list } .
///   list     = pipeline { ("&amp;&amp;" | "||") { newline } pipeline } .
///   pipeline = command .            { "|" command } comes with pipes
///   command  = word { word } .      redirections come with files
/// </code>
/// </summary>
internal sealed class Parser
{
    private readonly string _text;
    private readonly Lexer _lexer;
    private Token _token;
    private string? _error;
    private bool _isIncomplete;

    private Parser(string text)
    {
        _text = text;
        _lexer = new Lexer(text);
        Advance();
    }

    /// <summary>Parses a line, or several.</summary>
    /// <param name="text">What was typed.</param>
    /// <param name="line">The commands; valid when <see cref="ParseStatus.Complete"/> is returned.</param>
    /// <param name="error">What is wrong, without the shell's name; empty unless <see cref="ParseStatus.Wrong"/> is returned.</param>
    public static ParseStatus Parse(string text, out CommandLine line, out string error)
    {
        var parser = new Parser(text);
        line = parser.ParseLine();
        error = parser._error ?? parser._lexer.Error ?? "";
        if (error.Length > 0)
        {
            return ParseStatus.Wrong;
        }

        return parser._isIncomplete || parser._lexer.IsIncomplete ? ParseStatus.Incomplete : ParseStatus.Complete;
    }

    private bool HasStopped => _error is not null || _isIncomplete;

    private void Advance() => _token = _lexer.Next();

    private CommandLine ParseLine()
    {
        var lists = new List<AndOrList>();
        SkipNewlines();
        while (_token.Kind != TokenKind.End && !HasStopped)
        {
            lists.Add(ParseList());
            SkipNewlines();
        }

        return new CommandLine(lists);
    }

    private AndOrList ParseList()
    {
        int start = _token.Start;
        int end = start;
        var pipelines = new List<(Connector, Pipeline)>();
        Connector connector = Connector.Always;
        while (!HasStopped)
        {
            pipelines.Add((connector, ParsePipeline(ref end)));
            if (!_token.Is("&&") && !_token.Is("||"))
            {
                break;
            }

            connector = _token.Is("&&") ? Connector.And : Connector.Or;
            Advance();
            SkipNewlines();
            _isIncomplete = _token.Kind == TokenKind.End;
        }

        return new AndOrList(pipelines, ParseTerminator(), _text[start..end]);
    }

    /// <summary>Takes what ends a list.</summary>
    /// <returns>True for <c>&amp;</c>.</returns>
    private bool ParseTerminator()
    {
        bool isBackground = _token.Is("&");
        if (isBackground || _token.Is(";") || _token.Is("\n"))
        {
            Advance();
        }
        else if (_token.Kind != TokenKind.End && !HasStopped)
        {
            FailAtToken();
        }

        return isBackground;
    }

    private Pipeline ParsePipeline(ref int end)
    {
        SimpleCommand command = ParseCommand(ref end);
        if (_token.Kind == TokenKind.Operator && _token.Text[0] is '|' && _token.Text != "||")
        {
            _error ??= "|: pipes are not supported yet";
        }

        return new Pipeline([command]);
    }

    private SimpleCommand ParseCommand(ref int end)
    {
        var words = new List<Word>();
        while (_token.Kind == TokenKind.Word)
        {
            words.Add(_token.Word!);
            end = _token.End;
            Advance();
        }

        if (_token.Kind == TokenKind.Operator && _token.Text[0] is '<' or '>')
        {
            _error ??= $"{_token.Text}: redirection is not supported yet";
        }
        else if (words.Count == 0)
        {
            FailAtToken();
        }

        return new SimpleCommand(words);
    }

    private void SkipNewlines()
    {
        while (_token.Is("\n"))
        {
            Advance();
        }
    }

    private void FailAtToken()
    {
        if (_lexer.Error is null && !_lexer.IsIncomplete)
        {
            string name = _token.Kind == TokenKind.End || _token.Is("\n") ? "newline" : _token.Text;
            _error ??= $"syntax error near unexpected token `{name}'";
        }
    }
}
