namespace KernelSockets.UserApps;

/// <content>Commands, simple and compound.</content>
internal sealed partial class Parser
{
    private ShellCommand ParseCommand()
    {
        ShellCommand? compound = TryParseCompound();
        if (compound is not null)
        {
            return compound with { Redirections = ParseRedirections() };
        }

        if (Array.Exists(s_closers, _token.IsKeyword))
        {
            FailAtToken();
        }

        return ParseSimple();
    }

    private ShellCommand? TryParseCompound()
    {
        if (_token.Is("("))
        {
            Advance();
            CommandLine body = ParseFilledBody();
            Require(_token.Is(")"));
            return new SubshellCommand(body, []);
        }

        return _token.Kind != TokenKind.Word ? null : _token.Text switch
        {
            "{" => ParseGroup(),
            "if" => ParseIf(),
            "while" or "until" => ParseLoop(),
            "for" => ParseFor(),
            "case" => ParseCase(),
            _ => null,
        };
    }

    /// <summary>Goes over a token that has to be there.</summary>
    private void Require(bool isThere)
    {
        if (isThere)
        {
            Advance();
        }
        else
        {
            FailAtToken();
        }
    }

    /// <summary>Parses what is within a compound command, where there must be something.</summary>
    private CommandLine ParseFilledBody()
    {
        CommandLine body = ParseBody();
        if (body.Lists.Count == 0)
        {
            FailAtToken();
        }

        return body;
    }

    private GroupCommand ParseGroup()
    {
        Advance();
        CommandLine body = ParseFilledBody();
        Require(_token.IsKeyword("}"));
        return new GroupCommand(body, []);
    }

    private IfCommand ParseIf()
    {
        var arms = new List<(CommandLine, CommandLine)>();
        do
        {
            Advance();
            CommandLine condition = ParseFilledBody();
            Require(_token.IsKeyword("then"));
            arms.Add((condition, ParseFilledBody()));
        }
        while (_token.IsKeyword("elif") && !HasStopped);

        CommandLine? otherwise = null;
        if (_token.IsKeyword("else"))
        {
            Advance();
            otherwise = ParseFilledBody();
        }

        Require(_token.IsKeyword("fi"));
        return new IfCommand(arms, otherwise, []);
    }

    private LoopCommand ParseLoop()
    {
        bool isUntil = _token.IsKeyword("until");
        Advance();
        CommandLine condition = ParseFilledBody();
        return new LoopCommand(condition, ParseDo(), isUntil, []);
    }

    private CommandLine ParseDo()
    {
        Require(_token.IsKeyword("do"));
        CommandLine body = ParseFilledBody();
        Require(_token.IsKeyword("done"));
        return body;
    }

    private ForCommand ParseFor()
    {
        Advance();
        string name = _token.Text;
        Require(_token.Kind == TokenKind.Word && Lexer.IsName(name));
        bool hasWords = SkipToIn();
        var words = hasWords ? new List<Word>() : null;
        while (hasWords && _token.Kind == TokenKind.Word)
        {
            words!.Add(_token.Word!);
            Advance();
        }

        if (_token.Is(";") || _token.Is("\n"))
        {
            Advance();
        }
        else if (hasWords)
        {
            FailAtToken();
        }

        SkipNewlines();
        return new ForCommand(name, words, ParseDo(), []);
    }

    /// <summary>Goes over newlines and <c>in</c>, if it is there.</summary>
    private bool SkipToIn()
    {
        SkipNewlines();
        bool isIn = _token.IsKeyword("in");
        if (isIn)
        {
            Advance();
        }

        return isIn;
    }

    private CaseCommand ParseCase()
    {
        Advance();
        Word subject = _token.Word ?? Word.Empty;
        Require(_token.Kind == TokenKind.Word);
        if (!SkipToIn())
        {
            FailAtToken();
        }

        var arms = new List<(IReadOnlyList<Word>, CommandLine)>();
        SkipNewlines();
        while (!HasStopped && !_token.IsKeyword("esac"))
        {
            arms.Add(ParseArm());
            SkipNewlines();
            _isIncomplete |= _token.Kind == TokenKind.End;
        }

        Require(_token.IsKeyword("esac"));
        return new CaseCommand(subject, arms, []);
    }

    private (IReadOnlyList<Word> Patterns, CommandLine Body) ParseArm()
    {
        if (_token.Is("("))
        {
            Advance();
        }

        var patterns = new List<Word>();
        bool isMore = true;
        while (isMore)
        {
            patterns.Add(_token.Word ?? Word.Empty);
            Require(_token.Kind == TokenKind.Word);
            isMore = _token.Is("|") && !HasStopped;
            if (isMore)
            {
                Advance();
            }
        }

        Require(_token.Is(")"));
        CommandLine body = ParseBody();
        if (_token.Is(";;"))
        {
            Advance();
        }
        else if (!_token.IsKeyword("esac"))
        {
            FailAtToken();
        }

        return (patterns, body);
    }

