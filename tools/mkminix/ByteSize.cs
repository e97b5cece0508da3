using System.Globalization;

namespace KernelSockets.MkMinix;

/// <summary>Sizes as people write them: bytes, or with K, M or G behind.</summary>
internal static class ByteSize
{
    /// <summary>Reads a size.</summary>
    /// <returns>False when it is none, or 0, or more than a disk of this world.</returns>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        int shift = text.Length == 0 ? 0 : text[^1] switch
        {
            'K' or 'k' => 10,
            'M' or 'm' => 20,
            'G' or 'g' => 30,
            _ => 0,
        };
        ReadOnlySpan<char> digits = shift == 0 ? text : text.AsSpan(0, text.Length - 1);
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number) || number == 0 || number > long.MaxValue >> 30)
        {
            return false;
        }

        bytes = number << shift;
        return true;
    }
}
