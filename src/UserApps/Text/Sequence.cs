using System.Globalization;

namespace KernelSockets.UserApps.Text;

/// <summary>seq: numbers from one to another.</summary>
internal static class Sequence
{
    public const string Help = """
        Usage: seq [-w] [-s TEXT] [-f FORMAT] [FIRST [STEP]] LAST
        Prints the numbers from FIRST (1) to LAST, STEP (1) apart.
          -f FORMAT  as printf(3) prints a floating-point number: one of %e %f %g
          -s TEXT    what stands between them (a newline)
          -w         all of the same width, with zeros in front
        Numbers are decimal, may have a fraction and an exponent, and have up to 28 digits.

        """;

    public static int Main(string[] arguments) => TextProgram.Run("seq", Run, arguments);

    internal static int Run(TextProgram program, string[] arguments)
    {
        string separator = "\n";
        string? format = null;
        bool isWide = false;
        OptionReader reader = new("+ws:f:", ProtectNumbers(arguments), ("equal-width", 'w'), ("separator", 's'), ("format", 'f'));
        while (reader.TryNext(out char option))
        {
            isWide |= option == 'w';
            separator = option == 's' ? reader.Value : separator;
            format = option == 'f' ? reader.Value : format;
        }

        IReadOnlyList<string> operands = reader.Operands;
        if (reader.Error is not null || operands.Count is 0 or > 3)
        {
            return program.Misused(reader.Error ?? (operands.Count == 0 ? "missing operand" : $"extra operand '{operands[3]}'"));
        }

        NumberFormat? parsed = null;
        if (format is not null && !NumberFormat.TryParse(format, out parsed, out string wrong))
        {
            program.Fail(wrong);
            return program.Status;
        }

        if (format is not null && isWide)
        {
            return program.Misused("format string may not be specified when printing equal width strings");
        }

        Number[] numbers = new Number[operands.Count];
        for (int i = 0; i < operands.Count; i++)
        {
            if (!Number.TryParse(operands[i], out numbers[i]))
            {
                return program.Misused($"invalid floating point argument: '{operands[i]}'");
            }
        }

        Number first = numbers.Length > 1 ? numbers[0] : new Number(1, 0);
        Number step = numbers.Length > 2 ? numbers[1] : new Number(1, 0);
        if (step.Value == 0)
        {
            return program.Misused($"invalid Zero increment value: '{operands[1]}'");
        }

        Print(program.Output, first, step, numbers[^1], new Style(separator, isWide, parsed));
        return program.Status;
    }

    /// <summary>Puts <c>--</c> before the first argument that is a negative number, which is no option.</summary>
    private static string[] ProtectNumbers(string[] arguments)
    {
        int index = 0;
        while (index < arguments.Length && arguments[index] is ['-', var next, ..] && !char.IsAsciiDigit(next) && next != '.')
        {
            index += arguments[index] is "-s" or "-f" or "--separator" or "--format" ? 2 : 1;
        }

        return index < arguments.Length && arguments[index].StartsWith('-') && !arguments.Contains("--")
            ? [.. arguments[..index], "--", .. arguments[index..]]
            : arguments;
    }

    private static void Print(ByteWriter output, Number first, Number step, Number last, Style style)
    {
        int decimals = Math.Max(first.Decimals, step.Decimals);
        string fixedFormat = "F" + decimals.ToString(CultureInfo.InvariantCulture);
        int width = style.IsWide ? Math.Max(Width(first.Value, fixedFormat), Width(LastOf(first, step, last), fixedFormat)) : 0;
        bool isFirst = true;
        for (decimal value = first.Value; step.Value > 0 ? value <= last.Value : value >= last.Value; value += step.Value)
        {
            if (!isFirst)
            {
                output.Write(style.Separator);
            }

            isFirst = false;
            output.Write(style.Format is { } format ? format.Format((double)value) : Pad(value, fixedFormat, width));
            if (value > decimal.MaxValue - Math.Abs(step.Value) || value < decimal.MinValue + Math.Abs(step.Value))
            {
                break;
            }
        }

        if (!isFirst)
        {
            output.Write((byte)'\n');
        }
    }

    /// <summary>The limit decides the width, as in coreutils, even where the last number printed is shorter.</summary>
    private static decimal LastOf(Number first, Number step, Number last) => first.Decimals + step.Decimals == 0 ? decimal.Truncate(last.Value) : last.Value;

    private static int Width(decimal value, string format) => value.ToString(format, CultureInfo.InvariantCulture).Length;

    private static string Pad(decimal value, string format, int width)
    {
        string text = value.ToString(format, CultureInfo.InvariantCulture);
        return text.StartsWith('-') ? "-" + text[1..].PadLeft(Math.Max(width - 1, 0), '0') : text.PadLeft(width, '0');
    }

    private sealed record Style(string Separator, bool IsWide, NumberFormat? Format);

    private readonly record struct Number(decimal Value, int Decimals)
    {
        public static bool TryParse(string text, out Number number)
        {
            number = default;
            string digits = text.TrimStart(' ', '\t');
            if (!decimal.TryParse(digits, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out decimal value))
            {
                return false;
            }

            int exponentAt = digits.AsSpan().IndexOfAny('e', 'E');
            int pointAt = digits.IndexOf('.', StringComparison.Ordinal);
            int end = exponentAt < 0 ? digits.Length : exponentAt;
            int exponent = exponentAt < 0 ? 0 : int.Parse(digits.AsSpan(exponentAt + 1), CultureInfo.InvariantCulture);
            number = new Number(value, Math.Clamp((pointAt < 0 ? 0 : end - pointAt - 1) - exponent, 0, 28));
            return true;
        }
    }
}
