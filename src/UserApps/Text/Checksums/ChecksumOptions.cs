namespace KernelSockets.UserApps.Text.Checksums;

/// <summary>A kind of checksum.</summary>
/// <param name="Name">As BSD's lists have it.</param>
/// <param name="Create">Makes one.</param>
internal sealed record ChecksumKind(string Name, Func<Digest> Create);

/// <summary>What a program for checksums is to do.</summary>
internal sealed class ChecksumOptions
{
    /// <summary>The letters that stand for long options without one.</summary>
    public const char Tag = '\u0001';

    /// <summary>--quiet.</summary>
    public const char Quiet = '\u0002';

    /// <summary>--status.</summary>
    public const char Silent = '\u0003';

    /// <summary>--strict.</summary>
    public const char Strict = '\u0004';

    private bool _isBinary;
    private bool _isTagged;
    private char _end = '\n';

    /// <summary>-c.</summary>
    public bool Checks { get; private set; }

    /// <summary>--quiet.</summary>
    public bool IsQuiet { get; private set; }

    /// <summary>--status.</summary>
    public bool IsSilent { get; private set; }

    /// <summary>--strict.</summary>
    public bool IsStrict { get; private set; }

    /// <summary>-w.</summary>
    public bool Warns { get; private set; }

    /// <summary>Takes an option.</summary>
    public void Take(char option)
    {
        _isBinary = option == 'b' || (option != 't' && _isBinary);
        _isTagged |= option == Tag;
        _end = option == 'z' ? '\0' : _end;
        Checks |= option == 'c';
        IsQuiet |= option is Quiet or Silent;
        IsSilent |= option == Silent;
        IsStrict |= option == Strict;
        Warns |= option == 'w';
    }

    /// <summary>A line of a list.</summary>
    public string Format(ChecksumKind kind, string checksum, string file)
    {
        string name = _end == '\0' ? file : Escape(file);
        string mark = name.Length == file.Length ? "" : "\\";
        return _isTagged
            ? $"{mark}{kind.Name} ({name}) = {checksum}{_end}"
            : $"{mark}{checksum} {(_isBinary ? '*' : ' ')}{name}{_end}";
    }

    private static string Escape(string name) => name
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal);
}