    private ShellCommand ParseSimple()
    {
        var assignments = new List<Assignment>();
        var words = new List<Word>();
        var redirections = new List<Redirection>();
        while (!HasStopped)
        {
            if (IsAtRedirection())
            {
                redirections.Add(ParseRedirection());
            }
            else if (_token.Kind != TokenKind.Word)
            {
                break;
            }
            else if (words.Count == 0 && TryReadAssignment(out Assignment? assignment))
            {
                assignments.Add(assignment!);
                Advance();
            }
            else
            {
                string name = _token.Text;
                words.Add(_token.Word!);
                Advance();
                if (words.Count == 1 && assignments.Count + redirections.Count == 0 && _token.Is("("))
                {
                    return ParseFunction(name);
                }
            }
        }

        if (words.Count + assignments.Count + redirections.Count == 0)
        {
            FailAtToken();
        }

        return new SimpleCommand(assignments, words, redirections);
    }

    private FunctionCommand ParseFunction(string name)
    {
        if (!Lexer.IsName(name))
        {
            FailAtToken();
        }

        Advance();
        Require(_token.Is(")"));
        SkipNewlines();
        ShellCommand? body = HasStopped ? null : TryParseCompound();
        if (body is null)
        {
            FailAtToken();
            return new FunctionCommand(name, new SimpleCommand([], [], []));
        }

        return new FunctionCommand(name, body with { Redirections = ParseRedirections() });
    }

    /// <summary>Takes a word of the form <c>NAME=VALUE</c>, whose name is not quoted.</summary>
    private bool TryReadAssignment(out Assignment? assignment)
    {
        assignment = null;
        IReadOnlyList<WordPart> parts = _token.Word!.Parts;
        if (parts.Count == 0 || parts[0] is not LiteralPart { IsQuoted: false } first)
        {
            return false;
        }

        int equals = first.Text.IndexOf('=', StringComparison.Ordinal);
        if (equals < 1 || !Lexer.IsName(first.Text.AsSpan(0, equals)))
        {
            return false;
        }

        var rest = new List<WordPart>(parts) { [0] = new LiteralPart(first.Text[(equals + 1)..], IsQuoted: false) };
        assignment = new Assignment(first.Text[..equals], new Word(rest));
        return true;
    }

    private bool IsAtRedirection() =>
        _token.Kind == TokenKind.Descriptor || (_token.Kind == TokenKind.Operator && _token.Text[0] is '<' or '>');

    private List<Redirection> ParseRedirections()
    {
        var redirections = new List<Redirection>();
        while (!HasStopped && IsAtRedirection())
        {
            redirections.Add(ParseRedirection());
        }

        return redirections;
    }

    private Redirection ParseRedirection()
    {
        int? descriptor = null;
        if (_token.Kind == TokenKind.Descriptor)
        {
            descriptor = int.TryParse(_token.Text, out int number) ? number : int.MaxValue;
            Advance();
        }

        string operation = _token.Text;
        int usual = operation[0] == '<' ? 0 : 1;
        Advance();
        if (_token.Kind != TokenKind.Word)
        {
            // Unlike elsewhere, another line could not make it right; unless it is the word itself that is not complete.
            FailUnlessStopped($"syntax error near unexpected token `{(_token.Kind == TokenKind.End || _token.Is("\n") ? "newline" : _token.Text)}'");
            return new Redirection(usual, RedirectionKind.Read, Word.Empty, null);
        }

        Word target = _token.Word!;
        HereDocument? document = operation.StartsWith("<<", StringComparison.Ordinal) ? ExpectDocument(target, operation) : null;
        Advance();
        return new Redirection(descriptor ?? usual, KindOf(operation), target, document);
    }

    private void FailUnlessStopped(string message)
    {
        if (!HasStopped)
        {
            _lexer.Fail(message);
        }
    }

    private HereDocument ExpectDocument(Word delimiter, string operation)
    {
        string text = "";
        bool isQuoted = false;
        foreach (WordPart part in delimiter.Parts)
        {
            text += part is LiteralPart literal ? literal.Text : "";
            isQuoted |= part.IsQuoted;
        }

        var document = new HereDocument(text, isQuoted, operation == "<<-");
        _lexer.Expect(document);
        return document;
    }

    private static RedirectionKind KindOf(string operation) => operation switch
    {
        "<" => RedirectionKind.Read,
        "<>" => RedirectionKind.ReadWrite,
        ">>" => RedirectionKind.Append,
        "<&" or ">&" => RedirectionKind.Duplicate,
        "<<" or "<<-" => RedirectionKind.Here,
        _ => RedirectionKind.Write,
    };
}
