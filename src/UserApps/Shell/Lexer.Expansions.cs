using System.Text;

namespace KernelSockets.UserApps;

/// <content>What starts with a dollar or a backquote, and here-documents (POSIX XCU §2.6, §2.7.4).</content>
internal sealed partial class Lexer
{
    private const string SpecialParameters = "?$#@*!-";

    private static readonly string[] s_parameterOperators = [":-", ":=", ":?", ":+", "-", "=", "?", "+", "%%", "%", "##", "#"];

    /// <summary>Reads what follows <c>${NAME-</c> up to its brace.</summary>
    private Word ReadBraceWord(bool isQuoted)
    {
        while (_position < _text.Length && !HasStopped)
        {
            char c = _text[_position];
            if (c == '}')
            {
                return TakeWord();
            }

            if (isQuoted && c != '"')
            {
                ReadQuotedPiece(escaped: "$`\"\\}\n");
            }
            else
            {
                ReadPiece(c);
            }
        }

        EndIncomplete();
        return Word.Empty;
    }

    /// <summary>Reads a whole text as within double quotes, where double quotes themselves are ordinary.</summary>
    private Word ReadQuotedText(string escaped)
    {
        while (_position < _text.Length && !HasStopped)
        {
            ReadQuotedPiece(escaped);
        }

        return TakeWord();
    }

    private void ReadExpansion(bool isQuoted)
    {
        if (Depth >= MaxDepth)
        {
            Fail("nested too deeply");
            return;
        }

        char next = At(1);
        if (_text[_position] == '`')
        {
            ReadBackquotes(isQuoted);
        }
        else if (next == '{')
        {
            AddPart(ReadBraces(isQuoted));
        }
        else if (next == '(')
        {
            ReadParentheses(isQuoted);
        }
        else if (IsNameStart(next))
        {
            _position++;
            AddPart(new ParameterPart(ReadName(), "", null, isQuoted));
        }
        else if (char.IsAsciiDigit(next) || SpecialParameters.Contains(next, StringComparison.Ordinal))
        {
            _position += 2;
            AddPart(new ParameterPart(next.ToString(), "", null, isQuoted));
        }
        else
        {
            Append('$', isQuoted);
            _position++;
        }
    }

    /// <summary>True for a letter or an underscore.</summary>
    internal static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c == '_';

    /// <summary>True for a name of a variable.</summary>
    internal static bool IsName(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (!IsNameStart(c) && !char.IsAsciiDigit(c))
            {
                return false;
            }
        }

