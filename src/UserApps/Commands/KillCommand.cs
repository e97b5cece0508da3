namespace KernelSockets.UserApps.Commands;

/// <summary>kill: tells jobs to end, as Ctrl-C does. There are no signals to choose from.</summary>
internal sealed class KillCommand(ISystem system) : Command
{
    /// <inheritdoc/>
    public override string Name => "kill";

    /// <inheritdoc/>
    public override AppGroup Group => AppGroup.System;

    /// <inheritdoc/>
    public override string Summary => "tell a job to end";

    /// <inheritdoc/>
    public override string Help => """
        Usage: kill [-SIGNAL] PID...
        Interrupts the jobs of the tasks PID, as Ctrl-C does. SIGNAL (INT, TERM, KILL, HUP, or 1, 2, 9, 15) is taken for the habit's
        sake; all mean the same. The kernel's own tasks cannot be killed.

        """;

    /// <inheritdoc/>
    public override int Run(string[] arguments)
    {
        ReadOnlySpan<string> words = arguments;
        if (words.Length > 0 && words[0].Length > 1 && words[0][0] == '-')
        {
            if (!IsSignal(words[0].AsSpan(1)))
            {
                return Misused($"{words[0][1..]}: invalid signal specification");
            }

            words = words[1..];
        }

        if (words.Length == 0)
        {
            return Misused("a PID is required");
        }

        int status = 0;
        foreach (string word in words)
        {
            status |= Kill(word);
        }

        return status;
    }

    private static bool IsSignal(ReadOnlySpan<char> name) =>
        name is "INT" or "TERM" or "KILL" or "HUP" or "SIGINT" or "SIGTERM" or "SIGKILL" or "SIGHUP" or "1" or "2" or "9" or "15";

    private int Kill(string word)
    {
        if (!int.TryParse(word, out int id) || id <= 0)
        {
            return Fail($"{word}: a PID is a number");
        }

        Errno error = system.Kill(id);
        return error == Errno.Success ? 0 : Fail($"({id}) - {error.Describe()}");
    }
}
