using System.Text;

namespace KernelSockets.UserApps;

/// <summary>Cuts the shell's text into words and operators, and takes the quotes off (POSIX XCU §2.2, §2.3).</summary>
/// <remarks>Throws nothing: what it cannot read it reports through <see cref="Error"/> or <see cref="IsIncomplete"/>, and then returns the
/// end.</remarks>
internal sealed class Lexer(string text)
{
    private static readonly string[] s_longOperators = ["&&", "||", ";;", ">>", "<<", "<&", ">&", "<>", ">|"];

    private static ReadOnlySpan<char> Blanks => " \t\r";

    private static ReadOnlySpan<char> OperatorCharacters => ";&|<>()\n";

    private readonly List<WordPart> _parts = [];
    private readonly StringBuilder _literal = new();
    private int _position;

    /// <summary>What is wrong; null for nothing.</summary>
    public string? Error { get; private set; }

    /// <summary>True when the text ends within quotes or after a backslash: more lines may complete it.</summary>
    public bool IsIncomplete { get; private set; }

    /// <summary>Reads the next token.</summary>
    public Token Next()
    {
        SkipBlanks();
        if (_position == text.Length || Error is not null)
        {
            return new Token(TokenKind.End, "", null, _position, _position);
        }

        int start = _position;
        if (OperatorCharacters.Contains(text[_position]))
        {
            string found = ReadOperator();
            return new Token(TokenKind.Operator, found, null, start, _position);
        }

        Word word = ReadWord();
        return Error is null && !IsIncomplete
            ? new Token(TokenKind.Word, text[start.._position], word, start, _position)
            : new Token(TokenKind.End, "", null, _position, _position);
    }

    private void SkipBlanks()
    {
        while (_position < text.Length)
        {
            if (Blanks.Contains(text[_position]))
            {
                _position++;
            }
            else if (text[_position] == '\\' && _position + 1 < text.Length && text[_position + 1] == '\n')
            {
                _position += 2;
            }
            else if (text[_position] == '#')
            {
                int end = text.IndexOf('\n', _position);
                _position = end < 0 ? text.Length : end;
            }
            else
            {
                return;
            }
        }
    }

    private string ReadOperator()
    {
        foreach (string candidate in s_longOperators)
        {
            if (text.AsSpan(_position).StartsWith(candidate))
            {
                _position += candidate.Length;
                return candidate;
            }
        }

        return text[_position++].ToString();
    }

    private Word ReadWord()
    {
        _parts.Clear();
        _literal.Clear();
        while (_position < text.Length && Error is null && !IsIncomplete)
        {
            char c = text[_position];
            if (Blanks.Contains(c) || OperatorCharacters.Contains(c))
            {
                break;
            }

            ReadPiece(c);
        }

        EndLiteral();
        return new Word(_parts.Count == 0 ? [new WordPart(WordPartKind.Literal, "")] : [.. _parts]);
    }

    private void ReadPiece(char c)
    {
        switch (c)
        {
            case '\'':
                ReadSingleQuotes();
                break;
            case '"':
                ReadDoubleQuotes();
                break;
            case '\\':
                ReadBackslash();
                break;
            case '$' or '`':
                ReadExpansion(c);
                break;
            default:
                _literal.Append(c);
                _position++;
                break;
        }
    }

    private void ReadSingleQuotes()
    {
        int end = text.IndexOf('\'', _position + 1);
        if (end < 0)
        {
            EndIncomplete();
            return;
        }

        _literal.Append(text, _position + 1, end - _position - 1);
        _position = end + 1;
    }

    private void ReadDoubleQuotes()
    {
        _position++;
        while (_position < text.Length && Error is null)
        {
            char c = text[_position];
            switch (c)
            {
                case '"':
                    _position++;
                    return;
                case '\\' when _position + 1 < text.Length && "$`\"\\\n".Contains(text[_position + 1], StringComparison.Ordinal):
                    AppendEscaped();
                    break;
                case '$' or '`':
                    ReadExpansion(c);
                    break;
                default:
                    _literal.Append(c);
                    _position++;
                    break;
            }
        }

        EndIncomplete();
    }

    private void ReadBackslash()
    {
        if (_position + 1 == text.Length)
        {
            EndIncomplete();
            return;
        }

        AppendEscaped();
    }

    /// <summary>Takes the character after a backslash; a newline there joins two lines.</summary>
    private void AppendEscaped()
    {
        if (text[_position + 1] != '\n')
        {
            _literal.Append(text[_position + 1]);
        }

        _position += 2;
    }

    private void ReadExpansion(char c)
    {
        char next = _position + 1 < text.Length ? text[_position + 1] : ' ';
        if (c == '$' && next == '?')
        {
            EndLiteral();
            _parts.Add(new WordPart(WordPartKind.LastStatus, ""));
            _position += 2;
        }
        else if (c == '`' || next == '(')
        {
            Error = "command substitution is not supported yet";
        }
        else if (char.IsAsciiLetterOrDigit(next) || "_{#@*!-$".Contains(next, StringComparison.Ordinal))
        {
            Error = $"${next}: variables are not supported yet";
        }
        else
        {
            _literal.Append(c);
            _position++;
        }
    }

    private void EndLiteral()
    {
        if (_literal.Length > 0)
        {
            _parts.Add(new WordPart(WordPartKind.Literal, _literal.ToString()));
            _literal.Clear();
        }
    }

    private void EndIncomplete()
    {
        IsIncomplete = true;
        _position = text.Length;
    }
}
