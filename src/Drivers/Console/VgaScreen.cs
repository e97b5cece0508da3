using System.Text;

namespace KernelSockets.Drivers.Console;

/// <summary>
/// A terminal emulator on a screen of character cells: what VT100, the Linux console and xterm have in common (ECMA-48; xterm's ctlseqs),
/// in 16
/// colours and code page 437.
/// </summary>
/// <remarks>
/// Called by the console with everything written, under its output lock; not thread-safe itself. Any byte sequence is fine. A character in
/// the
/// last column leaves the cursor there until the next one wraps, as in xterm. Allocates nothing after construction, apart from replies.
/// </remarks>
public sealed class VgaScreen : IEscapeHandler
{
    private const int TabWidth = 8;

    private readonly TextFrameBuffer _device;
    private readonly ScreenGrid _grid;
    private readonly EscapeParser _parser;
    private readonly bool[] _tabStops;
    private TextAttributes _attributes = TextAttributes.Default;
    private Saved _saved = Saved.Initial;
    private Saved _beforeAlternate = Saved.Initial;
    private int _row;
    private int _column;
    private bool _isWrapDue;
    private int _top;
    private int _bottom;
    private bool _isInserting;
    private bool _isOrigin;
    private bool _isAlternate;
    private bool _isShifted;
    private bool _isGraphics0;
    private bool _isGraphics1;
    private Rune _lastPrinted = new(' ');

    /// <summary>Clears the screen.</summary>
    /// <param name="device">The cells.</param>
    public VgaScreen(TextFrameBuffer device)
    {
        ArgumentNullException.ThrowIfNull(device);
        _device = device;
        _grid = new ScreenGrid(device, TextAttributes.Default.Blank());
        _parser = new EscapeParser(this);
        _tabStops = new bool[device.Columns];
        Reset();
        Flush();
    }

    /// <summary>Gets, while it is being written to, what the terminal answers (cursor position, device attributes), as if it had been
    /// typed; null for a screen that never
    /// answers.</summary>
    public Action<byte[]>? Reply { get; set; }

    /// <summary>Row of the cursor, from 0.</summary>
    public int CursorRow => _row;

    /// <summary>Column of the cursor, from 0.</summary>
    public int CursorColumn => _column;

    /// <summary>True while the cursor is shown.</summary>
    public bool IsCursorVisible { get; private set; }

    /// <summary>True while cursor keys should send ESC O A instead of ESC [ A (DECCKM); for
    /// <see cref="Ps2Keyboard.IsApplicationMode"/>.</summary>
    public bool IsApplicationMode { get; private set; }

    private bool IsWrapping { get; set; }

    private int LastColumn => _grid.Columns - 1;

