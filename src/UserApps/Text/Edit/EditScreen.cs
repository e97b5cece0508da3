using System.Buffers;
using System.Text;

namespace KernelSockets.UserApps.Text.Edit;

/// <summary>Shows the text around the cursor, and a line about it at the bottom. Rows that stay as they are, are not sent again.</summary>
internal sealed class EditScreen(ITerminal terminal)
{
    private const int TabWidth = 8;

    private readonly int _rows = Math.Max(terminal.Rows - 1, 1);
    private readonly int _columns = Math.Max(terminal.Columns - 1, 1); // the last column would wrap
    private readonly string[] _shown = new string[Math.Max(terminal.Rows, 2)];
    private int _top;
    private int _left;

    /// <summary>Rows for text.</summary>
    public int Rows => _rows;

    /// <summary>Forgets what is on the screen, so that all is sent again.</summary>
    public void Forget() => Array.Clear(_shown);

    /// <summary>Shows the text and the line at the bottom.</summary>
    /// <param name="text">The text, with its cursor.</param>
    /// <param name="status">The line at the bottom.</param>
    /// <param name="isAsking">True to put the cursor behind that line.</param>
    public void Show(EditText text, string status, bool isAsking)
    {
        int cursor = Width(text[text.Row][..text.Column], 0);
        Scroll(text.Row, cursor);
        StringBuilder output = new();
        for (int i = 0; i < _rows; i++)
        {
            int row = _top + i;
            Put(output, i, row < text.Count ? Render(text[row]) : "~");
        }

        string line = status.Length > _columns ? status[.._columns] : status;
        Put(output, _rows, $"\e[7m{line.PadRight(_columns)}\e[0m");
        (int atRow, int atColumn) = isAsking ? (_rows, line.Length) : (text.Row - _top, cursor - _left);
        output.Append($"\e[{atRow + 1};{atColumn + 1}H");
        terminal.Write(Encoding.UTF8.GetBytes(output.ToString()));
    }

    private void Scroll(int row, int column)
    {
        _top = row < _top ? row : row >= _top + _rows ? row - _rows + 1 : _top;
        _left = column < _left ? Math.Max(column - (_columns / 2), 0) : column >= _left + _columns ? column - (_columns / 2) : _left;
    }

    private void Put(StringBuilder output, int row, string line)
    {
        if (_shown[row] != line)
        {
            _shown[row] = line;
            output.Append($"\e[{row + 1};1H{line}\e[K");
        }
    }

    /// <summary>The part of a line that is on the screen.</summary>
    private string Render(ReadOnlySpan<byte> line)
    {
        StringBuilder shown = new();
        int column = 0;
        while (!line.IsEmpty && column < _left + _columns)
        {
            string text = Show(line, column, out int width, out int length);
            if (column >= _left && column + width <= _left + _columns)
            {
                shown.Append(text);
            }
            else if (column + width > _left)
            {
                shown.Append(' ', Math.Min(column + width, _left + _columns) - Math.Max(column, _left)); // cut at an edge
            }

            column += width;
            line = line[length..];
        }

        return shown.ToString();
    }

    private static int Width(ReadOnlySpan<byte> line, int column)
    {
        while (!line.IsEmpty)
        {
            _ = Show(line, column, out int width, out int length);
            column += width;
            line = line[length..];
        }

        return column;
    }

    /// <summary>The first character as it is shown: tabs as blanks, what cannot be printed as a question mark.</summary>
    private static string Show(ReadOnlySpan<byte> line, int column, out int width, out int length)
    {
        length = EditText.LengthAt(line);
        if (line[0] == '\t')
        {
            width = TabWidth - (column % TabWidth);
            return new string(' ', width);
        }

        bool isPrintable = Rune.DecodeFromUtf8(line, out Rune rune, out _) == OperationStatus.Done && !Rune.IsControl(rune) && TextWidth.Of(rune) > 0;
        width = isPrintable ? TextWidth.Of(rune) : 1;
        return isPrintable ? rune.ToString() : "?";
    }
}
