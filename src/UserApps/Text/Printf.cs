namespace KernelSockets.UserApps.Text;

/// <summary>printf: text with values put in.</summary>
internal static class Printf
{
    public const string Help = """
        Usage: printf FORMAT [ARGUMENT...]
        Prints FORMAT with the ARGUMENTs in the places of its conversions, and again as long as there are more of them.
          %d %i %u %o %x %X   whole numbers: decimal, 0 octal, 0x hexadecimal, or 'c for the number of a character
          %f %e %g %F %E %G   numbers with a fraction
          %s %c %b %%         a text, its first byte, a text with escapes, a percent sign
          \\ \" \a \b \c \e \f \n \r \t \v \NNN \xHH   (in %b also \0NNN; \c ends all output)
        Flags - + # 0 and blank, width and precision are printf(3)'s; * takes them from the ARGUMENTs.

        """;

    public static int Main(string[] arguments) => TextProgram.Run("printf", Run, arguments);

    internal static int Run(TextProgram program, string[] arguments)
    {
        string[] words = arguments is ["--", ..] ? arguments[1..] : arguments;
        if (words.Length == 0)
        {
            return program.Misused("missing operand");
        }

        new PrintfFormat(program, System.Text.Encoding.UTF8.GetBytes(words[0]), words[1..]).Print();
        return program.Status;
    }
}
