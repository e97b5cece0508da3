namespace KernelSockets.UserApps;

/// <summary>Turns the words of a command into its arguments (POSIX XCU §2.6): tilde, parameters, commands, arithmetic, fields, file names, quotes.</summary>
/// <param name="state">The shell whose variables count.</param>
/// <param name="substitute">Runs the commands of <c>$(…)</c> and returns what they print.</param>
/// <param name="directory">Where relative paths start.</param>
internal sealed class WordExpander(ShellState state, Func<CommandLine, string> substitute, Func<string> directory)
{
    private const string DefaultSeparators = " \t\n";

    /// <summary>The separators of fields.</summary>
    private string Separators => state.Variables["IFS"] ?? DefaultSeparators;

    /// <summary>Expands the words of a command.</summary>
    /// <exception cref="ShellException">An expansion failed.</exception>
    public List<string> Fields(IEnumerable<Word> words)
    {
        var fields = new List<string>();
        foreach (Word word in words)
        {
            var builder = new FieldBuilder(Separators);
            Expand(word, builder, isStart: true);
            foreach (string field in builder.Finish())
            {
                AddField(field, fields);
            }
        }

        return fields;
    }

    /// <summary>Expands a word that stays one: a value assigned, a file redirected to.</summary>
    /// <exception cref="ShellException">An expansion failed.</exception>
    public string Text(Word word) => ShellPattern.Unescape(Pattern(word));

    /// <summary>Expands a value that is assigned, where a tilde may also follow a colon.</summary>
    /// <exception cref="ShellException">An expansion failed.</exception>
    public string Value(Word word)
    {
        if (word.Parts is not [LiteralPart { IsQuoted: false } only])
        {
            return Text(word);
        }

        return string.Join(':', only.Text.Split(':').Select(piece => Text(new Word([new LiteralPart(piece, IsQuoted: false)]))));
    }

    /// <summary>Expands a word into a pattern, in which what was quoted is escaped.</summary>
    /// <exception cref="ShellException">An expansion failed.</exception>
    public string Pattern(Word word)
    {
        var builder = new FieldBuilder(separators: null);
        Expand(word, builder, isStart: true);
        return builder.FinishWhole();
    }

    private void AddField(string field, List<string> fields)
    {
        int before = fields.Count;
        if (!state.Options.HasFlag(ShellSwitches.NoPatterns) && ShellPattern.IsPattern(field))
        {
            PathnameExpansion.Expand(field, directory(), fields);
        }

        if (fields.Count == before)
        {
            fields.Add(ShellPattern.Unescape(field));
        }
    }

    private void Expand(Word word, FieldBuilder builder, bool isStart)
    {
        foreach (WordPart part in word.Parts)
        {
            switch (part)
            {
                case LiteralPart { IsQuoted: true } literal:
                    builder.AppendQuoted(literal.Text);
                    break;
                case LiteralPart literal when isStart && literal.Text.StartsWith('~'):
                    ExpandTilde(literal.Text, builder, isWhole: word.Parts.Count == 1);
                    break;
                case LiteralPart literal:
                    builder.AppendSource(literal.Text);
                    break;
                case ParameterPart parameter:
                    ExpandParameter(parameter, builder);
                    break;
                case CommandPart command:
                    Append(substitute(command.Commands), part.IsQuoted, builder);
                    break;
                case ArithmeticPart arithmetic:
                    Append(new Arithmetic(Text(arithmetic.Expression), state.Variables).Evaluate().ToString(), part.IsQuoted, builder);
                    break;
                default:
                    throw new InvalidOperationException($"a part of an unknown kind: {part}");
            }

            isStart = false;
        }
    }

    /// <summary><c>~</c> alone or before a slash; there is one user, so names are left as they are.</summary>
    private void ExpandTilde(string text, FieldBuilder builder, bool isWhole)
    {
        if ((text.Length == 1 ? isWhole : text[1] == '/') && state.Variables["HOME"] is { } home)
        {
            builder.AppendQuoted(home);
            builder.AppendSource(text[1..]);
        }
        else
        {
            builder.AppendSource(text);
        }
    }

    private static void Append(string text, bool isQuoted, FieldBuilder builder)
    {
        if (isQuoted)
        {
            builder.AppendQuoted(text);
        }
        else
        {
            builder.AppendExpanded(text);
        }
    }

