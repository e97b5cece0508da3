namespace KernelSockets.UserApps.Text.Ed;

/// <summary>Where commands and text come from: the lines of a global command while there are any, else the input.</summary>
internal sealed class EdInput(LineReader lines)
{
    private Queue<byte[]>? _global;

    /// <summary>True while a global command runs.</summary>
    public bool IsGlobal => _global is not null;

    /// <summary>True while a global command has lines left.</summary>
    public bool HasGlobalLines => _global is { Count: > 0 };

    /// <summary>Starts the lines of a global command; null ends it.</summary>
    public void SetGlobal(IEnumerable<byte[]>? commands) => _global = commands is null ? null : new Queue<byte[]>(commands);

    /// <summary>Reads a line.</summary>
    /// <returns>Null at the end.</returns>
    public byte[]? Read()
    {
        if (_global is not null)
        {
            return _global.TryDequeue(out byte[]? line) ? line : null;
        }

        return lines.TryRead(out ReadOnlySpan<byte> read) ? read.ToArray() : null;
    }

    /// <summary>Reads the lines behind one that ends with a backslash, which stands before the newline.</summary>
    /// <param name="first">The line.</param>
    /// <returns>All of them; each but the last without its backslash.</returns>
    public List<byte[]> ReadContinued(byte[] first)
    {
        List<byte[]> continued = [first];
        while (continued[^1] is [.. var start, (byte)'\\'])
        {
            continued[^1] = start;
            continued.Add(Read() ?? []);
        }

        return continued;
    }

    /// <summary>Reads text up to a line with nothing but a dot.</summary>
    public List<EdLine> ReadText()
    {
        List<EdLine> text = [];
        for (byte[]? line = Read(); line is not null and not [(byte)'.']; line = Read())
        {
            text.Add(new EdLine(line));
        }

        return text;
    }
}
