namespace KernelSockets.UserApps.Text.Ed;

/// <summary>Prints lines of the buffer: plain, numbered, or so that every byte can be told.</summary>
internal sealed class EdPrinter(ByteWriter output)
{
    private const int ListWidth = 72;

    /// <summary>Prints a line.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="text">Its bytes.</param>
    /// <param name="ways">Of <c>p</c>, <c>n</c> (numbered) and <c>l</c> (every byte).</param>
    public void Print(int number, byte[] text, string ways)
    {
        if (ways.Contains('n', StringComparison.Ordinal))
        {
            output.Write(number);
            output.Write((byte)'\t');
        }

        if (ways.Contains('l', StringComparison.Ordinal))
        {
            List(text);
        }
        else
        {
            output.WriteLine(text);
        }
    }

    private void List(byte[] text)
    {
        int column = 0;
        foreach (byte value in text)
        {
            string shown = Show(value);
            if (column + shown.Length > ListWidth)
            {
                output.Write("\\\n");
                column = 0;
            }

            output.Write(shown);
            column += shown.Length;
        }

        output.Write("$\n");
    }

    private static string Show(byte value)
    {
        int index = "\a\b\f\n\r\t\v\\$".IndexOf((char)value, StringComparison.Ordinal);
        return index >= 0 ? "\\" + "abfnrtv\\$"[index]
            : value is >= 0x20 and < 0x7F ? ((char)value).ToString() : $"\\{Convert.ToString(value, 8).PadLeft(3, '0')}";
    }
}
