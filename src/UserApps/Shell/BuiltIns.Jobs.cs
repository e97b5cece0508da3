using System.Text;

namespace KernelSockets.UserApps;

/// <content>Jobs and history.</content>
internal sealed partial class BuiltIns
{
    private int Foreground(string[] arguments)
    {
        string? number = arguments.Length == 0 ? null : arguments[0];
        if (interpreter.Background.Find(number) is not { } job)
        {
            return Complain("fg", $"{number ?? "current"}: no such job", 1);
        }

        int printed = Print("fg", interpreter.Background.SourceOf(job) + "\n");
        if (printed != 0)
        {
            return printed;
        }

        Errno error = JobControl.SetForeground(job);
        if (error is not (Errno.Success or Errno.ESRCH))
        {
            return Complain("fg", $"{job.Id}: {error.Describe()}", 1);
        }

        int status = Interpreter.WaitFor(job);
        interpreter.Background.Remove(job);
        bool wasInterrupted = job.IsInterrupted;
        JobControl.TakeForeground();
        if (wasInterrupted)
        {
            // As for a command that was in the foreground from the start, the rest of the line is dropped.
            JobControl.Current?.Interrupt();
        }

        return status;
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

        StringBuilder text = new();
        for (int i = Math.Max(0, history.Count - count); i < history.Count; i++)
        {
            text.Append($"{history.FirstNumber + i,5}  {history[i]}\n");
        }

        return Print("history", text.ToString());
    }

    private int Jobs()
    {
        StringBuilder text = new();
        foreach ((IJob job, string source) in interpreter.Background.All)
        {
            if (!job.HasEnded)
            {
                text.Append(BackgroundJobs.Describe(job, source)).Append('\n');
            }
        }

        foreach (string line in interpreter.Background.Reap())
        {
            text.Append(line).Append('\n');
        }

        return Print("jobs", text.ToString());
    }

    private int Wait(string[] arguments)
    {
        int status = 0;
        if (arguments.Length == 0)
        {
            while (interpreter.Background.Find(null) is { } job)
            {
                status = WaitFor(job, out bool isInterrupted);
                if (isInterrupted)
                {
                    return status;
                }
            }

            return 0;
        }

        foreach (string number in arguments)
        {
            status = interpreter.Background.Find(number) is { } job
                ? WaitFor(job, out _)
                : Complain("wait", $"{number}: no such job", NotFoundStatus);
        }

        return status;
    }

    /// <summary>Waits for a job that stays in the background: Ctrl-C ends the waiting, not the job.</summary>
    private int WaitFor(IJob job, out bool isInterrupted)
    {
        isInterrupted = job.Wait(Instant.Never) != Errno.Success;
        if (isInterrupted)
        {
            return App.InterruptedStatus;
        }

        interpreter.Background.Remove(job);
        return job.ExitStatus;
    }
}
