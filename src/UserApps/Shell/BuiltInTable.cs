namespace KernelSockets.UserApps;

/// <summary>The words that the shell itself carries out, as <c>help</c> describes them.</summary>
internal static class BuiltInTable
{
    /// <summary>The entries for the table of commands.</summary>
    public static IReadOnlyList<App> Describe() => [.. DescribeFlow(), .. DescribeVariables(), .. DescribeJobs()];

    private static IReadOnlyList<App> DescribeFlow() =>
    [
        Entry(".", "run the commands of a file in this shell", """
            Usage: . FILE
            Reads commands from FILE and carries them out in this very shell, so that variables and the directory stay changed.

            """),
        Entry(":", "do nothing", """
            Usage: : [ARGUMENT...]
            Does nothing; its arguments are expanded all the same.

            """),
        Entry("break", "leave a loop", """
            Usage: break [N]
            Ends the innermost loop, or N of them.

            """),
        Entry("command", "run a command, or tell what it is", """
            Usage: command [-v] NAME [ARGUMENT...]
            Runs NAME, even if a function has that name.
              -v  print what NAME is instead; fail if it is nothing

            """),
        Entry("continue", "start the next round of a loop", """
            Usage: continue [N]
            Goes on with the next round of the innermost loop, or of the Nth from within.

            """),
        Entry("eval", "run its arguments as a command", """
            Usage: eval [TEXT...]
            Carries TEXT out as if it had been typed.

            """),
        Entry("exec", "become another command, or redirect the shell", """
            Usage: exec [COMMAND [ARGUMENT...]]
            Runs COMMAND and ends the shell with its status. Without one, the redirections stay for the commands that follow.

            """),
        Entry("exit", "end a script with a status", """
            Usage: exit [STATUS]
            Ends a script, or a shell that another program has started. STATUS is 0 to 255; by default that of the last command.

            """),
        Entry("return", "leave a function", """
            Usage: return [STATUS]
            Ends a function, or a file that '.' reads.

            """),
        Entry("type", "tell what a command is", """
            Usage: type NAME...
            Tells whether NAME is a function, a word of the shell or a program.

            """),
    ];

    private static IReadOnlyList<App> DescribeVariables() =>
    [
        Entry("cd", "change the directory", """
            Usage: cd [DIRECTORY | -]
            Makes DIRECTORY the place where relative paths start; HOME, or else /, without an argument, the last one with -.

            """),
        Entry("export", "give variables to programs", """
            Usage: export [NAME[=VALUE]...]
            Marks variables for the environment of the commands to come; lists those that are without an argument.
            The environment is seen by sh and env. All programs share one process, so other ones do not see it.

            """),
        Entry("read", "read a line into variables", """
            Usage: read [-r] NAME...
            Reads a line from the input and gives each NAME a field of it; the last one gets the rest. Fails at the end of the input.
              -r  a backslash is an ordinary character

            """),
        Entry("readonly", "forbid that variables change", """
            Usage: readonly [NAME[=VALUE]...]
            Marks variables as unchangeable; lists those that are without an argument.

            """),
        Entry("set", "change options and positional parameters", """
            Usage: set [-efux] [+efux] [--] [ARGUMENT...]
            Lists all variables without an argument. ARGUMENTs become $1 and so on.
              -e  end the shell when a command fails
              -f  no file names for patterns
              -u  a variable that is not set is an error
              -x  show commands as they run

            """),
        Entry("shift", "drop positional parameters", """
            Usage: shift [N]
            Drops the first positional parameter, or the first N.

            """),
        Entry("unset", "forget variables", """
            Usage: unset [-fv] NAME...
            Forgets variables.
              -f  functions instead

            """),
    ];

    private static IReadOnlyList<App> DescribeJobs() =>
    [
        Entry("fg", "bring a background job to the foreground", """
            Usage: fg [JOB]
            Waits for a background job, which Ctrl-C then reaches, and which gets what is typed: before, it waits with reading.
            JOB is a number from 'jobs'; by default the latest.

            """),
        Entry("history", "list the lines typed so far", """
            Usage: history [-c] [N]
            Lists the lines typed so far, or the last N of them.
              -c  forget them

            """),
        Entry("jobs", "list background jobs", """
            Usage: jobs
            Lists the jobs started with '&' and what became of them.

            """),
        Entry("wait", "wait for background jobs", """
            Usage: wait [JOB...]
            Waits for the named background jobs, or for all. The exit status is that of the last one named.

            """),
    ];

    /// <summary>True for the special built-ins of POSIX (XCU §2.14): functions cannot hide them, and assignments before them stay.</summary>
    public static bool IsSpecial(string name) =>
        name is "." or ":" or "break" or "continue" or "eval" or "exec" or "exit" or "export" or "readonly" or "return" or "set" or "shift" or "unset";

    private static App Entry(string name, string summary, string help) => new(name, AppGroup.Shell, summary, help, main: null);
}
