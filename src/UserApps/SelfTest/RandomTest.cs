namespace KernelSockets.UserApps.SelfTest;

/// <summary>Random identifiers come in one job after the other: what the class library keeps for all of them does not end with the first.</summary>
internal sealed class RandomTest : RuntimeTest
{
    private const int Jobs = 3;

    /// <inheritdoc/>
    public override string Name => "random";

    /// <inheritdoc/>
    public override string Summary => "Guid.NewGuid in one job after the other";

    /// <inheritdoc/>
    public override string Run(ISystem system)
    {
        HashSet<Guid> seen = [Guid.NewGuid()];
        for (int i = 0; i < Jobs; i++)
        {
            Guid made = Guid.Empty;
            Errno error = system.Jobs.TryStart("random", _ => (made = Guid.NewGuid()).Version, [], out IJob? job);
            Expect.True(error == Errno.Success, $"a job cannot be started: {error.Describe()}");
            Expect.Equal(Errno.Success, job!.Wait(system.Clock.Now + ThreadGroup.Limit), "the wait for a job");
            Expect.Equal(4, job.ExitStatus, "a job's exit status, which is the version of its identifier");
            Expect.True(seen.Add(made), "an identifier came twice");
        }

        return "";
    }
}
