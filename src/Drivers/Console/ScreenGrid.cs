namespace KernelSockets.Drivers.Console;

/// <summary>
/// The cells of a screen in ordinary memory, and the block moves on them. Changes reach the device in one go, and only cells that differ:
/// device
/// memory is slow, and a burst of lines scrolls it once instead of once a line.
/// </summary>
/// <remarks>Not thread-safe. Rows and columns count from 0; ranges are [from, to). Allocates nothing after construction.</remarks>
internal sealed class ScreenGrid
{
    private readonly TextFrameBuffer _device;
    private readonly ushort[] _shown;
    private ushort[] _cells;
    private ushort[] _other;

    /// <summary>A blank screen; the device is overwritten at the first <see cref="Flush"/>.</summary>
    public ScreenGrid(TextFrameBuffer device, ushort blank)
    {
        _device = device;
        Columns = device.Columns;
        Rows = device.Rows;
        _cells = new ushort[Columns * Rows];
        _other = new ushort[_cells.Length];
        _shown = new ushort[_cells.Length];
        Array.Fill(_cells, blank);
        Array.Fill(_shown, (ushort)~blank);
    }

    /// <summary>Cells in a row.</summary>
    public int Columns { get; }

    /// <summary>Rows.</summary>
    public int Rows { get; }

    /// <summary>One cell.</summary>
    public ref ushort this[int row, int column] => ref _cells[(row * Columns) + column];

    /// <summary>Fills cells, counted from the upper left corner.</summary>
    public void Fill(int from, int to, ushort cell) => _cells.AsSpan(from..to).Fill(cell);

    /// <summary>Moves rows up; the lowest of the range become blank.</summary>
    public void ScrollUp(int top, int bottom, int count, ushort blank)
    {
        count = Math.Min(count, bottom - top);
        Span<ushort> area = Area(top, bottom);
        area[(count * Columns)..].CopyTo(area);
        area[^(count * Columns)..].Fill(blank);
    }

    /// <summary>Moves rows down; the uppermost of the range become blank.</summary>
    public void ScrollDown(int top, int bottom, int count, ushort blank)
    {
        count = Math.Min(count, bottom - top);
        Span<ushort> area = Area(top, bottom);
        area[..^(count * Columns)].CopyTo(area[(count * Columns)..]);
        area[..(count * Columns)].Fill(blank);
    }

    /// <summary>Moves the rest of a row to the right; what leaves the row is lost.</summary>
    public void InsertCells(int row, int column, int count, ushort blank)
    {
        Span<ushort> rest = Area(row, row + 1)[column..];
        count = Math.Min(count, rest.Length);
        rest[..^count].CopyTo(rest[count..]);
        rest[..count].Fill(blank);
    }

    /// <summary>Moves the rest of a row to the left.</summary>
    public void DeleteCells(int row, int column, int count, ushort blank)
    {
        Span<ushort> rest = Area(row, row + 1)[column..];
        count = Math.Min(count, rest.Length);
        rest[count..].CopyTo(rest);
        rest[^count..].Fill(blank);
    }

    /// <summary>Exchanges the screen for the one kept aside.</summary>
    public void Swap() => (_cells, _other) = (_other, _cells);

    /// <summary>Shows what has changed.</summary>
    public void Flush()
    {
        for (int i = 0; i < _cells.Length; i++)
        {
            if (_cells[i] != _shown[i])
            {
                _shown[i] = _cells[i];
                _device.Write(i, _cells[i]);
            }
        }
    }

    private Span<ushort> Area(int top, int bottom) => _cells.AsSpan((top * Columns)..(bottom * Columns));
}
