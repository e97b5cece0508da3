namespace KernelSockets.UserApps;

/// <summary>What a shell knows and a subshell gets a copy of (POSIX XCU §2.12). Used by one task at a time.</summary>
internal sealed class ShellState : IDisposable
{
    /// <summary>A shell at its start.</summary>
    /// <param name="files">Its descriptors, which it disposes of.</param>
    /// <param name="variables">Its variables.</param>
    public ShellState(ShellFiles files, Variables variables)
    {
        Files = files;
        Variables = variables;
    }

    private ShellState(ShellState other)
    {
        Files = other.Files.Clone();
        Variables = other.Variables.Clone();
        Functions = new Dictionary<string, ShellCommand>(other.Functions, StringComparer.Ordinal);
        Parameters = other.Parameters;
        Name = other.Name;
        Id = other.Id;
        LastStatus = other.LastStatus;
        LastBackground = other.LastBackground;
        Options = other.Options;
        FunctionDepth = other.FunctionDepth;
    }

    /// <summary>Its descriptors.</summary>
    public ShellFiles Files { get; set; }

    /// <summary>Its variables.</summary>
    public Variables Variables { get; }

    /// <summary>Its functions.</summary>
    public Dictionary<string, ShellCommand> Functions { get; } = new(StringComparer.Ordinal);

    /// <summary><c>$1</c> and so on.</summary>
    public IReadOnlyList<string> Parameters { get; set; } = [];

    /// <summary><c>$0</c>.</summary>
    public string Name { get; init; } = "sh";

    /// <summary><c>$$</c>.</summary>
    public int Id { get; init; }

    /// <summary><c>$?</c>.</summary>
    public int LastStatus { get; set; }

    /// <summary><c>$!</c>; null before the first job in the background.</summary>
    public int? LastBackground { get; set; }

    /// <summary>What <c>set</c> has switched on.</summary>
    public ShellSwitches Options { get; set; }

    /// <summary>How many functions have been called and not returned.</summary>
    public int FunctionDepth { get; set; }

    /// <summary>A copy for a subshell, with references of its own to the files.</summary>
    public ShellState Clone() => new(this);

    /// <summary>Closes the files.</summary>
    public void Dispose() => Files.Dispose();
}

/// <summary>Options of <c>set</c>.</summary>
[Flags]
internal enum ShellSwitches
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>-e: a command that fails ends the shell.</summary>
    ExitOnError = 1,

    /// <summary>-u: a variable that is not set is an error.</summary>
    RefuseUnset = 2,

    /// <summary>-x: commands are shown as they run.</summary>
    Trace = 4,

    /// <summary>-f: no file names for patterns.</summary>
    NoPatterns = 8,
}
