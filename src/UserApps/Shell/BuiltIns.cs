namespace KernelSockets.UserApps;

/// <summary>The commands that the shell itself carries out, since they concern its own state: jobs, history, its end.</summary>
internal sealed class BuiltIns(Shell shell)
{
    private const int NotFoundStatus = 127;

    /// <summary>The entries for the table of commands.</summary>
    public static IReadOnlyList<App> Describe() =>
    [
        Entry("exit", "end a script with a status", """
            Usage: exit [STATUS]
            Ends a script, or a shell that another program has started. STATUS is 0 to 255; by default that of the last command.

            """),
        Entry("fg", "bring a background job to the foreground", """
            Usage: fg [JOB]
            Waits for a background job, which Ctrl-C then reaches. JOB is a number from 'jobs'; by default the latest.

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

    /// <summary>Carries a command out.</summary>
    /// <param name="app">One of <see cref="Describe"/>.</param>
    /// <param name="arguments">Arguments, without the name.</param>
    /// <returns>Exit status.</returns>
    public int Run(App app, string[] arguments)
    {
        if (arguments is ["--help", ..])
        {
            shell.Write(app.Help);
            return 0;
        }

        return app.Name switch
        {
            "exit" => Exit(arguments),
            "fg" => Foreground(arguments),
            "history" => History(arguments),
            "jobs" => Jobs(),
            "wait" => Wait(arguments),
            _ => Complain(app.Name, "not a built-in", NotFoundStatus),
        };
    }

    private static App Entry(string name, string summary, string help) => new(name, AppGroup.Shell, summary, help, main: null);

    private int Exit(string[] arguments)
    {
        if (arguments.Length == 0)
        {
            return shell.Exit(shell.LastStatus);
        }

        return arguments.Length == 1 && byte.TryParse(arguments[0], out byte status)
            ? shell.Exit(status)
            : Complain("exit", $"{arguments[0]}: a status from 0 to 255 is required", App.UsageStatus);
    }

    private int Foreground(string[] arguments)
    {
        string? number = arguments.Length == 0 ? null : arguments[0];
        if (shell.Background.Find(number) is not { } job)
        {
            return Complain("fg", $"{number ?? "current"}: no such job", 1);
        }

        shell.Write(shell.Background.SourceOf(job) + "\n");
        Errno error = shell.Jobs.SetForeground(job);
        return error is Errno.Success or Errno.ESRCH
            ? shell.WaitInForeground(job)
            : Complain("fg", $"{job.Id}: {error.Describe()}", 1);
    }

    private int History(string[] arguments)
    {
        History history = shell.History;
        if (arguments is ["-c"])
        {
            history.Clear();
            return 0;
        }

        int count = history.Count;
        if (arguments.Length > 0 && (!int.TryParse(arguments[0], out count) || count < 0))
        {
            return Complain("history", $"{arguments[0]}: a number is required", App.UsageStatus);
        }

        for (int i = Math.Max(0, history.Count - count); i < history.Count; i++)
        {
            shell.Write($"{history.FirstNumber + i,5}  {history[i]}\n");
        }

        return 0;
    }

    private int Jobs()
    {
        foreach ((IJob job, string source) in shell.Background.All)
        {
            if (!job.HasEnded)
            {
                shell.Write(BackgroundJobs.Describe(job, source) + "\n");
            }
        }

        foreach (string line in shell.Background.Reap())
        {
            shell.Write(line + "\n");
        }

        return 0;
    }

    private int Wait(string[] arguments)
    {
        int status = 0;
        if (arguments.Length == 0)
        {
            int left = shell.Background.All.Count;
            while (shell.Background.Find(null) is { } job)
            {
                status = WaitFor(job);
                if (shell.Background.All.Count == left)
                {
                    return status;
                }

                left--;
            }

            return 0;
        }

        foreach (string number in arguments)
        {
            status = shell.Background.Find(number) is { } job
                ? WaitFor(job)
                : Complain("wait", $"{number}: no such job", NotFoundStatus);
        }

        return status;
    }

    /// <summary>Waits for a job that stays in the background: Ctrl-C ends the waiting, not the job.</summary>
    /// <remarks>Ctrl-C reaches the foreground job only, hence the waiting is one.</remarks>
    private int WaitFor(IJob job)
    {
        Errno error = shell.Jobs.TryStart("wait", _ => WaitHere(job), [], isForeground: true, out IJob? waiter);
        if (waiter is null)
        {
            return Complain("wait", error.Describe(), 1);
        }

        int status = shell.WaitInForeground(waiter);
        if (status != 0)
        {
            return status;
        }

        shell.Background.Remove(job);
        return job.ExitStatus;
    }

    private static int WaitHere(IJob job) => job.Wait(Instant.Never) == Errno.Success ? 0 : App.InterruptedStatus;

    private int Complain(string name, string message, int status)
    {
        shell.Write($"sh: {name}: {message}\n");
        return status;
    }
}
