using System.Globalization;
using System.Text;

namespace KernelSockets.UserApps.Text;

/// <summary>Arguments of printf as numbers, in C's notation; what is none is reported and counts as far as it is one.</summary>
internal static class PrintfNumber
{
    /// <summary>A whole number.</summary>
    /// <param name="program">Gets the report.</param>
    /// <param name="argument">Null for a missing one, which is 0.</param>
    /// <param name="isSigned">True for the range of a signed number of 64 bits, false for that of an unsigned one.</param>
    public static Int128 ToWhole(TextProgram program, string? argument, bool isSigned)
    {
        if (argument is null)
        {
            return 0;
        }

        if (argument is ['\'' or '"', _, ..])
        {
            return FirstCharacter(argument);
        }

        string text = argument.TrimStart(' ', '\t', '\n');
        int position = text is ['+' or '-', ..] ? 1 : 0;
        int radix = RadixAt(text, ref position);
        int start = position;
        Int128 number = 0;
        while (position < text.Length && DigitValue(text[position]) < radix)
        {
            number = Int128.Min((number * radix) + DigitValue(text[position++]), (Int128)ulong.MaxValue + 1);
        }

        number = text.StartsWith('-') ? -number : number;
        bool hasDigits = position > start || (position > 0 && text[position - 1] == '0');
        CheckEnd(program, argument, hasDigits, position == text.Length);
        return Limit(program, argument, number, isSigned);
    }

    /// <summary>A number with a fraction.</summary>
    /// <param name="program">Gets the report.</param>
    /// <param name="argument">Null for a missing one, which is 0.</param>
    public static double ToFraction(TextProgram program, string? argument)
    {
        if (argument is null)
        {
            return 0;
        }

        if (argument is ['\'' or '"', _, ..])
        {
            return FirstCharacter(argument);
        }

        string text = argument.TrimStart(' ', '\t', '\n');
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            return (double)ToWhole(program, argument, isSigned: false);
        }

        for (int length = text.Length; length > 0; length--)
        {
            if (TryParse(text[..length], out double number))
            {
                CheckEnd(program, argument, true, length == text.Length);
                return number;
            }
        }

        CheckEnd(program, argument, false, false);
        return 0;
    }

    private static bool TryParse(string text, out double number)
    {
        string bare = text.TrimStart('+', '-').ToLowerInvariant();
        number = bare is "inf" or "infinity" ? double.PositiveInfinity : double.NaN;
        if (bare is "inf" or "infinity" or "nan")
        {
            number = text.StartsWith('-') ? -number : number;
            return true;
        }

        return double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out number)
            && char.IsAsciiDigit(text[^1]) | text[^1] == '.';
    }

    private static int FirstCharacter(string argument) => Encoding.UTF8.GetBytes(argument)[1];

    private static int RadixAt(string text, ref int position)
    {
        if (position >= text.Length || text[position] != '0')
        {
            return 10;
        }

        if (position + 2 < text.Length && text[position + 1] is 'x' or 'X' && char.IsAsciiHexDigit(text[position + 2]))
        {
            position += 2;
            return 16;
        }

        return 8;
    }

    private static int DigitValue(char digit) => char.IsAsciiHexDigit(digit) ? Convert.ToInt32(digit.ToString(), 16) : int.MaxValue;

    private static void CheckEnd(TextProgram program, string argument, bool hasDigits, bool isWhole)
    {
        if (!hasDigits && argument.Length == 0)
        {
            return; // counts as zero
        }

        if (!hasDigits)
        {
            program.Fail($"'{argument}': expected a numeric value");
        }
        else if (!isWhole)
        {
            program.Fail($"'{argument}': value not completely converted");
        }
    }

    private static Int128 Limit(TextProgram program, string argument, Int128 number, bool isSigned)
    {
        Int128 least = isSigned ? long.MinValue : -(Int128)ulong.MaxValue;
        Int128 most = isSigned ? long.MaxValue : ulong.MaxValue;
        if (number < least || number > most)
        {
            program.Fail($"'{argument}': Numerical result out of range");
            return isSigned && number < 0 ? least : most;
        }

        return isSigned || number >= 0 ? number : (Int128)unchecked((ulong)(long)number);
    }
}
