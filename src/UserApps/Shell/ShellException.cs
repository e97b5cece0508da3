namespace KernelSockets.UserApps;

/// <summary>A command cannot be carried out: an expansion failed, or what it depends on. Ends the command; a script ends with it, as POSIX wants it (XCU §2.8.1).</summary>
internal sealed class ShellException(string message, int status = App.UsageStatus) : Exception(message)
{
    /// <summary>What <c>$?</c> becomes.</summary>
    public int Status => status;
}
