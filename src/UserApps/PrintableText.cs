namespace KernelSockets.UserApps;

/// <summary>Bytes as text: printable ASCII as it is, a dot for anything else, as dumps show them.</summary>
internal static class PrintableText
{
    /// <summary>Makes the text, a character for each byte.</summary>
    public static string From(ReadOnlySpan<byte> bytes) => string.Create(bytes.Length, bytes, static (text, source) =>
    {
        for (int i = 0; i < source.Length; i++)
        {
            text[i] = source[i] is >= (byte)' ' and <= (byte)'~' ? (char)source[i] : '.';
        }
    });
}
