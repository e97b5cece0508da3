namespace KernelSockets.UserApps.Files.Finding;

/// <summary>find: the files of a tree that an expression is true for.</summary>
internal sealed class FindCommand(IJobControl jobs, AppTable apps) : Command
{
    /// <inheritdoc/>
    public override string Name => "find";

    /// <inheritdoc/>
    public override AppGroup Group => AppGroup.Files;

    /// <inheritdoc/>
    public override string Summary => "files of a tree that are as wanted";

    /// <inheritdoc/>
    public override string Help => """
        Usage: find [PATH...] [EXPRESSION]
        Looks at all files below the PATHs (.), and prints those that EXPRESSION is true for.
          -name, -iname, -path, -ipath PATTERN    the name or the whole path; with i capitals do not matter
          -type b|c|d|f|l|p|s[,...]   -empty      -size N[cwbkMG]      -links N      -inum N      -perm [-|/]MODE
          -mtime, -atime, -ctime DAYS  -mmin MINUTES  -newer FILE  -samefile FILE  -user NAME  -group NAME
          -print, -print0                         print it, ended by a line's end or a zero
          -exec COMMAND [ARGUMENT...] \;          run COMMAND, with {} replaced by the path
          -exec COMMAND [ARGUMENT...] {} +        run COMMAND on many at a time
          -delete   -prune   -quit   -true   -false
          -maxdepth, -mindepth LEVELS   -depth   -xdev
          ! X    X -a Y    X Y    X -o Y    X , Y    ( X )
        N is exactly N, +N more, -N less.

        """;

    /// <inheritdoc/>
    public override int Run(string[] arguments)
    {
        int count = Array.FindIndex(arguments, FindParser.IsExpression);
        string[] starts = count < 0 ? arguments : arguments[..count];
        FindRun run = new(Launch);
        FindParser parser = new(run, count < 0 ? [] : arguments[count..]);
        FindTest expression = parser.Parse();
        if (parser.Error is { } error)
        {
            return Fail(error);
        }

        foreach (string start in starts.Length == 0 ? ["."] : starts)
        {
            if (!run.HasQuit)
            {
                run.Walk(start, expression);
            }
        }

        run.Finish();
        return run.Status;
    }

    /// <summary>Runs a command as a job, and waits for it. One that is interrupted interrupts the job.</summary>
    private int? Launch(string[] words)
    {
        if (!apps.TryFind(words[0], out App? app) || app.IsBuiltIn)
        {
            return null;
        }

        Errno error = jobs.TryStart(app.Name, app.Run, words[1..], out IJob? job);
        if (job is null)
        {
            Console.Error.WriteLine($"find: {words[0]}: {error.Describe()}");
            return 1;
        }

        while (job.Wait(Instant.Never) != Errno.Success)
        {
            job.Interrupt();
        }

        return job.ExitStatus;
    }
}
