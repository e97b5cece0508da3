using System.Text;

namespace KernelSockets.UserApps.Commands;

/// <summary>echo: prints its arguments (GNU coreutils' options and escapes).</summary>
internal sealed class EchoCommand : Command
{
    /// <inheritdoc/>
    public override string Name => "echo";

    /// <inheritdoc/>
    public override AppGroup Group => AppGroup.Shell;

    /// <inheritdoc/>
    public override string Summary => "print arguments";

    /// <inheritdoc/>
    public override string Help => """
        Usage: echo [-neE] [TEXT...]
        Prints TEXT, separated by blanks and ended by a newline.
          -n  no newline at the end
          -e  interpret \a \b \c \e \f \n \r \t \v \\ \0NNN (octal) \xHH (hexadecimal)
          -E  do not (the default)

        """;

    /// <inheritdoc/>
    public override int Run(string[] arguments)
    {
        bool hasNewline = true;
        bool isInterpreted = false;
        int first = 0;
        while (first < arguments.Length && IsOptions(arguments[first]))
        {
            foreach (char option in arguments[first].AsSpan(1))
            {
                hasNewline &= option != 'n';
                isInterpreted = option == 'e' || (option != 'E' && isInterpreted);
            }

            first++;
        }

        string text = string.Join(' ', arguments, first, arguments.Length - first);
        if (isInterpreted)
        {
            text = Interpret(text, ref hasNewline);
        }

        Console.Out.Write(hasNewline ? text + "\n" : text);
        return 0;
    }

    private static bool IsOptions(string argument) =>
        argument.Length > 1 && argument[0] == '-' && !argument.AsSpan(1).ContainsAnyExcept("neE");

    private static string Interpret(string text, ref bool hasNewline)
    {
        var result = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length)
            {
                result.Append(text[i]);
                continue;
            }

            char letter = text[++i];
            if (letter == 'c')
            {
                hasNewline = false;
                break;
            }

            AppendEscape(result, text, letter, ref i);
        }

        return result.ToString();
    }

    private static void AppendEscape(StringBuilder result, string text, char letter, ref int position)
    {
        const string Letters = "abefnrtv\\";
        const string Values = "\a\b\e\f\n\r\t\v\\";
        int index = Letters.IndexOf(letter, StringComparison.Ordinal);
        if (index >= 0)
        {
            result.Append(Values[index]);
        }
        else if (letter is '0' or 'x')
        {
            AppendNumber(result, text, letter, ref position);
        }
        else
        {
            result.Append('\\').Append(letter);
        }
    }

    private static void AppendNumber(StringBuilder result, string text, char letter, ref int position)
    {
        int radix = letter == '0' ? 8 : 16;
        int most = letter == '0' ? 3 : 2;
        int value = 0;
        int digits = 0;
        while (digits < most && position + 1 < text.Length && DigitValue(text[position + 1]) < radix)
        {
            value = (value * radix) + DigitValue(text[++position]);
            digits++;
        }

        if (digits == 0 && letter == 'x')
        {
            result.Append("\\x");
            return;
        }

        result.Append((char)(byte)value);
    }

    private static int DigitValue(char c) => char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : int.MaxValue;
}
