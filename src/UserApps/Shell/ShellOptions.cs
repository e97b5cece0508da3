namespace KernelSockets.UserApps;

/// <summary>What a shell is told by whoever starts it.</summary>
public sealed class ShellOptions
{
    /// <summary>The path that the prompt shows; asked for before each prompt.</summary>
    public required Func<string> CurrentDirectory { get; init; }

    /// <summary>True for the shell of the console, which has nothing to log out to: neither <c>exit</c> nor Ctrl-D ends it.</summary>
    public bool IsConsole { get; init; }
}