    /// <summary>Shows bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        _parser.Parse(bytes);
        Flush();
    }

    void IEscapeHandler.Print(Rune rune)
    {
        if (_isShifted ? _isGraphics1 : _isGraphics0)
        {
            rune = LineDrawing.Translate(rune);
        }

        _lastPrinted = rune;
        Print(rune);
    }

    void IEscapeHandler.Execute(byte control)
    {
        switch (control)
        {
            case (byte)'\b':
                MoveTo(_row, _column - 1);
                break;
            case (byte)'\t':
                Tab(1);
                break;
            case (byte)'\n' or (byte)'\v' or (byte)'\f':
                LineFeed();
                break;
            case (byte)'\r':
                MoveTo(_row, 0);
                break;
            case 0x0E or 0x0F:
                _isShifted = control == 0x0E;
                break;
            default:
                break;
        }
    }

    void IEscapeHandler.Escape(byte intermediate, byte final)
    {
        switch ((char)intermediate, (char)final)
        {
            case ('\0', _):
                SimpleEscape((char)final);
                break;
            case ('(', _):
                _isGraphics0 = final == '0';
                break;
            case (')', _):
                _isGraphics1 = final == '0';
                break;
            case ('#', '8'):
                FillForAlignment();
                break;
            default:
                break;
        }
    }

    void IEscapeHandler.Control(byte prefix, ReadOnlySpan<int> parameters, byte intermediate, byte final)
    {
        if (intermediate != 0)
        {
            return;
        }

        if (prefix == 0)
        {
            Control(parameters, (char)final);
        }
        else if (prefix == '?' && final is (byte)'h' or (byte)'l')
        {
            foreach (int mode in parameters)
            {
                SetPrivateMode(mode, final == 'h');
            }
        }
    }

    private void Control(ReadOnlySpan<int> parameters, char final)
    {
        int first = parameters[0];
        int second = parameters.Length > 1 ? parameters[1] : 0;
        switch (final)
        {
            case 'm':
                _attributes.Apply(parameters);
                break;
            case 'H' or 'f':
                MoveToOrigin(Count(first) - 1, Count(second) - 1);
                break;
            case 'r':
                SetScrollRegion(Count(first) - 1, second > 0 ? second : _grid.Rows);
                break;
            case 'h' or 'l':
                _isInserting = parameters.Contains(4) ? final == 'h' : _isInserting;
                break;
            default:
                if (!TryMove(final, Count(first)) && !TryEdit(final, Count(first)))
                {
                    Other(final, first);
                }

                break;
        }
    }

    private static int Count(int parameter) => Math.Max(1, parameter);

    private void Flush()
    {
        _grid.Flush();
        _device.SetCursor(_row, _column, IsCursorVisible);
    }

    private void Print(Rune rune)
    {
        int width = Math.Min(TextWidth.Of(rune), _grid.Columns);
        if (width == 0)
        {
            return;
        }

        if (IsWrapping && (_isWrapDue || _column + width > _grid.Columns))
        {
            MoveTo(_row, 0);
            LineFeed();
        }

        _column = Math.Min(_column, _grid.Columns - width);
        if (_isInserting)
        {
            _grid.InsertCells(_row, _column, width, _attributes.Blank());
        }

        _grid[_row, _column] = _attributes.Cell(CodePage437.FromRune(rune));
        if (width == 2)
        {
            _grid[_row, _column + 1] = _attributes.Cell((byte)' ');
        }

        _isWrapDue = _column + width > LastColumn;
        _column = Math.Min(_column + width, LastColumn);
    }

    private void MoveTo(int row, int column)
    {
        _row = Math.Clamp(row, 0, _grid.Rows - 1);
        _column = Math.Clamp(column, 0, LastColumn);
        _isWrapDue = false;
    }

    private void MoveToOrigin(int row, int column)
    {
        if (_isOrigin)
        {
            row = Math.Clamp(row + _top, _top, _bottom - 1);
        }

        MoveTo(row, column);
    }

    /// <summary>Moves up or down, not across the edge of the scroll region that is in the way.</summary>
    private void MoveRows(int count, int column)
    {
        int row = Math.Clamp(_row + count, 0, _grid.Rows - 1);
        if (count < 0 && _row >= _top)
        {
            row = Math.Max(row, _top);
        }
        else if (count > 0 && _row < _bottom)
        {
            row = Math.Min(row, _bottom - 1);
        }

        MoveTo(row, column);
    }

    private void LineFeed()
    {
        if (_row == _bottom - 1)
        {
            _grid.ScrollUp(_top, _bottom, 1, _attributes.Blank());
        }
        else
        {
            MoveTo(_row + 1, _column);
        }

        _isWrapDue = false;
    }

    private void ReverseLineFeed()
    {
        if (_row == _top)
        {
            _grid.ScrollDown(_top, _bottom, 1, _attributes.Blank());
        }
        else
        {
            MoveTo(_row - 1, _column);
        }
    }

    private void Tab(int count)
    {
        int column = _column;
        for (; count > 0 && column < LastColumn; count--)
        {
            do
            {
                column++;
            }
            while (column < LastColumn && !_tabStops[column]);
        }

        MoveTo(_row, column);
    }

    private void BackTab(int count)
    {
        int column = _column;
        for (; count > 0 && column > 0; count--)
        {
            do
            {
                column--;
            }
            while (column > 0 && !_tabStops[column]);
        }

        MoveTo(_row, column);
    }

    private void SimpleEscape(char final)
    {
        switch (final)
        {
            case '7':
                _saved = Save();
                break;
            case '8':
                Restore(_saved);
                break;
            case 'D':
                LineFeed();
                break;
            case 'E':
                MoveTo(_row, 0);
                LineFeed();
                break;
            case 'H':
                _tabStops[_column] = true;
                break;
            case 'M':
                ReverseLineFeed();
                break;
            case 'c':
                Reset();
                break;
            default:
                break;
        }
    }

    private bool TryMove(char final, int count)
    {
        switch (final)
        {
            case 'A':
                MoveRows(-count, _column);
                return true;
            case 'B' or 'e':
                MoveRows(count, _column);
                return true;
            case 'C' or 'a':
                MoveTo(_row, _column + count);
                return true;
            case 'D':
                MoveTo(_row, _column - count);
                return true;
            case 'E':
                MoveRows(count, 0);
                return true;
            case 'F':
                MoveRows(-count, 0);
                return true;
            case 'G' or '`':
                MoveTo(_row, count - 1);
                return true;
            case 'd':
                MoveToOrigin(count - 1, _column);
                return true;
            case 'I':
                Tab(count);
                return true;
            case 'Z':
                BackTab(count);
                return true;
            default:
                return false;
        }
    }

    private bool TryEdit(char final, int count)
    {
        ushort blank = _attributes.Blank();
        switch (final)
        {
            case '@':
                _grid.InsertCells(_row, _column, count, blank);
                break;
            case 'P':
                _grid.DeleteCells(_row, _column, count, blank);
                break;
            case 'X':
                _grid.Fill(Here, Here + Math.Min(count, _grid.Columns - _column), blank);
                break;
            case 'L' when IsInRegion:
                _grid.ScrollDown(_row, _bottom, count, blank);
                MoveTo(_row, 0);
                break;
            case 'M' when IsInRegion:
                _grid.ScrollUp(_row, _bottom, count, blank);
                MoveTo(_row, 0);
                break;
            case 'S':
                _grid.ScrollUp(_top, _bottom, count, blank);
                break;
            case 'T':
                _grid.ScrollDown(_top, _bottom, count, blank);
                break;
            default:
                return false;
        }

        _isWrapDue = false;
        return true;
    }

    private int Here => (_row * _grid.Columns) + _column;

    private bool IsInRegion => _row >= _top && _row < _bottom;

    private void Other(char final, int parameter)
    {
        switch (final)
        {
            case 'J':
                EraseDisplay(parameter);
                break;
            case 'K':
                EraseLine(parameter);
                break;
            case 'b':
                for (int i = Math.Min(Count(parameter), _grid.Columns * _grid.Rows); i > 0; i--)
                {
                    Print(_lastPrinted);
                }

                break;
            case 'c' when parameter == 0:
                Send("\e[?6c");
                break;
            case 'g':
                ClearTabs(parameter);
                break;
            case 'n':
                Report(parameter);
                break;
            case 's':
                _saved = Save();
                break;
            case 'u':
                Restore(_saved);
                break;
            default:
                break;
        }
    }

    private void EraseDisplay(int part)
    {
        int end = _grid.Columns * _grid.Rows;
        (int from, int to) = part switch
        {
            0 => (Here, end),
            1 => (0, Here + 1),
            2 => (0, end),
            _ => (0, 0),
        };
        _grid.Fill(from, to, _attributes.Blank());
        _isWrapDue = false;
    }

    private void EraseLine(int part)
    {
        int start = _row * _grid.Columns;
        (int from, int to) = part switch
        {
            0 => (Here, start + _grid.Columns),
            1 => (start, Here + 1),
            2 => (start, start + _grid.Columns),
            _ => (0, 0),
        };
        _grid.Fill(from, to, _attributes.Blank());
        _isWrapDue = false;
    }

    private void ClearTabs(int which)
    {
        if (which == 0)
        {
            _tabStops[_column] = false;
        }
        else if (which == 3)
        {
            Array.Clear(_tabStops);
        }
    }

    private void Report(int what)
    {
        if (what == 5)
        {
            Send("\e[0n");
        }
        else if (what == 6)
        {
            int row = _isOrigin ? _row - _top : _row;
            Send($"\e[{row + 1};{_column + 1}R");
        }
    }

    private void Send(string text) => Reply?.Invoke(Encoding.ASCII.GetBytes(text));

    private void SetScrollRegion(int top, int bottom)
    {
        bottom = Math.Min(bottom, _grid.Rows);
        if (bottom - top < 2)
        {
            return;
        }

        _top = top;
        _bottom = bottom;
        MoveToOrigin(0, 0);
    }

    private void SetPrivateMode(int mode, bool isOn)
    {
        switch (mode)
        {
            case 1:
                IsApplicationMode = isOn;
                break;
            case 6:
                _isOrigin = isOn;
                MoveToOrigin(0, 0);
                break;
            case 7:
                IsWrapping = isOn;
                break;
            case 25:
                IsCursorVisible = isOn;
                break;
            case 47 or 1047 or 1049:
                UseAlternate(isOn);
                break;
            default:
                break;
        }
    }

    /// <summary>The second screen of full-screen programs; the first one comes back as it was.</summary>
    private void UseAlternate(bool isOn)
    {
        if (_isAlternate == isOn)
        {
            return;
        }

        _isAlternate = isOn;
        _grid.Swap();
        if (isOn)
        {
            _beforeAlternate = Save();
            EraseDisplay(2);
        }
        else
        {
            Restore(_beforeAlternate);
        }
    }

    private void FillForAlignment()
    {
        _grid.Fill(0, _grid.Columns * _grid.Rows, TextAttributes.Default.Cell((byte)'E'));
        MoveTo(0, 0);
    }

    private void Reset()
    {
        UseAlternate(false);
        _attributes = TextAttributes.Default;
        _saved = Saved.Initial;
        _top = 0;
        _bottom = _grid.Rows;
        _isInserting = false;
        _isOrigin = false;
        _isShifted = false;
        _isGraphics0 = false;
        _isGraphics1 = false;
        IsWrapping = true;
        IsCursorVisible = true;
        IsApplicationMode = false;
        for (int i = 0; i < _tabStops.Length; i++)
        {
            _tabStops[i] = i > 0 && i % TabWidth == 0;
        }

        MoveTo(0, 0);
        EraseDisplay(2);
    }

    private Saved Save() => new(_row, _column, _isWrapDue, _isOrigin, _isShifted, _isGraphics0, _isGraphics1, _attributes);

    private void Restore(Saved saved)
    {
        MoveTo(saved.Row, saved.Column);
        _isWrapDue = saved.IsWrapDue;
        _isOrigin = saved.IsOrigin;
        _isShifted = saved.IsShifted;
        _isGraphics0 = saved.IsGraphics0;
        _isGraphics1 = saved.IsGraphics1;
        _attributes = saved.Attributes;
    }

    /// <summary>What DECSC saves.</summary>
    private readonly record struct Saved(
        int Row, int Column, bool IsWrapDue, bool IsOrigin, bool IsShifted, bool IsGraphics0, bool IsGraphics1, TextAttributes Attributes)
    {
        public static Saved Initial => new(0, 0, false, false, false, false, false, TextAttributes.Default);
    }
}
