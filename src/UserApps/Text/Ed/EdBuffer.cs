namespace KernelSockets.UserApps.Text.Ed;

/// <summary>A line; marks and global commands know it by its identity, wherever it moves.</summary>
/// <param name="text">Without a newline.</param>
internal sealed class EdLine(byte[] text)
{
    /// <summary>Without a newline.</summary>
    public byte[] Text => text;
}

/// <summary>The lines that are edited, by number from 1, the current one, the marks, and what u goes back to.</summary>
internal sealed class EdBuffer
{
    private readonly Dictionary<byte, EdLine> _marks = [];
    private List<EdLine> _lines = [];
    private Snapshot? _undo;
    private long _version;

    /// <summary>Number of the last line.</summary>
    public int Last => _lines.Count;

    /// <summary>Number of the current line; 0 before the first.</summary>
    public int Current { get; set; }

    /// <summary>True with changes that no file has.</summary>
    public bool IsModified { get; set; }

    /// <summary>A line.</summary>
    public EdLine this[int number] => _lines[number - 1];

    /// <summary>Remembers everything as it is before a command.</summary>
    public Snapshot Remember() => new([.. _lines], Current, IsModified, _version);

    /// <summary>After the command: what was remembered is what <see cref="Undo"/> goes back to, if anything has changed since.</summary>
    public void KeepForUndo(Snapshot before) => _undo = before.Version == _version ? _undo : before;

    /// <summary>Goes back to what was last remembered; once more brings the changes back.</summary>
    /// <exception cref="EdException">Nothing was changed.</exception>
    public void Undo()
    {
        Snapshot before = _undo ?? throw new EdException("Nothing to undo");
        _undo = Remember();
        _lines = before.Lines;
        Current = before.Current;
        IsModified = before.IsModified;
    }

    /// <summary>Takes all lines out, and forgets marks and what could be undone.</summary>
    public void Clear()
    {
        _version++;
        _lines = [];
        _undo = null;
        _marks.Clear();
        Current = 0;
        IsModified = false;
    }

    /// <summary>Puts lines behind another; the last of them is then the current one.</summary>
    public void Insert(int behind, IReadOnlyList<EdLine> lines)
    {
        _version += lines.Count;
        _lines.InsertRange(behind, lines);
        Current = behind + lines.Count;
        IsModified |= lines.Count > 0;
    }

    /// <summary>Takes lines out; the one behind them, or else the last, is then the current one.</summary>
    public void Delete(int first, int last)
    {
        _version++;
        _lines.RemoveRange(first - 1, last - first + 1);
        Current = Math.Min(first, Last);
        IsModified = true;
    }

    /// <summary>Lines as they are now.</summary>
    public List<EdLine> Range(int first, int last) => _lines.GetRange(first - 1, last - first + 1);

    /// <summary>Puts other lines in the place of one.</summary>
    public void Replace(int number, IReadOnlyList<EdLine> lines)
    {
        foreach ((byte mark, EdLine marked) in _marks.ToArray())
        {
            if (marked == this[number])
            {
                _marks[mark] = lines[0];
            }
        }

        _lines.RemoveAt(number - 1);
        Insert(number - 1, lines);
    }

    /// <summary>Number of a line, 0 when it is no longer there.</summary>
    public int NumberOf(EdLine line) => _lines.IndexOf(line) + 1;

    /// <summary>Gives a line a mark.</summary>
    public void Mark(byte letter, int number) => _marks[letter] = this[number];

    /// <summary>Number of the line with a mark.</summary>
    /// <returns>0 for none.</returns>
    public int Marked(byte letter) => _marks.TryGetValue(letter, out EdLine? line) ? NumberOf(line) : 0;

    /// <summary>All lines at some time.</summary>
    internal sealed record Snapshot(List<EdLine> Lines, int Current, bool IsModified, long Version);
}
