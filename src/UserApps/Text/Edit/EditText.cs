using System.Buffers;
using System.Text;

namespace KernelSockets.UserApps.Text.Edit;

/// <summary>The text that edit changes: lines of bytes, so that what is no UTF-8 stays as it was, and a cursor between characters.</summary>
internal sealed class EditText
{
    private readonly List<List<byte>> _lines = [[]];
    private List<byte> _cut = [];
    private bool _endsWithNewline = true;

    /// <summary>Line of the cursor, from 0.</summary>
    public int Row { get; private set; }

    /// <summary>Bytes of the line before the cursor.</summary>
    public int Column { get; private set; }

    /// <summary>How many lines.</summary>
    public int Count => _lines.Count;

    /// <summary>True with changes that the file has not.</summary>
    public bool IsModified { get; private set; }

    /// <summary>A line.</summary>
    public ReadOnlySpan<byte> this[int row] => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_lines[row]);

    /// <summary>Reads the text.</summary>
    /// <exception cref="IOException">The stream's.</exception>
    public void Load(Stream stream)
    {
        List<List<byte>> lines = [];
        LineReader reader = new(stream);
        while (reader.TryRead(out ReadOnlySpan<byte> line))
        {
            lines.Add([.. line]);
        }

        if (lines.Count > 0)
        {
            _lines.Clear();
            _lines.AddRange(lines);
            _endsWithNewline = reader.IsTerminated;
        }
    }

    /// <summary>Writes the text.</summary>
    /// <returns>Bytes.</returns>
    /// <exception cref="WriteFailedException">The stream's.</exception>
    public long Save(Stream stream)
    {
        ByteWriter writer = new(stream);
        long count = 0;
        bool isEmpty = Count == 1 && _lines[0].Count == 0;
        for (int row = 0; row < Count && !isEmpty; row++)
        {
            writer.Write(this[row]);
            bool hasEnd = row < Count - 1 || _endsWithNewline;
            writer.Write(hasEnd ? "\n"u8 : []);
            count += _lines[row].Count + (hasEnd ? 1 : 0);
        }

        writer.Flush();
        IsModified = false;
        return count;
    }

    /// <summary>Puts the cursor somewhere, as near as there is text, and not within a character.</summary>
    public void MoveTo(int row, int column)
    {
        Row = Math.Clamp(row, 0, Count - 1);
        Column = Math.Clamp(column, 0, _lines[Row].Count);
        while (Column > 0 && Column < _lines[Row].Count && IsWithinCharacter(_lines[Row][Column]))
        {
            Column--;
        }
    }

    /// <summary>To the character before, perhaps the end of the line above.</summary>
    public void MoveLeft()
    {
        if (Column > 0)
        {
            MoveTo(Row, Column - 1);
        }
        else if (Row > 0)
        {
            MoveTo(Row - 1, int.MaxValue);
        }
    }

    /// <summary>To the character behind, perhaps the start of the line below.</summary>
    public void MoveRight()
    {
        if (Column < _lines[Row].Count)
        {
            Column += LengthAt(this[Row][Column..]);
        }
        else if (Row < Count - 1)
        {
            MoveTo(Row + 1, 0);
        }
    }

    /// <summary>Puts bytes at the cursor.</summary>
    public void Insert(ReadOnlySpan<byte> bytes)
    {
        _lines[Row].InsertRange(Column, bytes.ToArray());
        Column += bytes.Length;
        IsModified = true;
    }

    /// <summary>Ends the line at the cursor.</summary>
    public void Split()
    {
        List<byte> rest = _lines[Row][Column..];
        _lines[Row].RemoveRange(Column, rest.Count);
        _lines.Insert(Row + 1, rest);
        MoveTo(Row + 1, 0);
        IsModified = true;
    }

    /// <summary>Takes out the character under the cursor, or joins the next line.</summary>
    public void Delete()
    {
        List<byte> line = _lines[Row];
        if (Column < line.Count)
        {
            line.RemoveRange(Column, LengthAt(this[Row][Column..]));
        }
        else if (Row < Count - 1)
        {
            line.AddRange(_lines[Row + 1]);
            _lines.RemoveAt(Row + 1);
        }
        else
        {
            return;
        }

        IsModified = true;
    }

    /// <summary>Takes out the character before the cursor, or joins the line to the one above.</summary>
    public void DeleteBefore()
    {
        if (Row > 0 || Column > 0)
        {
            MoveLeft();
            Delete();
        }
    }

    /// <summary>Takes out the line, for <see cref="Paste"/>.</summary>
    public void CutLine()
    {
        _cut = _lines[Row];
        _lines.RemoveAt(Row);
        if (Count == 0)
        {
            _lines.Add([]);
        }

        MoveTo(Row, 0);
        IsModified = true;
    }

    /// <summary>Puts the line last cut above the cursor's.</summary>
    public void Paste()
    {
        _lines.Insert(Row, [.. _cut]);
        MoveTo(Row + 1, 0);
        IsModified = true;
    }

    /// <summary>Goes on to the next place with some bytes, around the end.</summary>
    /// <returns>False, and stays, when there is none.</returns>
    public bool TryFind(ReadOnlySpan<byte> wanted)
    {
        for (int i = 0; i <= Count; i++)
        {
            int row = (Row + i) % Count;
            int from = i == 0 ? Math.Min(Column + 1, _lines[row].Count) : 0;
            int index = this[row][from..].IndexOf(wanted);
            if (index >= 0)
            {
                MoveTo(row, from + index);
                return true;
            }
        }

        return false;
    }

    /// <summary>Bytes of the character that some bytes begin with; 1 for what is none.</summary>
    public static int LengthAt(ReadOnlySpan<byte> bytes) =>
        Rune.DecodeFromUtf8(bytes, out _, out int length) == OperationStatus.Done ? length : 1;

    private static bool IsWithinCharacter(byte value) => (value & 0xC0) == 0x80;
}
