namespace KernelSockets.UserApps.SelfTest;

/// <summary>An unhandled exception ends the program with its trace and status 134, and nothing else.</summary>
internal sealed class JobCrashTest : RuntimeTest
{
    private const int AbortedStatus = 134;

    /// <inheritdoc/>
    public override string Name => "job-crash";

    /// <inheritdoc/>
    public override string Summary => "an unhandled exception ends its job with status 134 (its trace is expected)";

    /// <inheritdoc/>
    public override string Run(ISystem system)
    {
        Expect.Equal(AbortedStatus, StatusOf(system, Throw), "status of a job that threw");
        Expect.Equal(7, StatusOf(system, static arguments => arguments.Length + 5), "status of a job that returned");
        return "";
    }

    private static int Throw(string[] arguments) => throw new SelfTestFailedException("this one is meant to be unhandled");

    private static int StatusOf(ISystem system, Func<string[], int> main)
    {
        Errno error = system.Jobs.TryStart("selftest-job", main, ["a", "b"], out IJob? job);
        Expect.True(job is not null, $"a job cannot be started: {error.Describe()}");
        Expect.Equal(Errno.Success, job!.Wait(system.Clock.Now + ThreadGroup.Limit), "waiting for a job");
        return job.ExitStatus;
    }
}
