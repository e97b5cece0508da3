namespace KernelSockets.UserApps.Files.Finding;

/// <summary>Reads an expression of find: tests and actions with !, -a, -o, a comma and parentheses between.</summary>
internal sealed class FindParser(FindRun run, IReadOnlyList<string> words)
{
    private readonly FindTests _tests = new(run);
    private int _next;

    /// <summary>What is wrong; null for nothing.</summary>
    public string? Error { get; private set; }

    /// <summary>Reads all of it; without an action it prints.</summary>
    public FindTest Parse()
    {
        FindTest expression = words.Count == 0 ? static _ => true : List();
        if (Error is null && _next < words.Count)
        {
            Fail(words[_next] == ")" ? "you have too many ')'" : $"paths must precede expression: `{words[_next]}'");
        }

        return _tests.HasAction ? expression : item => expression(item) && FindTests.Print(item, '\n');
    }

    /// <summary>True for a word that begins an expression, where starting points end.</summary>
    public static bool IsExpression(string word) => (word.Length > 1 && word[0] == '-') || word is "!" or "(" or ")" or ",";

    private bool IsAt(params ReadOnlySpan<string> choices) => Error is null && _next < words.Count && choices.Contains(words[_next]);

    private FindTest Fail(string error)
    {
        Error ??= error;
        return static _ => false;
    }

    private FindTest List()
    {
        FindTest left = Or();
        while (IsAt(","))
        {
            _next++;
            FindTest first = left;
            FindTest second = Or();
            left = item =>
            {
                _ = first(item);
                return second(item);
            };
        }

        return left;
    }

    private FindTest Or()
    {
        FindTest left = And();
        while (IsAt("-o", "-or"))
        {
            _next++;
            FindTest first = left;
            FindTest second = And();
            left = item => first(item) || (!run.HasQuit && second(item));
        }

        return left;
    }

    private FindTest And()
    {
        FindTest left = Not();
        while (Error is null && _next < words.Count && !IsAt("-o", "-or", ",", ")"))
        {
            _next += IsAt("-a", "-and") ? 1 : 0;
            FindTest first = left;
            FindTest second = Not();
            left = item => first(item) && second(item);
        }

        return left;
    }

    private FindTest Not()
    {
        if (!IsAt("!", "-not"))
        {
            return Primary();
        }

        _next++;
        FindTest inverted = Not();
        return item => !inverted(item);
    }

    private FindTest Primary()
    {
        if (Error is not null || _next == words.Count)
        {
            return Fail(words.Count > 0 ? $"expected an expression after '{words[^1]}'" : "expected an expression");
        }

        string word = words[_next++];
        if (word == "(")
        {
            FindTest inner = List();
            if (!IsAt(")"))
            {
                return Fail("invalid expression; I was expecting to find a ')' somewhere but did not see one.");
            }

            _next++;
            return inner;
        }

        if (word is "-o" or "-or" or "-a" or "-and" or "," or ")")
        {
            return Fail($"invalid expression; you have used a binary operator '{word}' with nothing before it.");
        }

        if (!IsExpression(word))
        {
            return Fail($"paths must precede expression: `{word}'");
        }

        return word is "-exec" ? Exec() : Test(word);
    }

    private FindTest Test(string word)
    {
        if (_tests.FindPlain(word) is { } plain)
        {
            return plain;
        }

        if (!FindTests.TakesValue(word))
        {
            return Fail($"unknown predicate `{word}'");
        }

        if (_next == words.Count)
        {
            return Fail($"missing argument to `{word}'");
        }

        string value = words[_next++];
        FindTest? test = _tests.FindWithValue(word, value, out string? error);
        return test ?? Fail(error ?? $"invalid argument `{value}' to `{word}'");
    }

    /// <summary>-exec COMMAND ; runs once a file, with {} replaced; -exec COMMAND {} + once for many.</summary>
    private FindTest Exec()
    {
        List<string> command = [];
        for (; _next < words.Count; _next++)
        {
            bool isBatch = words[_next] == "+" && command is [.., "{}"];
            if ((words[_next] == ";" || isBatch) && command.Count > (isBatch ? 1 : 0))
            {
                _next++;
                return _tests.Exec(command, isBatch);
            }

            command.Add(words[_next]);
        }

        return Fail("missing argument to `-exec'");
    }
}
