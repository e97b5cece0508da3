namespace KernelSockets.Vfs.Dev;

/// <summary>
/// A terminal's bounded input: bytes that can be read, then the line that is still being edited. Bytes that end a line are marked.
/// </summary>
/// <remarks>
/// <code>
///   tail            committed          head
///    | whole lines    | line in work    |        (all the same when input is raw)
/// </code>
/// Under the terminal's input lock. Positions count up for ever; only their remainder is an index.
/// </remarks>
internal sealed class TerminalInputQueue
{
    /// <summary>Bytes held (N_TTY_BUF_SIZE of Linux). One place is kept for the end of a line.</summary>
    public const int Capacity = 4096;

    private readonly byte[] _bytes = new byte[Capacity];
    private readonly LineEnd[] _ends = new LineEnd[Capacity];
    private uint _tail;
    private uint _committed;
    private uint _head;

    private enum LineEnd : byte
    {
        /// <summary>The byte is within a line.</summary>
        None,

        /// <summary>The byte ends a line and is part of it (NL, VEOL, VEOL2).</summary>
        Included,

        /// <summary>The byte ends a line and is not part of it (VEOF).</summary>
        Excluded,
    }

    /// <summary>Bytes held.</summary>
    public int Count => (int)(_head - _tail);

    /// <summary>Bytes that can be read.</summary>
    public int CommittedCount => (int)(_committed - _tail);

    /// <summary>Bytes of the line in work.</summary>
    public int LineLength => (int)(_head - _committed);

    /// <summary>Bytes that were refused because the queue was full.</summary>
    public long Dropped { get; private set; }

    /// <summary>Appends a byte to the line in work.</summary>
    /// <returns>False when there is no room: the byte is counted and lost.</returns>
    public bool TryAppend(byte value)
    {
        if (Count >= Capacity - 1)
        {
            Dropped++;
            return false;
        }

        Put(value, LineEnd.None);
        return true;
    }

    /// <summary>Appends a byte and ends the line with it; all of it can be read then.</summary>
    /// <param name="value">The byte.</param>
    /// <param name="isEndOfFile">The byte is not part of the line: VEOF. Whoever reads raw gets it nonetheless, so that a shell that edits lines
    /// itself sees the Ctrl-D that was typed before its prompt. (Linux gives a NUL there.)</param>
    /// <returns>False when not even the kept place is free.</returns>
    public bool TryEndLine(byte value, bool isEndOfFile)
    {
        if (Count == Capacity)
        {
            Dropped++;
            return false;
        }

        Put(value, isEndOfFile ? LineEnd.Excluded : LineEnd.Included);
        _committed = _head;
        return true;
    }

    /// <summary>Lets everything be read.</summary>
    public void Commit() => _committed = _head;

    /// <summary>Everything that waits becomes one finished line: input goes over from raw to lines.</summary>
    public void CommitAsLine()
    {
        Array.Clear(_ends);
        _committed = _head;
        if (Count > 0)
        {
            _ends[(_head - 1) % Capacity] = LineEnd.Included;
        }
    }

    /// <summary>Takes the last byte of the line in work away.</summary>
    /// <returns>False when the line is empty.</returns>
    public bool TryRemoveLast(out byte value)
    {
        value = 0;
        if (LineLength == 0)
        {
            return false;
        }

        value = _bytes[--_head % Capacity];
        return true;
    }

    /// <summary>A byte of the line in work, counted from its start.</summary>
    public byte LineByte(int index) => _bytes[(_committed + (uint)index) % Capacity];

    /// <summary>Takes bytes in order, up to the end of a line.</summary>
    /// <param name="destination">Gets the bytes.</param>
    /// <returns>How many; 0 when the line holds nothing but the end of file.</returns>
    public int TakeLine(Span<byte> destination)
    {
        int count = 0;
        while (_tail != _committed)
        {
            uint index = _tail % Capacity;
            LineEnd end = _ends[index];
            if (count == destination.Length && end != LineEnd.Excluded)
            {
                break;
            }

            _tail++;
            if (end != LineEnd.Excluded)
            {
                destination[count++] = _bytes[index];
            }

            if (end != LineEnd.None)
            {
                break;
            }
        }

        return count;
    }

    /// <summary>Takes bytes in order, whatever they are.</summary>
    public int Take(Span<byte> destination)
    {
        int count = 0;
        while (count < destination.Length && _tail != _committed)
        {
            destination[count++] = _bytes[_tail++ % Capacity];
        }

        return count;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _tail = _head;
        _committed = _head;
    }

    private void Put(byte value, LineEnd end)
    {
        _bytes[_head % Capacity] = value;
        _ends[_head % Capacity] = end;
        _head++;
    }
}
