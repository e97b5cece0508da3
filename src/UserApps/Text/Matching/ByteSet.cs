namespace KernelSockets.UserApps.Text.Matching;

/// <summary>A set of bytes: what one place of a pattern matches.</summary>
internal sealed class ByteSet
{
    /// <summary>How many values a byte has.</summary>
    public const int Values = 256;

    private readonly bool[] _contains = new bool[Values];

    /// <summary>An empty set.</summary>
    public ByteSet()
    {
    }

    /// <summary>The bytes for which something holds.</summary>
    public ByteSet(Func<byte, bool> contains)
    {
        for (int value = 0; value < Values; value++)
        {
            _contains[value] = contains((byte)value);
        }
    }

    /// <summary>True for a byte of the set.</summary>
    public bool Contains(byte value) => _contains[value];

    /// <summary>Adds a byte.</summary>
    public void Add(byte value) => _contains[value] = true;

    /// <summary>Adds all bytes of another set.</summary>
    public void Add(ByteSet other)
    {
        for (int value = 0; value < Values; value++)
        {
            _contains[value] |= other._contains[value];
        }
    }

    /// <summary>Adds the letters in the other case.</summary>
    public void FoldCase()
    {
        for (byte upper = (byte)'A'; upper <= 'Z'; upper++)
        {
            bool either = _contains[upper] || _contains[ByteClass.ToLower(upper)];
            _contains[upper] = either;
            _contains[ByteClass.ToLower(upper)] = either;
        }
    }

    /// <summary>All other bytes.</summary>
    public ByteSet Complement() => new(value => !_contains[value]);
}
