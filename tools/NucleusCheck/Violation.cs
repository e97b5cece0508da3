namespace KernelSockets.NucleusCheck;

/// <summary>Where something stands in the source.</summary>
/// <param name="File">Path as the compiler recorded it; null where no debug information reaches.</param>
/// <param name="Line">From 1; 0 when unknown.</param>
/// <param name="Column">From 1; 0 when unknown.</param>
public readonly record struct SourceLocation(string? File, int Line, int Column)
{
    /// <summary>No debug information.</summary>
    public static SourceLocation Unknown => default;

    /// <summary>True when the file is known.</summary>
    public bool IsKnown => File is not null;
}

/// <summary>A broken rule.</summary>
/// <param name="Rule">Which one.</param>
/// <param name="Location">Where.</param>
/// <param name="Method">The method, or the type or assembly, that breaks it.</param>
/// <param name="Message">What it does.</param>
public sealed record Violation(Rule Rule, SourceLocation Location, string Method, string Message);
