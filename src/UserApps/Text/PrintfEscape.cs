namespace KernelSockets.UserApps.Text;

/// <summary>The escapes of printf.</summary>
internal static class PrintfEscape
{
    private const string Letters = "abefnrtv\\\"";
    private const string Values = "\a\b\e\f\n\r\t\v\\\"";

    /// <summary>Writes the escape behind a backslash.</summary>
    /// <param name="text">Where it stands.</param>
    /// <param name="position">Behind the backslash; then behind the escape.</param>
    /// <param name="isArgument">True in an argument of %b, where \0NNN may have four digits.</param>
    /// <param name="output">Gets its value.</param>
    /// <returns>False for \c, which ends the output.</returns>
    public static bool TryWrite(ReadOnlySpan<byte> text, ref int position, bool isArgument, ByteWriter output)
    {
        if (position == text.Length)
        {
            output.Write((byte)'\\');
            return true;
        }

        byte letter = text[position];
        int index = Letters.IndexOf((char)letter, StringComparison.Ordinal);
        if (letter == 'c')
        {
            return false;
        }

        if (index >= 0)
        {
            position++;
            output.Write((byte)Values[index]);
        }
        else if (letter == 'x' && Digits(text[(position + 1)..], 16, 2) is > 0 and var hexadecimal)
        {
            output.Write(Number(text.Slice(position + 1, hexadecimal), 16));
            position += 1 + hexadecimal;
        }
        else if (Digits(text[position..], 8, isArgument && letter == '0' ? 4 : 3) is > 0 and var octal)
        {
            output.Write(Number(text.Slice(position, octal), 8));
            position += octal;
        }
        else
        {
            output.Write((byte)'\\');
        }

        return true;
    }

    /// <summary>A text with its escapes carried out.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isEnded">True where \c ended it and all output.</param>
    public static byte[] Expand(byte[] text, out bool isEnded)
    {
        using MemoryStream expanded = new();
        ByteWriter output = new(expanded);
        int position = 0;
        isEnded = false;
        while (position < text.Length && !isEnded)
        {
            byte value = text[position++];
            if (value == '\\')
            {
                isEnded = !TryWrite(text, ref position, isArgument: true, output);
            }
            else
            {
                output.Write(value);
            }
        }

        output.Flush();
        return expanded.ToArray();
    }

    private static int Digits(ReadOnlySpan<byte> text, int radix, int most)
    {
        int count = 0;
        while (count < text.Length && count < most && Value(text[count]) < radix)
        {
            count++;
        }

        return count;
    }

    private static byte Number(ReadOnlySpan<byte> digits, int radix)
    {
        int number = 0;
        foreach (byte digit in digits)
        {
            number = (number * radix) + Value(digit);
        }

        return (byte)number;
    }

    private static int Value(byte digit) => char.IsAsciiHexDigit((char)digit) ? Convert.ToInt32(((char)digit).ToString(), 16) : int.MaxValue;
}
