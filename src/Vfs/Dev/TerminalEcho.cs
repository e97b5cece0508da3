namespace KernelSockets.Vfs.Dev;

/// <summary>What typing shows: gathers the echo of one piece of input and writes it in one go.</summary>
/// <remarks>Under the terminal's input lock.</remarks>
internal sealed class TerminalEcho(TerminalWriter writer)
{
    private readonly byte[] _buffer = new byte[256];
    private int _length;
    private OutputModes _modes;
    private int _columns;

    /// <summary>Starts a piece of input.</summary>
    public void Begin(OutputModes modes, int columns)
    {
        _modes = modes;
        _columns = columns;
    }

    /// <summary>Adds a byte as it is.</summary>
    public void Raw(byte value)
    {
        if (_length == _buffer.Length)
        {
            Flush();
        }

        _buffer[_length++] = value;
    }

    /// <summary>Adds bytes as they are.</summary>
    public void Raw(ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            Raw(value);
        }
    }

    /// <summary>Adds a byte as it is shown: with ECHOCTL, control characters but TAB and NL become ^X.</summary>
    public void Character(byte value, bool isControlShown)
    {
        if (isControlShown && IsTwoColumns(value))
        {
            Raw((byte)'^');
            Raw((byte)(value ^ 0x40));
        }
        else
        {
            Raw(value);
        }
    }

    /// <summary>True for what ECHOCTL shows as ^X.</summary>
    public static bool IsTwoColumns(byte value) => (value < 0x20 && value is not ((byte)'\t' or (byte)'\n')) || value == 0x7F;

    /// <summary>Wipes columns before the cursor.</summary>
    public void Wipe(int columns)
    {
        for (int i = 0; i < columns; i++)
        {
            Raw("\b \b"u8);
        }
    }

    /// <summary>Moves the cursor back without wiping.</summary>
    public void Back(int columns)
    {
        for (int i = 0; i < columns; i++)
        {
            Raw((byte)'\b');
        }
    }

    /// <summary>Writes what has been added.</summary>
    public void Flush()
    {
        writer.Write(_buffer.AsSpan(0, _length), _modes, _columns);
        _length = 0;
    }

    /// <summary>The column where the cursor is once everything added has been written.</summary>
    public int Column()
    {
        Flush();
        return writer.Column;
    }
}
