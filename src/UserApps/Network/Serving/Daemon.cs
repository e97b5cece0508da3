namespace KernelSockets.UserApps.Network.Serving;

/// <summary>A server that leaves the foreground once it serves, as Unix's do.</summary>
internal static class Daemon
{
    /// <summary>Starts a server as a job of its own, and waits until it serves or has failed.</summary>
    /// <param name="jobs">Starts it.</param>
    /// <param name="name">Its name.</param>
    /// <param name="arguments">Its arguments, as ps and /proc tell them.</param>
    /// <param name="serve">The server: calls what it is given once it serves, and returns a status when it has ended.</param>
    /// <returns>0 once it serves; its status when it has failed before.</returns>
    public static int Start(IJobControl jobs, string name, string[] arguments, Func<Action, int> serve)
    {
        TaskCompletionSource<int> outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Errno error = jobs.TryStart(
            new JobStart { Name = name, Arguments = arguments, Main = _ => Run(serve, outcome) }, out _);
        if (error != Errno.Success)
        {
            Console.Error.WriteLine($"{name}: {error.Describe()}");
            return 1;
        }

        return outcome.Task.GetAwaiter().GetResult();
    }

    private static int Run(Func<Action, int> serve, TaskCompletionSource<int> outcome)
    {
        int status = 1;
        try
        {
            status = serve(() => outcome.TrySetResult(0));
            return status;
        }
        finally
        {
            outcome.TrySetResult(status); // has no effect once it served
        }
    }
}
