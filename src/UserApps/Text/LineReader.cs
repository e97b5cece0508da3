namespace KernelSockets.UserApps.Text;

/// <summary>Lines of a stream as bytes. A line lasts until the next is read.</summary>
internal sealed class LineReader(Stream stream, Action? beforeRead = null, byte end = (byte)'\n')
{
    /// <summary>Longest line, so that a file without newlines cannot take all memory.</summary>
    public const int MaxLength = 64 << 20;

    private const int FirstCapacity = 65_536;

    private byte[] _buffer = new byte[FirstCapacity];
    private int _start;
    private int _count;
    private bool _isAtEnd;

    /// <summary>True when the last line read had its end; only the last line of a stream may lack it.</summary>
    public bool IsTerminated { get; private set; }

    /// <summary>True once a NUL was read, be it behind the line: what is read is hardly text.</summary>
    public bool HasNul { get; private set; }

    /// <summary>Reads the next line.</summary>
    /// <param name="line">Without its end.</param>
    /// <returns>False at the end of the stream.</returns>
    /// <exception cref="IOException">The stream's, or the line is longer than <see cref="MaxLength"/>.</exception>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        int searched = 0;
        while (true)
        {
            int index = _buffer.AsSpan(_start + searched, _count - searched).IndexOf(end);
            if (index >= 0)
            {
                line = Take(searched + index);
                _start++;
                _count--;
                IsTerminated = true;
                return true;
            }

            searched = _count;
            if (_isAtEnd || !Fill())
            {
                IsTerminated &= searched == 0;
                line = Take(_count);
                return searched > 0;
            }
        }
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        ReadOnlySpan<byte> line = _buffer.AsSpan(_start, length);
        _start += length;
        _count -= length;
        return line;
    }

    /// <summary>Reads on behind what is there.</summary>
    /// <returns>False at the end of the stream.</returns>
    private bool Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _count).CopyTo(_buffer);
            _start = 0;
        }

        if (_count == _buffer.Length)
        {
            if (_count >= MaxLength)
            {
                throw new IOException("line too long");
            }

            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        Thread.Sleep(0); // Ctrl-C strikes here, if nowhere else: reading a file never waits
        beforeRead?.Invoke();
        int read = stream.Read(_buffer, _count, _buffer.Length - _count);
        HasNul = HasNul || _buffer.AsSpan(_count, read).Contains((byte)0);
        _count += read;
        _isAtEnd = read == 0;
        return !_isAtEnd;
    }
}
