namespace KernelSockets.UserApps;

/// <summary>How a parse ended.</summary>
internal enum ParseStatus
{
    /// <summary>The text is a command line, perhaps an empty one.</summary>
    Complete,

    /// <summary>The text may become a command line with another line: open quotes, a trailing operator.</summary>
    Incomplete,

    /// <summary>The text is wrong.</summary>
    Wrong,
}

/// <summary>
/// The shell's grammar, by recursive descent over <see cref="Lexer"/>'s tokens (POSIX XCU §2.10):
/// <code>
///   line     = list { (";" | "&amp;" | newline) list } .
///   list     = pipeline { ("&amp;&amp;" | "||") { newline } pipeline } .
///   pipeline = [ "!" ] command { "|" { newline } command } .
///   command  = simple | compound { redirection } | name "(" ")" command .
///   simple   = { assignment | redirection } { word | redirection } .
///   compound = "{" line "}" | "(" line ")" | if | while | until | for | case .
/// </code>
/// </summary>
internal sealed partial class Parser
{
    private static readonly string[] s_closers = ["then", "else", "elif", "fi", "do", "done", "esac", "}"];

    private readonly Lexer _lexer;
    private Token _token;
    private int _previousEnd;
    private int _openCommands;
    private bool _isIncomplete;

    private Parser(Lexer lexer)
    {
        _lexer = lexer;
        Advance();
    }

    /// <summary>A parser that reads a script line by line.</summary>
    public Parser(string text)
        : this(new Lexer(text))
    {
    }

    private bool HasStopped => _lexer.Error is not null || _isIncomplete || _lexer.IsIncomplete;

    /// <summary>Parses a line, or several.</summary>
    /// <param name="text">What was typed.</param>
    /// <param name="line">The commands; valid when <see cref="ParseStatus.Complete"/> is returned.</param>
    /// <param name="error">What is wrong, without the shell's name; empty unless <see cref="ParseStatus.Wrong"/> is returned.</param>
    public static ParseStatus Parse(string text, out CommandLine line, out string error)
    {
        Parser parser = new(text);
        line = parser.ParseLines();
        return parser.Status(out error);
    }

    /// <summary>Parses a whole text that is a part of another one; the lexer tells what is wrong with it.</summary>
    public static CommandLine ParseAll(Lexer lexer)
    {
        Parser parser = new(lexer);
        CommandLine line = parser.ParseLines();
        if (parser._isIncomplete)
        {
            lexer.Fail("syntax error: unexpected end of input");
        }

        return line;
    }

    /// <summary>Parses the commands of <c>$(…)</c>; the lexer then stands behind the parenthesis.</summary>
    public static CommandLine ParseSubstitution(Lexer lexer)
    {
        Parser parser = new(lexer);
        CommandLine line = parser.ParseBody();
        if (!parser.HasStopped && !parser._token.Is(")"))
        {
            parser.FailAtToken();
        }

        if (parser._isIncomplete)
        {
            lexer.EndIncomplete();
        }

        return line;
    }

    /// <summary>Parses the next line of a script, with the lines that belong to it.</summary>
    /// <param name="line">The commands; null at the end of the script.</param>
    /// <param name="error">As for <see cref="Parse"/>.</param>
    public ParseStatus Next(out CommandLine? line, out string error)
    {
        line = null;
        SkipNewlines();
        if (_token.Kind != TokenKind.End)
        {
            var lists = new List<AndOrList>();
            bool isLast = false;
            while (!isLast && !_token.Is("\n") && _token.Kind != TokenKind.End && !HasStopped)
            {
                lists.Add(ParseList(out isLast));
            }

            line = new CommandLine(lists);
        }

        return Status(out error);
    }

    private ParseStatus Status(out string error)
    {
        error = _lexer.Error ?? "";
        if (error.Length > 0)
        {
            return ParseStatus.Wrong;
        }

        return HasStopped ? ParseStatus.Incomplete : ParseStatus.Complete;
    }

    private void Advance()
    {
        _previousEnd = _token.End;
        _token = _lexer.Next();
    }

    private CommandLine ParseLines()
    {
        var lists = new List<AndOrList>();
        SkipNewlines();
        while (_token.Kind != TokenKind.End && !HasStopped)
        {
            lists.Add(ParseList(out _));
            SkipNewlines();
        }

        return new CommandLine(lists);
    }

    /// <summary>Parses what is within a compound command, up to what closes it.</summary>
    private CommandLine ParseBody()
    {
        var lists = new List<AndOrList>();
        if (++_lexer.Depth > Lexer.MaxDepth)
        {
            _lexer.Fail("nested too deeply");
        }

        _openCommands++;
        SkipNewlines();
        while (_token.Kind != TokenKind.End && !HasStopped && !IsAtCloser())
        {
            lists.Add(ParseList(out _));
            SkipNewlines();
        }

        _openCommands--;
        _lexer.Depth--;
        _isIncomplete |= _token.Kind == TokenKind.End;
        return new CommandLine(lists);
    }

    private bool IsAtCloser() => _token.Is(")") || _token.Is(";;") || Array.Exists(s_closers, _token.IsKeyword);

    private AndOrList ParseList(out bool isEndOfLine)
    {
        int start = _token.Start;
        int end = start;
        var pipelines = new List<(Connector, Pipeline)>();
        Connector connector = Connector.Always;
        while (!HasStopped)
        {
            pipelines.Add((connector, ParsePipeline()));
            end = _previousEnd;
            if (!_token.Is("&&") && !_token.Is("||"))
            {
                break;
            }

            connector = _token.Is("&&") ? Connector.And : Connector.Or;
            AdvanceOverNewlines();
        }

        isEndOfLine = _token.Is("\n");
        bool isBackground = ParseTerminator();
        return new AndOrList(pipelines, isBackground, _lexer.Text[start..Math.Max(start, end)]);
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
        else if (_token.Kind != TokenKind.End && !(_openCommands > 0 && IsAtCloser()))
        {
            FailAtToken();
        }

        return isBackground;
    }

    private Pipeline ParsePipeline()
    {
        bool isNegated = false;
        while (_token.IsKeyword("!"))
        {
            isNegated = !isNegated;
            Advance();
        }

        var commands = new List<ShellCommand> { ParseCommand() };
        while (_token.Is("|") && !HasStopped)
        {
            AdvanceOverNewlines();
            commands.Add(ParseCommand());
        }

        return new Pipeline(commands, isNegated);
    }

    private void AdvanceOverNewlines()
    {
        Advance();
        SkipNewlines();
        _isIncomplete |= _token.Kind == TokenKind.End;
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
        if (HasStopped)
        {
            return;
        }

        if (_token.Kind == TokenKind.End)
        {
            _isIncomplete = true;
            return;
        }

        _lexer.Fail($"syntax error near unexpected token `{(_token.Is("\n") ? "newline" : _token.Text)}'");
    }
}