        return text.Length > 0 && IsNameStart(text[0]);
    }

    private void AddPart(WordPart? part)
    {
        EndLiteral();
        if (part is not null)
        {
            _parts.Add(part);
        }
    }

    private string ReadName()
    {
        int start = _position;
        while (_position < _text.Length && (IsNameStart(_text[_position]) || char.IsAsciiDigit(_text[_position])))
        {
            _position++;
        }

        return _text[start.._position];
    }

    private string ReadParameterName()
    {
        char c = At(0);
        if (SpecialParameters.Contains(c, StringComparison.Ordinal))
        {
            _position++;
            return c.ToString();
        }

        int start = _position;
        while (char.IsAsciiDigit(At(0)))
        {
            _position++;
        }

        return _position > start ? _text[start.._position] : ReadName();
    }

    private ParameterPart? ReadBraces(bool isQuoted)
    {
        EndLiteral();
        int start = _position;
        _position += 2;
        bool isLength = At(0) == '#' && At(1) is not ('}' or '-' or '=' or '?' or '+' or '%' or ':');
        _position += isLength ? 1 : 0;
        string name = ReadParameterName();
        string operation = isLength ? "length" : Array.Find(s_parameterOperators, StartsHere) ?? "";
        Word? argument = null;
        if (!isLength && operation.Length > 0)
        {
            _position += operation.Length;
            Lexer inner = new(_text, _position, Depth + 1);
            argument = inner.ReadBraceWord(isQuoted && operation[0] is not ('%' or '#'));
            Follow(inner);
        }

        if (HasStopped)
        {
            return null;
        }

        if (_position == _text.Length)
        {
            EndIncomplete();
            return null;
        }

        if (name.Length == 0 || _text[_position] != '}')
        {
            Fail($"{_text[start..Math.Min(_position + 1, _text.Length)]}: bad substitution");
            return null;
        }

        _position++;
        return new ParameterPart(name, operation, argument, isQuoted);
    }

    private bool StartsHere(string candidate) => _text.AsSpan(_position).StartsWith(candidate);

    private void ReadParentheses(bool isQuoted)
    {
        EndLiteral();
        if (At(2) == '(' && TryReadArithmetic(isQuoted))
        {
            return;
        }

        Lexer inner = new(_text, _position + 2, Depth + 1);
        CommandLine commands = Parser.ParseSubstitution(inner);
        Follow(inner);
        AddPart(new CommandPart(commands, isQuoted));
    }

    /// <summary>Reads <c>$((…))</c>.</summary>
    /// <returns>False where the parentheses turn out to be those of commands: <c>$((a); b)</c>.</returns>
    private bool TryReadArithmetic(bool isQuoted)
    {
        int open = 0;
        int start = _position + 3;
        for (int i = start; i < _text.Length; i++)
        {
            if (_text[i] == '(')
            {
                open++;
            }
            else if (_text[i] == ')' && open-- == 0)
            {
                if (i + 1 < _text.Length && _text[i + 1] != ')')
                {
                    return false;
                }

                if (i + 1 == _text.Length)
                {
                    break;
                }

                Lexer inner = new(_text[start..i], 0, Depth + 1);
                AddPart(new ArithmeticPart(inner.ReadQuotedText("$`\\\n"), isQuoted));
                FollowErrors(inner);
                _position = i + 2;
                return true;
            }
        }

        EndIncomplete();
        return true;
    }

    private void ReadBackquotes(bool isQuoted)
    {
        EndLiteral();
        StringBuilder commands = new();
        int i = _position + 1;
        while (i < _text.Length && _text[i] != '`')
        {
            bool isEscape = _text[i] == '\\' && i + 1 < _text.Length
                && (_text[i + 1] is '$' or '`' or '\\' || (isQuoted && _text[i + 1] == '"'));
            i += isEscape ? 1 : 0;
            commands.Append(_text[i++]);
        }

        if (i >= _text.Length)
        {
            EndIncomplete();
            return;
        }

        Lexer inner = new(commands.ToString(), 0, Depth + 1);
        AddPart(new CommandPart(Parser.ParseAll(inner), isQuoted));
        FollowErrors(inner);
        _position = i + 1;
    }

    /// <summary>Goes on where another lexer over the same text has stopped.</summary>
    private void Follow(Lexer inner)
    {
        _position = inner._position;
        FollowErrors(inner);
    }

    private void FollowErrors(Lexer inner)
    {
        Error ??= inner.Error;
        IsIncomplete |= inner.IsIncomplete;
    }

    private void ReadHereDocuments()
    {
        foreach (HereDocument document in _pending)
        {
            ReadHereDocument(document);
        }

        _pending.Clear();
    }

    private void ReadHereDocument(HereDocument document)
    {
        StringBuilder text = new();
        while (_position < _text.Length)
        {
            int end = _text.IndexOf('\n', _position);
            end = end < 0 ? _text.Length : end;
            string line = _text[_position..end];
            line = document.StripsTabs ? line.TrimStart('\t') : line;
            _position = Math.Min(end + 1, _text.Length);
            if (line == document.Delimiter)
            {
                SetText(document, text.ToString());
                return;
            }

            text.Append(line).Append('\n');
        }

        EndIncomplete();
    }

    private void SetText(HereDocument document, string text)
    {
        if (document.IsLiteral)
        {
            document.Text = new Word([new LiteralPart(text, IsQuoted: true)]);
            return;
        }

        Lexer inner = new(text, 0, Depth + 1);
        document.Text = inner.ReadQuotedText("$`\\\n");
        FollowErrors(inner);
        if (inner.IsIncomplete)
        {
            Fail("syntax error: unexpected end of here-document");
        }
    }
}
