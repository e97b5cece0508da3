using System.Text;

namespace KernelSockets.UserApps.Text;

/// <summary>expr: prints the value of an expression.</summary>
internal static class Expr
{
    public const string Help = """
        Usage: expr EXPRESSION
        Prints the value of EXPRESSION, each part of which is an argument of its own. Lowest first:
          A | B             A, or B where A is empty or 0
          A & B             A, or 0 where one of them is empty or 0
          A = B, == != < <= > >=     1 where it is so, else 0; as numbers if both are
          A + B, A - B      sum, difference
          A * B, A / B, A % B        product, quotient, rest (64 bits)
          A : RE            what a basic regular expression matches at the beginning of A: its group, or how many bytes
          match A RE, substr A FROM COUNT, index A CHARS, length A, + WORD, ( A )
        Ends with status 0; 1 for an empty value or 0; 2 for no expression; 3 after trouble.

        """;

    private const int EmptyStatus = 1;
    private const int InvalidStatus = 2;

    public static int Main(string[] arguments) =>
        new TextProgram("expr", Stream.Null, StandardStream.Output) { TroubleStatus = 3 }.Run(Run, arguments);

    internal static int Run(TextProgram program, string[] arguments)
    {
        string[] words = arguments is ["--", ..] ? arguments[1..] : arguments;
        if (words.Length == 0)
        {
            _ = program.Misused("missing operand");
            return InvalidStatus;
        }

        try
        {
            string value = new ExprParser(words).Evaluate();
            program.Output.WriteLine(Encoding.UTF8.GetBytes(value));
            return ExprParser.IsEmpty(value) ? EmptyStatus : 0;
        }
        catch (ExprException exception)
        {
            program.Fail(exception.Message);
            return InvalidStatus;
        }
        catch (OverflowException)
        {
            program.Fail("Numerical result out of range");
            return program.Status;
        }
    }
}
