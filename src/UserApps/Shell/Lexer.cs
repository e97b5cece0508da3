using System.Text;

namespace KernelSockets.UserApps;

/// <summary>Cuts the shell's text into words and operators, and takes the quotes off (POSIX XCU §2.2, §2.3).</summary>
/// <remarks>Throws nothing: what it cannot read it reports through <see cref="Error"/> or <see cref="IsIncomplete"/>, and then returns the
/// end.</remarks>
internal sealed partial class Lexer
{
    /// <summary>Commands within commands; the bound keeps the parser's stack small.</summary>
    public const int MaxDepth = 100;

    private static readonly string[] s_longOperators = ["&&", "||", ";;", "<<-", ">>", "<<", "<&", ">&", "<>", ">|"];

    private readonly string _text;
    private readonly List<WordPart> _parts = [];
    private readonly StringBuilder _literal = new();
    private readonly List<HereDocument> _pending = [];
    private bool _isLiteralQuoted;
    private int _position;

    /// <summary>Starts at a place in a text.</summary>
    /// <param name="text">All of it.</param>
    /// <param name="position">Where to start.</param>
    /// <param name="depth">In how many commands the place is.</param>
    public Lexer(string text, int position = 0, int depth = 0)
    {
        _text = text;
        _position = position;
        Depth = depth;
    }

    private static ReadOnlySpan<char> Blanks => " \t\r";

    private static ReadOnlySpan<char> OperatorCharacters => ";&|<>()\n";

    /// <summary>What is wrong; null for nothing.</summary>
    public string? Error { get; private set; }

    /// <summary>True when the text ends within quotes or after a backslash: more lines may complete it.</summary>
    public bool IsIncomplete { get; private set; }

    /// <summary>In how many commands the present place is; the parser counts it, too.</summary>
    public int Depth { get; set; }

    /// <summary>All of the text.</summary>
    public string Text => _text;

    private bool HasStopped => Error is not null || IsIncomplete;

    /// <summary>Reports that a text is wrong.</summary>
    public void Fail(string message) => Error ??= message;

    /// <summary>Has the lines after the present one read as a here-document.</summary>
    public void Expect(HereDocument document) => _pending.Add(document);

    /// <summary>Reads the next token.</summary>
    public Token Next()
    {
        SkipBlanks();
        if (_position == _text.Length || HasStopped)
        {
            IsIncomplete |= _pending.Count > 0;
            return End();
        }

        int start = _position;
        if (OperatorCharacters.Contains(_text[_position]))
        {
            string found = ReadOperator();
            return HasStopped ? End() : new Token(TokenKind.Operator, found, null, start, _position);
        }

        if (TryReadDescriptor())
        {
            return new Token(TokenKind.Descriptor, _text[start.._position], null, start, _position);
        }

        Word word = ReadWord();
        return HasStopped ? End() : new Token(TokenKind.Word, _text[start.._position], word, start, _position);
    }

    private Token End() => new(TokenKind.End, "", null, _position, _position);

    private char At(int offset) => _position + offset < _text.Length ? _text[_position + offset] : '\0';

    private void SkipBlanks()
    {
        while (_position < _text.Length)
        {
            if (Blanks.Contains(_text[_position]))
            {
                _position++;
            }
            else if (_text[_position] == '\\' && At(1) == '\n')
            {
                _position += 2;
            }
            else if (_text[_position] == '#')
            {
                int end = _text.IndexOf('\n', _position);
                _position = end < 0 ? _text.Length : end;
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
            if (_text.AsSpan(_position).StartsWith(candidate))
            {
                _position += candidate.Length;
                return candidate;
            }
        }

        string found = _text[_position++].ToString();
        if (found == "\n")
        {
            ReadHereDocuments();
        }

        return found;
    }

    private bool TryReadDescriptor()
    {
        int end = _position;
        while (end < _text.Length && char.IsAsciiDigit(_text[end]))
        {
            end++;
        }

        if (end == _position || end == _text.Length || _text[end] is not ('<' or '>'))
        {
            return false;
        }

        _position = end;
        return true;
    }

    private Word ReadWord()
    {
        while (_position < _text.Length && !HasStopped)
        {
            char c = _text[_position];
            if (Blanks.Contains(c) || OperatorCharacters.Contains(c))
            {
                break;
            }

            ReadPiece(c);
        }

        return TakeWord();
    }

    private Word TakeWord()
    {
        EndLiteral();
        Word word = new([.. _parts]);
        _parts.Clear();
        return word;
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
                ReadExpansion(isQuoted: false);
                break;
            default:
                Append(c, isQuoted: false);
                _position++;
                break;
        }
    }

    private void ReadSingleQuotes()
    {
        int end = _text.IndexOf('\'', _position + 1);
        if (end < 0)
        {
            EndIncomplete();
            return;
        }

        EndLiteral();
        _parts.Add(new LiteralPart(_text[(_position + 1)..end], IsQuoted: true));
        _position = end + 1;
    }

    private void ReadDoubleQuotes()
    {
        _position++;
        EndLiteral();
        int before = _parts.Count;
        while (_position < _text.Length && !HasStopped)
        {
            if (_text[_position] == '"')
            {
                _position++;
                EndLiteral();
                AddEmptyQuotes(before);
                return;
            }

            ReadQuotedPiece(escaped: "$`\"\\\n");
        }

        EndIncomplete();
    }

    /// <summary>Reads a character, an escape or an expansion within double quotes or what is like them.</summary>
    /// <param name="escaped">What a backslash makes ordinary there.</param>
    private void ReadQuotedPiece(string escaped)
    {
        char c = _text[_position];
        if (c == '\\' && _position + 1 < _text.Length && escaped.Contains(_text[_position + 1], StringComparison.Ordinal))
        {
            AppendEscaped();
        }
        else if (c is '$' or '`')
        {
            ReadExpansion(isQuoted: true);
        }
        else
        {
            Append(c, isQuoted: true);
            _position++;
        }
    }

    private void ReadBackslash()
    {
        if (_position + 1 == _text.Length)
        {
            EndIncomplete();
            return;
        }

        AppendEscaped();
    }

    /// <summary>Takes the character after a backslash; a newline there joins two lines.</summary>
    private void AppendEscaped()
    {
        char c = _text[_position + 1];
        _position += 2;
        if (c != '\n')
        {
            Append(c, isQuoted: true);
        }
    }

    private void Append(char c, bool isQuoted)
    {
        if (_isLiteralQuoted != isQuoted)
        {
            EndLiteral();
            _isLiteralQuoted = isQuoted;
        }

        _literal.Append(c);
    }

    private void EndLiteral()
    {
        if (_literal.Length > 0)
        {
            _parts.Add(new LiteralPart(_literal.ToString(), _isLiteralQuoted));
            _literal.Clear();
        }
    }

    /// <summary>A pair of quotes with nothing between is an argument, too.</summary>
    private void AddEmptyQuotes(int partsBefore)
    {
        if (_parts.Count == partsBefore)
        {
            _parts.Add(new LiteralPart("", IsQuoted: true));
        }
    }

    /// <summary>Reports that the text ends too early.</summary>
    public void EndIncomplete()
    {
        IsIncomplete = true;
        _position = _text.Length;
    }
}
