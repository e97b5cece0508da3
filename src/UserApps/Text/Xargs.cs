namespace KernelSockets.UserApps.Text;

/// <summary>xargs: runs a command with words of the input as arguments.</summary>
internal static class Xargs
{
    public const string Help = """
        Usage: xargs [-0rtx] [-d CHAR] [-I TEXT] [-L LINES] [-n WORDS] [-s BYTES] [COMMAND [ARGUMENT...]]
        Runs COMMAND (echo) with the ARGUMENTs and behind them the words of the input, as many as fit, as often as needed.
        Words stand between blanks and newlines; '...', "..." and \ take the meaning of these away.
          -0, -d CHAR  words stand between NULs, or CHARs, and nothing else has a meaning
          -I TEXT      once for each line of the input, which comes in the place of TEXT in the ARGUMENTs
          -L LINES     at most so many lines of the input each time
          -n WORDS     at most so many words each time
          -s BYTES     at most so many bytes (131072)
          -r           not at all where the input has no words
          -t           print each command before it runs
        Ends with status 0; 123 where a command failed; 124 where one ended with 255; 126, 127 where COMMAND cannot be run or found.
        COMMAND runs as a part of xargs, with its input and output.

        """;

    private const int FailedStatus = 123;
    private const int AbortedStatus = 124;
    private const int BuiltInStatus = 126;
    private const int UnknownStatus = 127;
    private const int AbortingStatus = 255;

    /// <summary>Finds a command by name; null for none.</summary>
    internal delegate App? FindApp(string name);

    public static int Main(string[] arguments, FindApp find) => TextProgram.Run("xargs", (program, words) => Run(program, words, find), arguments);

    internal static int Run(TextProgram program, string[] arguments, FindApp find)
    {
        XargsOptions options = new();
        OptionReader reader = new(
            "+0d:I:L:n:s:rtx", arguments,
            ("null", '0'), ("delimiter", 'd'), ("replace", 'I'), ("max-lines", 'L'), ("max-args", 'n'), ("max-chars", 's'), ("no-run-if-empty", 'r'), ("verbose", 't'), ("exit", 'x'));
        while (reader.TryNext(out char option))
        {
            options.Take(option, reader);
        }

        if (reader.Error is { } error)
        {
            return program.Misused(error);
        }

        string[] command = reader.Operands.Count == 0 ? ["echo"] : [.. reader.Operands];
        if (find(command[0]) is not { IsBuiltIn: false } app)
        {
            program.Fail(find(command[0]) is null ? $"{command[0]}: {Errno.ENOENT.Describe()}" : $"{command[0]}: a part of the shell");
            return find(command[0]) is null ? UnknownStatus : BuiltInStatus;
        }

        return RunAll(program, options, app, command[1..]);
    }

    private static int RunAll(TextProgram program, XargsOptions options, App app, string[] arguments)
    {
        int status = 0;
        bool hasRun = false;
        XargsBatches batches = new(options, program.Lines(program.Input, options.Delimiter ?? (byte)'\n'));
        while (batches.TryNext(app.Name, arguments, out string[] words))
        {
            hasRun = true;
            if (Execute(program, options, app, words, ref status) == AbortingStatus)
            {
                program.Fail($"{app.Name}: exited with status 255; aborting");
                return AbortedStatus;
            }
        }

        if (batches.Error is { } error)
        {
            program.Fail(error);
            return program.Status;
        }

        if (!hasRun && !options.NeedsWords)
        {
            _ = Execute(program, options, app, arguments, ref status);
        }

        return status;
    }

    private static int Execute(TextProgram program, XargsOptions options, App app, string[] words, ref int status)
    {
        if (options.IsVerbose)
        {
            Console.Error.WriteLine(string.Join(' ', [app.Name, .. words]));
        }

        program.Output.Flush();
        int result = app.Run(words);
        status = result == 0 ? status : FailedStatus;
        return result;
    }
}
