using System.Collections.Frozen;

namespace KernelSockets.UserApps.Text;

/// <summary>The character classes of POSIX's locale, for bytes (XBD §7.3.1); bytes above 127 are in none of them.</summary>
internal static class ByteClass
{
    private static readonly FrozenDictionary<string, Func<byte, bool>> s_classes = new Dictionary<string, Func<byte, bool>>(StringComparer.Ordinal)
    {
        ["alpha"] = static value => char.IsAsciiLetter((char)value),
        ["digit"] = static value => char.IsAsciiDigit((char)value),
        ["alnum"] = static value => char.IsAsciiLetterOrDigit((char)value),
        ["upper"] = static value => char.IsAsciiLetterUpper((char)value),
        ["lower"] = static value => char.IsAsciiLetterLower((char)value),
        ["space"] = IsSpace,
        ["blank"] = IsBlankOrTab,
        ["punct"] = static value => value is > 0x20 and < 0x7F && !char.IsAsciiLetterOrDigit((char)value),
        ["print"] = static value => value is >= 0x20 and < 0x7F,
        ["graph"] = static value => value is > 0x20 and < 0x7F,
        ["cntrl"] = static value => value is < 0x20 or 0x7F,
        ["xdigit"] = static value => char.IsAsciiHexDigit((char)value),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Finds a class by the name between <c>[:</c> and <c>:]</c>.</summary>
    /// <returns>False for an unknown name.</returns>
    public static bool TryGet(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Func<byte, bool>? contains) => s_classes.TryGetValue(name, out contains);

    /// <summary>Blank, tab, newline, vertical tab, form feed, carriage return.</summary>
    public static bool IsSpace(byte value) => value is (byte)' ' or (>= (byte)'\t' and <= (byte)'\r');

    /// <summary>What separates fields: a blank, a tab, a newline.</summary>
    public static bool IsBlank(byte value) => value is (byte)' ' or (byte)'\t' or (byte)'\n';

    /// <summary>A letter, a digit or an underscore.</summary>
    public static bool IsWord(byte value) => char.IsAsciiLetterOrDigit((char)value) || value == '_';

    /// <summary>The upper-case letter of a lower-case one; everything else as it is.</summary>
    public static byte ToUpper(byte value) => char.IsAsciiLetterLower((char)value) ? (byte)(value - 'a' + 'A') : value;

    /// <summary>The lower-case letter of an upper-case one; everything else as it is.</summary>
    public static byte ToLower(byte value) => char.IsAsciiLetterUpper((char)value) ? (byte)(value - 'A' + 'a') : value;

    private static bool IsBlankOrTab(byte value) => value is (byte)' ' or (byte)'\t';
}
