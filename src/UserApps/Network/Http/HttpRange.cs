using System.Globalization;

namespace KernelSockets.UserApps.Network.Http;

/// <summary>A part of a file (RFC 9110 §14): one range of bytes. A list of several is answered with the whole, as the RFC allows.</summary>
/// <param name="Start">First byte.</param>
/// <param name="Length">How many.</param>
internal readonly record struct HttpRange(long Start, long Length)
{
    /// <summary>Reads the field.</summary>
    /// <param name="text">For example <c>bytes=0-99</c>.</param>
    /// <param name="size">Bytes of the file.</param>
    /// <param name="range">The part.</param>
    /// <param name="isSatisfiable">False for a range that lies behind the end: 416.</param>
    /// <returns>False when the field is to be ignored.</returns>
    public static bool TryParse(string text, long size, out HttpRange range, out bool isSatisfiable)
    {
        const string Unit = "bytes=";
        range = default;
        isSatisfiable = true;
        int dash = text.IndexOf('-', StringComparison.Ordinal);
        if (!text.StartsWith(Unit, StringComparison.OrdinalIgnoreCase) || dash < 0 || text.Contains(',', StringComparison.Ordinal))
        {
            return false;
        }

        ReadOnlySpan<char> first = text.AsSpan(Unit.Length, dash - Unit.Length).Trim();
        ReadOnlySpan<char> last = text.AsSpan(dash + 1).Trim();
        if (first.IsEmpty)
        {
            if (!TryRead(last, out long suffix))
            {
                return false;
            }

            isSatisfiable = suffix > 0 && size > 0;
            range = new HttpRange(Math.Max(0, size - suffix), Math.Min(suffix, size));
            return true;
        }

        long end = size - 1;
        if (!TryRead(first, out long start) || (!last.IsEmpty && (!TryRead(last, out end) || end < start)))
        {
            return false;
        }

        isSatisfiable = start < size;
        range = new HttpRange(start, Math.Min(end, size - 1) - start + 1);
        return true;
    }

    private static bool TryRead(ReadOnlySpan<char> text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
