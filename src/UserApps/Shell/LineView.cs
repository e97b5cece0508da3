using System.Runtime.InteropServices;
using System.Text;

namespace KernelSockets.UserApps;

/// <summary>
/// Keeps prompt and line on the screen: remembers what is shown and sends the least that turns it into what should be shown, so that a
/// character typed at the end costs just that character, and a line may wrap over several rows.
/// </summary>
/// <remarks>
/// Moves relatively, with BS, CR and the ECMA-48 cursor functions, hence works wherever the prompt stands and when the screen scrolls. A
/// row that
/// is full to the last column is left by writing a blank and a carriage return, since terminals wrap only when the next character comes.
/// </remarks>
internal sealed class LineView(ITerminal terminal)
{
    private const int FewColumns = 4;

    private readonly StringBuilder _output = new();
    private List<Rune> _shown = [];
    private List<Rune> _wanted = [];
    private int _startColumn;
    private (int Row, int Column) _cursor;

    /// <summary>Starts anew where the cursor is now: nothing is shown.</summary>
    /// <param name="startColumn">Column of the cursor, from 0.</param>
    public void Start(int startColumn)
    {
        _shown.Clear();
        _startColumn = startColumn;
        _cursor = (0, startColumn);
    }

    /// <summary>Shows prompt and line, the cursor in its place.</summary>
    /// <returns>What <see cref="ITerminal.Write"/> returned.</returns>
    public IoResult Show(string prompt, LineBuffer line)
    {
        Lay(prompt, line);
        ReadOnlySpan<Rune> shown = CollectionsMarshal.AsSpan(_shown);
        ReadOnlySpan<Rune> wanted = CollectionsMarshal.AsSpan(_wanted);
        int same = shown.CommonPrefixLength(wanted);
        if (same < shown.Length || same < wanted.Length)
        {
            MoveTo(PositionAfter(wanted, same));
            WriteRest(wanted, same);
            if (Cells(shown) > Cells(wanted))
            {
                _output.Append("\e[J");
            }
        }

        MoveTo(PositionAfter(wanted, wanted.Length - line.Length + line.Cursor));
        (_shown, _wanted) = (_wanted, _shown);
        return Flush();
    }

    /// <summary>Puts the cursor behind the line and goes to the next row.</summary>
    /// <param name="mark">What to print behind the line, for example <c>^C</c>.</param>
    public IoResult End(string mark)
    {
        MoveTo(PositionAfter(CollectionsMarshal.AsSpan(_shown), _shown.Count));
        _output.Append(mark);
        if (_cursor.Column > 0 || mark.Length > 0 || _shown.Count == 0)
        {
            _output.Append('\n');
        }

        Start(0);
        return Flush();
    }

    /// <summary>Clears the screen and starts anew at its top.</summary>
    public void Clear()
    {
        _output.Append("\e[H\e[2J");
        Start(0);
    }

    /// <summary>Tells whether prompt and line would fit on the screen with <paramref name="more"/> characters more.</summary>
    /// <remarks>Rows that have scrolled off cannot be redrawn, so a line may not grow beyond them.</remarks>
    public bool Fits(string prompt, LineBuffer line, int more)
    {
        Lay(prompt, line);
        int cells = Cells(CollectionsMarshal.AsSpan(_wanted)) + (2 * more);
        return cells < terminal.Columns * (terminal.Rows - 1);
    }

    private void Lay(string prompt, LineBuffer line)
    {
        _wanted.Clear();
        foreach (Rune rune in prompt.EnumerateRunes())
        {
            _wanted.Add(rune);
        }

        _wanted.AddRange(line.Runes);
    }

    private void WriteRest(ReadOnlySpan<Rune> text, int from)
    {
        foreach (Rune rune in text[from..])
        {
            int width = TextWidth.Of(rune);
            if (_cursor.Column + width > terminal.Columns)
            {
                // A wide character that does not fit leaves the last column as it was: what stood there must go.
                _output.Append(_cursor.Column < terminal.Columns ? "\e[K" : "");
                _cursor = (_cursor.Row + 1, 0);
            }

            _output.Append(rune.ToString());
            _cursor.Column += width;
        }

        if (_cursor.Column == terminal.Columns)
        {
            _output.Append(" \r");
            _cursor = (_cursor.Row + 1, 0);
        }
    }

    /// <summary>Where the cursor stands after the first <paramref name="count"/> characters, relative to the first row.</summary>
    private (int Row, int Column) PositionAfter(ReadOnlySpan<Rune> text, int count)
    {
        int row = 0;
        int column = _startColumn;
        foreach (Rune rune in text[..count])
        {
            int width = TextWidth.Of(rune);
            if (column + width > terminal.Columns)
            {
                row++;
                column = 0;
            }

            column += width;
        }

        return column == terminal.Columns ? (row + 1, 0) : (row, column);
    }

    /// <summary>Cells from the start of the first row to the end of the text.</summary>
    private int Cells(ReadOnlySpan<Rune> text)
    {
        (int row, int column) = PositionAfter(text, text.Length);
        return (row * terminal.Columns) + column;
    }

    private void MoveTo((int Row, int Column) target)
    {
        int down = target.Row - _cursor.Row;
        if (down != 0)
        {
            _output.Append("\e[").Append(Math.Abs(down)).Append(down < 0 ? 'A' : 'B');
        }

        MoveToColumn(target.Column);
        _cursor = target;
    }

    private void MoveToColumn(int column)
    {
        int right = column - _cursor.Column;
        if (right == 0)
        {
            return;
        }

        if (column == 0)
        {
            _output.Append('\r');
        }
        else if (right < 0 && -right <= FewColumns)
        {
            _output.Append('\b', -right);
        }
        else
        {
            _output.Append("\e[").Append(Math.Abs(right)).Append(right < 0 ? 'D' : 'C');
        }
    }

    private IoResult Flush()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(_output.ToString());
        _output.Clear();
        return bytes.Length == 0 ? IoResult.Ok(0) : terminal.Write(bytes);
    }
}
