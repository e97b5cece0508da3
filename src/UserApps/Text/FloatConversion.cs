using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace KernelSockets.UserApps.Text;

/// <summary>One conversion of a floating-point number: flags, width, precision and letter, as printf(3) has them.</summary>
internal sealed class FloatConversion
{
    private const int DefaultPrecision = 6;
    private const int MostDigits = 1000;

    private readonly string _flags;
    private readonly int _width;
    private readonly int _precision;
    private readonly char _letter;

    /// <summary>Makes a conversion.</summary>
    /// <param name="flags">Of <c>-+ #0</c>.</param>
    /// <param name="width">Least characters.</param>
    /// <param name="precision">Digits behind the point, or with g all digits.</param>
    /// <param name="letter">One of eEfFgG.</param>
    public FloatConversion(string flags, int width, int precision, char letter)
    {
        _flags = flags;
        _width = width;
        _precision = Math.Min(precision, MostDigits);
        _letter = letter;
    }

    /// <summary>Reads what stands behind the percent sign.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out FloatConversion? conversion)
    {
        conversion = null;
        int position = 0;
        while (position < text.Length && "-+# 0'".Contains(text[position], StringComparison.Ordinal))
        {
            position++;
        }

        int widthNumber = 0;
        int precisionNumber = DefaultPrecision;
        int point = text.IndexOf('.', position);
        string width = point < 0 ? text[position..^1] : text[position..point];
        string precision = point < 0 ? "" : text[(point + 1)..^1];
        if (!"eEfFgG".Contains(text[^1], StringComparison.Ordinal)
            || !TryParseNumber(width, ref widthNumber)
            || (point >= 0 && !TryParseNumber(precision.Length == 0 ? "0" : precision, ref precisionNumber)))
        {
            return false;
        }

        conversion = new FloatConversion(text[..position], widthNumber, precisionNumber, text[^1]);
        return true;
    }

    /// <summary>The text of a number.</summary>
    public string Format(double number)
    {
        string digits = double.IsFinite(number) ? FormatFinite(Math.Abs(number)) : double.IsNaN(number) ? "nan" : "inf";
        digits = char.IsAsciiLetterUpper(_letter) ? digits.ToUpperInvariant() : digits;
        string sign = double.IsNegative(number) && !double.IsNaN(number) ? "-" : Has('+') ? "+" : Has(' ') ? " " : "";
        int room = _width - sign.Length;
        return Has('-') ? (sign + digits).PadRight(_width)
            : Has('0') && double.IsFinite(number) ? sign + digits.PadLeft(Math.Max(room, 0), '0')
            : (sign + digits).PadLeft(_width);
    }

    private static bool TryParseNumber(string text, ref int number) =>
        text.Length == 0 || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= MostDigits);

    private bool Has(char flag) => _flags.Contains(flag, StringComparison.Ordinal);

    private string FormatFinite(double number) => char.ToLowerInvariant(_letter) switch
    {
        'f' => number.ToString($"F{_precision}", CultureInfo.InvariantCulture) + (Has('#') && _precision == 0 ? "." : ""),
        'e' => Exponential(number, _precision),
        _ => General(number),
    };

    private static string Exponential(double number, int precision) =>
        number.ToString((precision == 0 ? "0" : "0." + new string('0', precision)) + "e+00", CultureInfo.InvariantCulture);

    /// <summary>C's %g: as %e where the exponent is below -4 or not below the precision, else as %f; without trailing zeros.</summary>
    private string General(double number)
    {
        int precision = Math.Max(_precision, 1);
        string exponential = Exponential(number, precision - 1);
        int at = exponential.IndexOf('e', StringComparison.Ordinal);
        int exponent = int.Parse(exponential.AsSpan(at + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (exponent < -4 || exponent >= precision)
        {
            return (Has('#') ? exponential[..at] : Trim(exponential[..at])) + exponential[at..];
        }

        string text = number.ToString($"F{precision - 1 - exponent}", CultureInfo.InvariantCulture);
        return Has('#') ? text : Trim(text);
    }

    private static string Trim(string digits) => digits.Contains('.', StringComparison.Ordinal) ? digits.TrimEnd('0').TrimEnd('.') : digits;
}
