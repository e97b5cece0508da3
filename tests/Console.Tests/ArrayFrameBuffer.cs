using System.Text;

namespace KernelSockets.Drivers.Console.Tests;

/// <summary>A screen in an array, which can be read as text; it checks every access.</summary>
internal sealed class ArrayFrameBuffer(int columns = 80, int rows = 25) : TextFrameBuffer
{
    private readonly ushort[] _cells = new ushort[columns * rows];

    public override int Columns => columns;

    public override int Rows => rows;

    public int CursorRow { get; private set; }

    public int CursorColumn { get; private set; }

    public bool IsCursorVisible { get; private set; }

    public int Writes { get; private set; }

    public override void Write(int index, ushort cell)
    {
        _cells[index] = cell;
        Writes++;
    }

    public override void SetCursor(int row, int column, bool visible)
    {
        Assert.InRange(row, 0, rows - 1);
        Assert.InRange(column, 0, columns - 1);
        CursorRow = row;
        CursorColumn = column;
        IsCursorVisible = visible;
    }

    public byte AttributeAt(int row, int column) => (byte)(_cells[(row * columns) + column] >> 8);

    /// <summary>A row as a person reads it, blanks at the end cut.</summary>
    public string Row(int row)
    {
        var text = new StringBuilder();
        for (int column = 0; column < columns; column++)
        {
            text.Append(CodePage437.ToChar((byte)_cells[(row * columns) + column]));
        }

        return text.ToString().TrimEnd(' ');
    }

    /// <summary>All rows, empty ones at the end cut.</summary>
    public string Text()
    {
        var lines = new List<string>();
        for (int row = 0; row < rows; row++)
        {
            lines.Add(Row(row));
        }

        return string.Join('\n', lines).TrimEnd('\n');
    }
}
