namespace KernelSockets.Vfs.Dev;

/// <summary>The output half of the line discipline: maps newlines, follows the cursor's column, and lets one writer at a time at the
/// device.</summary>
/// <remarks>Has its own lock, so that a slow device does not hold up input; where both are held, the input lock is taken first.</remarks>
internal sealed class TerminalWriter(TerminalOutput output)
{
    /// <summary>Source bytes written in one go; between two goes other writers, the echo among them, get their turn.</summary>
    private const int ChunkSize = 256;

    private readonly Lock _gate = new();
    private readonly TerminalColumn _column = new();

    // Every source byte becomes two at most.
    private readonly byte[] _buffer = new byte[2 * ChunkSize];

    /// <summary>Column of the cursor, from 0.</summary>
    public int Column
    {
        get
        {
            lock (_gate)
            {
                return _column.Value;
            }
        }
    }

    /// <summary>Writes bytes.</summary>
    /// <param name="bytes">Any number.</param>
    /// <param name="modes">How newlines are mapped.</param>
    /// <param name="columns">Columns of the terminal.</param>
    public void Write(ReadOnlySpan<byte> bytes, OutputModes modes, int columns)
    {
        while (!bytes.IsEmpty)
        {
            int size = Math.Min(bytes.Length, ChunkSize);
            lock (_gate)
            {
                ReadOnlySpan<byte> mapped = Map(bytes[..size], modes);
                _column.Follow(mapped, columns);
                output.Write(mapped);
            }

            bytes = bytes[size..];
        }
    }

    private ReadOnlySpan<byte> Map(ReadOnlySpan<byte> bytes, OutputModes modes)
    {
        if ((modes & OutputModes.OPOST) == 0 || (modes & (OutputModes.ONLCR | OutputModes.OCRNL)) == 0)
        {
            return bytes;
        }

        int length = 0;
        foreach (byte value in bytes)
        {
            if (value == '\n' && (modes & OutputModes.ONLCR) != 0)
            {
                _buffer[length++] = (byte)'\r';
            }

            bool isMappedReturn = value == '\r' && (modes & OutputModes.OCRNL) != 0;
            _buffer[length++] = isMappedReturn ? (byte)'\n' : value;
        }

        return _buffer.AsSpan(0, length);
    }
}
