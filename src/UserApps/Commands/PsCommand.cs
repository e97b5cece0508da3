namespace KernelSockets.UserApps.Commands;

/// <summary>ps: the tasks.</summary>
internal sealed class PsCommand(ISystem system) : Command
{
    /// <inheritdoc/>
    public override string Name => "ps";

    /// <inheritdoc/>
    public override AppGroup Group => AppGroup.System;

    /// <inheritdoc/>
    public override string Summary => "list tasks";

    /// <inheritdoc/>
    public override string Help => """
        Usage: ps [-j]
        Lists all tasks by id.
          -j   only tasks of jobs, not the kernel's own
        PID task   JOB its job, - for the kernel's own   PRI priority, 0 is the most urgent
        STAT R ready or running, W waits for WCHAN, S sleeps until a time, Z has ended
        TIME processor time used, minutes:seconds.hundredths

        """;

    /// <inheritdoc/>
    public override int Run(string[] arguments)
    {
        // The traditional spellings of "all processes" are taken, since all is what it shows.
        var options = new OptionReader("jaxuefA", arguments);
        bool isJobsOnly = false;
        while (options.TryNext(out char option))
        {
            isJobsOnly |= option == 'j';
        }

        if (options.Error is { } error)
        {
            return Misused(error);
        }

        Console.Out.WriteLine(TaskRow.Heading);
        foreach (TaskInformation task in system.Tasks())
        {
            if (!isJobsOnly || task.JobId != 0)
            {
                Console.Out.WriteLine(TaskRow.Format(task));
            }
        }

        return 0;
    }
}
