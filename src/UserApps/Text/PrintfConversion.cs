using System.Globalization;
using System.Text;

namespace KernelSockets.UserApps.Text;

/// <summary>One conversion of printf.</summary>
/// <param name="Letter">What kind.</param>
/// <param name="Flags">Of <c>-+ #0</c>.</param>
/// <param name="Width">Least bytes.</param>
/// <param name="Precision">Digits, or most bytes of a text; null where none was told.</param>
internal readonly record struct PrintfConversion(char Letter, string Flags, int Width, int? Precision)
{
    private const int DefaultPrecision = 6;

    /// <summary>Writes a text, cut and padded.</summary>
    public void WriteText(ByteWriter output, ReadOnlySpan<byte> text)
    {
        text = text[..Math.Min(text.Length, Precision ?? int.MaxValue)];
        Pad(output, text.Length, isBefore: true);
        output.Write(text);
        Pad(output, text.Length, isBefore: false);
    }

    /// <summary>Writes a whole number.</summary>
    public void WriteWhole(ByteWriter output, Int128 number)
    {
        bool isSigned = Letter is 'd' or 'i';
        Int128 magnitude = isSigned ? Int128.Abs(number) : (ulong)number;
        string digits = Letter switch
        {
            'o' => Octal((ulong)magnitude),
            'x' => ((ulong)magnitude).ToString("x", CultureInfo.InvariantCulture),
            'X' => ((ulong)magnitude).ToString("X", CultureInfo.InvariantCulture),
            _ => magnitude.ToString(CultureInfo.InvariantCulture),
        };
        digits = Precision == 0 && magnitude == 0 ? "" : digits.PadLeft(Precision ?? 1, '0');
        string prefix = isSigned ? (number < 0 ? "-" : Has('+') ? "+" : Has(' ') ? " " : "")
            : Has('#') && (Letter is 'x' or 'X') && magnitude != 0 ? $"0{Letter}" : "";
        digits = Has('#') && Letter == 'o' && !digits.StartsWith('0') ? "0" + digits : digits;
        if (Has('0') && !Has('-') && Precision is null)
        {
            digits = digits.PadLeft(Math.Max(Width - prefix.Length, 0), '0');
        }

        (this with { Precision = null }).WriteText(output, Encoding.ASCII.GetBytes(prefix + digits));
    }

    /// <summary>Writes a number with a fraction.</summary>
    public void WriteFraction(ByteWriter output, double number) =>
        output.Write(new FloatConversion(Flags, Width, Precision ?? DefaultPrecision, Letter).Format(number));

    private static string Octal(ulong number) => Convert.ToString((long)number, 8);

    private bool Has(char flag) => Flags.Contains(flag, StringComparison.Ordinal);

    private void Pad(ByteWriter output, int length, bool isBefore)
    {
        for (int i = length; Has('-') != isBefore && i < Width; i++)
        {
            output.Write((byte)' ');
        }
    }
}