    private void ExpandParameter(ParameterPart part, FieldBuilder builder)
    {
        string? value = Parameter(part.Name);
        bool isMissing = value is null || (value.Length == 0 && part.Operator.StartsWith(':'));
        switch (part.Operator.TrimStart(':'))
        {
            case "-" when isMissing:
                ExpandArgument(part, builder);
                break;
            case "+" when !isMissing:
                ExpandArgument(part, builder);
                break;
            case "+":
                Append("", part.IsQuoted, builder);
                break;
            case "=" when isMissing:
                Append(Assign(part), part.IsQuoted, builder);
                break;
            case "?" when isMissing:
                string reason = Text(part.Argument!);
                throw new ShellException($"{part.Name}: {(reason.Length > 0 ? reason : "parameter not set")}");
            case "length":
                Append(LengthOf(part.Name, value).ToString(), part.IsQuoted, builder);
                break;
            case "%" or "%%" or "#" or "##":
                Append(Strip(Required(part.Name, value), Pattern(part.Argument!), part.Operator), part.IsQuoted, builder);
                break;
            default:
                ExpandValue(part, value, builder);
                break;
        }
    }

    private void ExpandArgument(ParameterPart part, FieldBuilder builder)
    {
        if (part.IsQuoted)
        {
            builder.AppendQuoted("");
        }

        foreach (WordPart piece in part.Argument!.Parts)
        {
            // Unlike the text of a command, the text in an expansion is cut into fields.
            if (piece is LiteralPart { IsQuoted: false } literal)
            {
                Append(literal.Text, part.IsQuoted, builder);
            }
            else
            {
                Expand(new Word([piece]), builder, isStart: false);
            }
        }
    }

    private void ExpandValue(ParameterPart part, string? value, FieldBuilder builder)
    {
        if (part.Name == "@" || (part.Name == "*" && !part.IsQuoted))
        {
            for (int i = 0; i < state.Parameters.Count; i++)
            {
                if (i > 0)
                {
                    builder.Break();
                }

                Append(state.Parameters[i], part.IsQuoted, builder);
            }

            return;
        }

        Append(Required(part.Name, value), part.IsQuoted, builder);
    }

    private string Required(string name, string? value)
    {
        if (value is null && state.Options.HasFlag(ShellSwitches.RefuseUnset) && name is not ("@" or "*"))
        {
            throw new ShellException($"{name}: parameter not set");
        }

        return value ?? "";
    }

    private string Assign(ParameterPart part)
    {
        if (!Lexer.IsName(part.Name))
        {
            throw new ShellException($"${part.Name}: cannot assign in this way");
        }

        string value = Text(part.Argument!);
        state.Variables.Set(part.Name, value);
        return value;
    }

    private int LengthOf(string name, string? value) =>
        name is "@" or "*" ? state.Parameters.Count : Required(name, value).EnumerateRunes().Count();

    /// <summary>The value of a parameter; null for one that is not set.</summary>
    private string? Parameter(string name)
    {
        if (char.IsAsciiDigit(name[0]))
        {
            return int.TryParse(name, out int index) && index <= state.Parameters.Count ? index == 0 ? state.Name : state.Parameters[index - 1] : null;
        }

        return name switch
        {
            "?" => state.LastStatus.ToString(),
            "$" => state.Id.ToString(),
            "!" => state.LastBackground?.ToString(),
            "#" => state.Parameters.Count.ToString(),
            "-" => Letters(),
            "@" or "*" => state.Parameters.Count == 0 ? null : string.Join(Separators.Length == 0 ? "" : Separators[..1], state.Parameters),
            _ => state.Variables[name],
        };
    }

    private string Letters()
    {
        string letters = "";
        foreach ((char letter, ShellSwitches option) in ShellOptionLetters.All)
        {
            letters += state.Options.HasFlag(option) ? letter.ToString() : "";
        }

        return letters;
    }

    /// <summary>Takes the shortest or longest match of a pattern off an end of a text.</summary>
    private static string Strip(string text, string pattern, string operation)
    {
        bool isSuffix = operation[0] == '%';
        bool isLongest = operation.Length == 2;
        for (int i = 0; i <= text.Length; i++)
        {
            int length = isLongest ? text.Length - i : i;
            ReadOnlySpan<char> candidate = isSuffix ? text.AsSpan(text.Length - length) : text.AsSpan(0, length);
            if (ShellPattern.Matches(pattern, candidate))
            {
                return isSuffix ? text[..^length] : text[length..];
            }
        }

        return text;
    }
}
