using System.Globalization;
using System.Text;

namespace KernelSockets.UserApps.Text;

/// <summary>nl: numbers lines.</summary>
internal static class NumberLines
{
    public const string Help = """
        Usage: nl [-b a|t|n] [-i STEP] [-n ln|rn|rz] [-s TEXT] [-v FIRST] [-w WIDTH] [FILE...]
        Prints the lines of the FILEs, or of the input, with numbers.
          -b a|t|n     all lines, those that are not empty (the default), none
          -i STEP      from one number to the next (1)
          -n FORM      ln: to the left; rn: to the right (the default); rz: with zeros
          -s TEXT      behind the number (a tab)
          -v FIRST     the first number (1)
          -w WIDTH     of the number (6)
        Logical pages are not known.

        """;

    public static int Main(string[] arguments) => TextProgram.Run("nl", Run, arguments);

    internal static int Run(TextProgram program, string[] arguments)
    {
        (string style, string form, string separator) = ("t", "rn", "\t");
        (long number, long step, int width) = (1, 1, 6);
        OptionReader reader = new(
            "b:i:n:s:v:w:", arguments,
            ("body-numbering", 'b'), ("line-increment", 'i'), ("number-format", 'n'), ("number-separator", 's'), ("starting-line-number", 'v'), ("number-width", 'w'));
        while (reader.TryNext(out char option))
        {
            switch (option)
            {
                case 'b':
                    style = OneOf(reader, "body numbering style", "a", "t", "n");
                    break;
                case 'n':
                    form = OneOf(reader, "line numbering format", "ln", "rn", "rz");
                    break;
                case 's':
                    separator = reader.Value;
                    break;
                case 'i':
                    step = reader.NumberBetween(int.MinValue, int.MaxValue);
                    break;
                case 'v':
                    number = reader.NumberBetween(int.MinValue, int.MaxValue);
                    break;
                default:
                    width = reader.NumberBetween(1, 1000);
                    break;
            }
        }

        if (reader.Error is { } error)
        {
            return program.Misused(error);
        }

        program.ForEach(reader.Operands, (_, stream) =>
        {
            LineReader lines = program.Lines(stream);
            while (lines.TryRead(out ReadOnlySpan<byte> line))
            {
                if (style == "a" || (style == "t" && !line.IsEmpty))
                {
                    program.Output.Write(Format(number, form, width) + separator);
                    number += step;
                }
                else
                {
                    program.Output.Write(new string(' ', width + Encoding.UTF8.GetByteCount(separator)));
                }

                program.Output.WriteLine(line);
            }
        });
        return program.Status;
    }

    private static string OneOf(OptionReader reader, string what, params ReadOnlySpan<string> allowed)
    {
        if (!allowed.Contains(reader.Value))
        {
            reader.Reject($"invalid {what}: '{reader.Value}'");
        }

        return reader.Value;
    }

    private static string Format(long number, string form, int width)
    {
        string digits = number.ToString(CultureInfo.InvariantCulture);
        return form switch
        {
            "ln" => digits.PadRight(width),
            "rz" => number < 0 ? "-" + digits[1..].PadLeft(width - 1, '0') : digits.PadLeft(width, '0'),
            _ => digits.PadLeft(width),
        };
    }
}
