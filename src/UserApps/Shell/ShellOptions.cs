namespace KernelSockets.UserApps;

/// <summary>What a shell is told by whoever starts it.</summary>
public sealed class ShellOptions
{
    /// <summary>The path that the prompt shows; asked for before each prompt.</summary>
    public required Func<string> CurrentDirectory { get; init; }

    /// <summary>True for the shell of the console, which has nothing to log out to: neither <c>exit</c> nor Ctrl-D ends it.</summary>
    public bool IsConsole { get; init; }

    /// <summary>True for a shell that reads commands from a person: an error ends the line, and not the shell.</summary>
    public bool IsInteractive { get; init; }

    /// <summary><c>$0</c>, and what messages start with.</summary>
    public string Name { get; init; } = "sh";

    /// <summary><c>$1</c> and so on.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>What <c>set</c> would have switched on.</summary>
    internal ShellSwitches Switches { get; init; }
}
