using System.Diagnostics.CodeAnalysis;

namespace KernelSockets.UserApps.Text;

/// <summary>A format of printf(3) with one conversion of a floating-point number, and the text around it.</summary>
internal sealed class NumberFormat
{
    private readonly string _before;
    private readonly string _after;
    private readonly FloatConversion _conversion;

    private NumberFormat(string before, FloatConversion conversion, string after)
    {
        _before = before;
        _conversion = conversion;
        _after = after;
    }

    /// <summary>Reads a format.</summary>
    /// <returns>False, with coreutils' sentence, unless there is exactly one conversion, which is of e, f, g or their capitals.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out NumberFormat? format, out string error)
    {
        format = null;
        int start = FindPercent(text, 0);
        if (start < 0)
        {
            error = $"format '{text}' has no % directive";
            return false;
        }

        int end = start + 1;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || "-+# 0'.".Contains(text[end], StringComparison.Ordinal)))
        {
            end++;
        }

        if (end == text.Length)
        {
            error = $"format '{text}' ends in %";
            return false;
        }

        if (!FloatConversion.TryParse(text[(start + 1)..(end + 1)], out FloatConversion? conversion))
        {
            error = $"format '{text}' has unknown %{text[end]} directive";
            return false;
        }

        if (FindPercent(text, end + 1) >= 0)
        {
            error = $"format '{text}' has too many % directives";
            return false;
        }

        error = "";
        format = new NumberFormat(Unescape(text[..start]), conversion, Unescape(text[(end + 1)..]));
        return true;
    }

    /// <summary>The text with the number in it.</summary>
    public string Format(double number) => _before + _conversion.Format(number) + _after;

    private static string Unescape(string text) => text.Replace("%%", "%", StringComparison.Ordinal);

    private static int FindPercent(string text, int from)
    {
        for (int i = from; i < text.Length; i++)
        {
            if (text[i] == '%')
            {
                if (i + 1 == text.Length || text[i + 1] != '%')
                {
                    return i;
                }

                i++;
            }
        }

        return -1;
    }
}
