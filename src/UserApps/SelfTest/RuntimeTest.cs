namespace KernelSockets.UserApps.SelfTest;

/// <summary>One test of the runtime on this kernel. Bounded in time; leaves no thread and no garbage that matters behind.</summary>
/// <remarks>Runs on a thread of its own, one test at a time. The same code runs on a desktop, where what needs the kernel skips.</remarks>
internal abstract class RuntimeTest
{
    /// <summary>Name on the command line: lower case, with hyphens.</summary>
    public abstract string Name { get; }

    /// <summary>What is tested, in a line.</summary>
    public abstract string Summary { get; }

    /// <summary>Runs the test.</summary>
    /// <param name="system">The kernel.</param>
    /// <returns>What was measured, for the report; empty for nothing.</returns>
    /// <exception cref="SelfTestFailedException">The test failed; so does any other exception.</exception>
    public abstract string Run(ISystem system);

    /// <summary>Why the test cannot run here; null when it can.</summary>
    public virtual string? ReasonToSkip(ISystem system) => null;
}
