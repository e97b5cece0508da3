namespace KernelSockets.UserApps.Network.Telnet;

/// <summary>What goes to a telnet client: bytes 255 are doubled, and a CR that no LF follows is CR NUL (RFC 854).</summary>
/// <remarks>Used by one task.</remarks>
internal sealed class TelnetEncoder
{
    private bool _isAfterReturn;

    /// <summary>Encodes a piece of output; the next one may complete it.</summary>
    /// <param name="source">The output.</param>
    /// <param name="destination">Room for twice as much, and one byte.</param>
    /// <returns>Bytes written.</returns>
    public int Encode(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        int length = 0;
        foreach (byte value in source)
        {
            if (_isAfterReturn && value != (byte)'\n')
            {
                destination[length++] = 0;
            }

            destination[length++] = value;
            if (value == (byte)TelnetCommand.InterpretAsCommand)
            {
                destination[length++] = value;
            }

            _isAfterReturn = value == (byte)'\r';
        }

        return length;
    }
}
