namespace KernelSockets.UserApps.Text;

/// <summary>test and [: whether something is so, as an exit status.</summary>
internal static class TestCommand
{
    public const string TestHelp = "Usage: test EXPRESSION\n" + Explanation;

    public const string BracketHelp = "Usage: [ EXPRESSION ]\n" + Explanation;

    private const string Explanation = """
        Ends with status 0 where EXPRESSION is true, 1 where it is false, 2 where it is none.
          -e -f -d -h -L -p -S -b -c FILE  it is there; a file, directory, link, pipe, socket, block device, character device
          -r -w -x -s FILE                 it can be read, written, executed; is not empty
          -u -g -k -O -G -N FILE           mode bits; owner and group; changed since it was read
          -t FD                            a descriptor is a terminal
          FILE1 -nt FILE2, -ot, -ef        newer, older, the same file
          -n TEXT, -z TEXT, TEXT           not empty, empty, not empty
          TEXT1 = TEXT2, ==, !=, <, >      texts as bytes
          N1 -eq N2, -ne -lt -le -gt -ge   whole numbers; -l TEXT is the length of a text
          ! E, E1 -a E2, E1 -o E2, ( E )   not, and, or

        """;

    private const int FalseStatus = 1;

    public static int Test(string[] arguments) => Judge("test", arguments);

    public static int Bracket(string[] arguments)
    {
        if (arguments is not [.. var expression, "]"])
        {
            Console.Error.WriteLine("[: missing ']'");
            return App.UsageStatus;
        }

        return Judge("[", expression);
    }

    private static int Judge(string name, string[] arguments)
    {
        if (new TestExpression(arguments).TryJudge(out bool isTrue, out string? error))
        {
            return isTrue ? 0 : FalseStatus;
        }

        Console.Error.WriteLine($"{name}: {error}");
        return App.UsageStatus;
    }
}
