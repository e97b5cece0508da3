namespace KernelSockets;

/// <summary>What <see cref="IJobControl.TryStart(JobStart, out IJob?)"/> is told.</summary>
public sealed class JobStart
{
    /// <summary>Name of the job and its first task.</summary>
    public required string Name { get; init; }

    /// <summary>The program: takes its arguments, returns its exit status.</summary>
    public required Func<string[], int> Main { get; init; }

    /// <summary>Arguments, without the name.</summary>
    public string[] Arguments { get; init; } = [];

    /// <summary>Descriptors 0, 1 and 2, of which the job takes references of its own; null for the caller's.</summary>
    public JobFiles? Files { get; init; }

    /// <summary>The environment; null for the caller's.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>A job whose group it joins; null for a group of its own.</summary>
    public IJob? Group { get; init; }

    /// <summary>True to make its group the one that Ctrl-C reaches.</summary>
    public bool IsForeground { get; init; }
}
