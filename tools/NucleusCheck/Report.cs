namespace KernelSockets.NucleusCheck;

/// <summary>Prints violations in the form that MSBuild and editors turn into clickable errors.</summary>
internal static class Report
{
    private const int ExitClean = 0;
    private const int ExitViolations = 1;
    private const int ExitUnreadable = 2;
    private const string MappedRoot = "/_/";

    /// <summary>Checks an assembly and prints what was found.</summary>
    /// <returns>0 when clean, 1 with violations or with no raw code at all, 2 when the assembly cannot be read.</returns>
    public static int Run(string path, Options options, string? sourceRoot)
    {
        IReadOnlyList<Violation> violations;
        int methodCount;
        try
        {
            (violations, methodCount) = NucleusAnalysis.Check(path, options);
        }
        catch (Exception e) when (e is IOException or BadImageFormatException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"NucleusCheck: error NUC999: {path}: {e.Message}");
            return ExitUnreadable;
        }

        foreach (Violation violation in violations)
        {
            Console.Error.WriteLine(Format(violation, sourceRoot));
        }

        if (methodCount == 0)
        {
            Console.Error.WriteLine($"NucleusCheck: error NUC998: {path}: no method in namespace {options.RawNamespace}: nothing was checked");
            return ExitViolations;
        }

        Console.WriteLine($"NucleusCheck: {methodCount} raw methods, {violations.Count} violations");
        return violations.Count == 0 ? ExitClean : ExitViolations;
    }

    /// <summary><c>file(line,column): error ID: method: message (reason)</c>.</summary>
    internal static string Format(Violation violation, string? sourceRoot)
    {
        string place = violation.Location.File is { } file
            ? $"{MapBack(file, sourceRoot)}({violation.Location.Line},{violation.Location.Column})"
            : "NucleusCheck";
        return $"{place}: error {violation.Rule.Id}: {violation.Method}: {violation.Message} ({violation.Rule.Reason})";
    }

    private static string MapBack(string file, string? sourceRoot)
    {
        if (!file.StartsWith(MappedRoot, StringComparison.Ordinal))
        {
            return file;
        }

        string relative = file[MappedRoot.Length..];
        return sourceRoot is null ? relative : Path.Combine(sourceRoot, relative);
    }
}
