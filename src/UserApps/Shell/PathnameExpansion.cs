namespace KernelSockets.UserApps;

/// <summary>Finds the files whose names match a pattern (POSIX XCU §2.13.3).</summary>
internal static class PathnameExpansion
{
    /// <summary>Looks at all entries of a directory, hidden ones too.</summary>
    internal static EnumerationOptions AllEntries() => new() { AttributesToSkip = 0, MatchType = MatchType.Simple };

    /// <summary>Expands a pattern.</summary>
    /// <param name="pattern">As <see cref="FieldBuilder"/> makes it.</param>
    /// <param name="directory">Where relative paths start.</param>
    /// <param name="paths">Gets the paths, sorted; nothing where none matches.</param>
    public static void Expand(string pattern, string directory, List<string> paths)
    {
        int before = paths.Count;
        List<string> found = [pattern.StartsWith('/') ? "/" : ""];
        string[] components = pattern.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < components.Length && found.Count > 0; i++)
        {
            bool isLast = i == components.Length - 1;
            found = Descend(found, components[i], directory, isDirectory: !isLast || pattern.EndsWith('/'));
        }

        if (pattern.EndsWith('/'))
        {
            found = found.ConvertAll(static path => path + "/");
        }

        paths.AddRange(found);
        paths.Sort(before, paths.Count - before, StringComparer.Ordinal);
    }

    private static List<string> Descend(List<string> parents, string component, string directory, bool isDirectory)
    {
        var found = new List<string>();
        foreach (string parent in parents)
        {
            string prefix = parent.Length == 0 || parent.EndsWith('/') ? parent : parent + "/";
            string place = Path.Combine(directory, prefix);
            if (!ShellPattern.IsPattern(component))
            {
                AddIfThere(prefix + ShellPattern.Unescape(component), directory, isDirectory, found);
                continue;
            }

            foreach (string name in NamesIn(place))
            {
                // A dot at the start has to be meant.
                bool isHidden = name[0] == '.' && !component.StartsWith('.') && !component.StartsWith("\\.", StringComparison.Ordinal);
                if (!isHidden && ShellPattern.Matches(component, name))
                {
                    AddIfThere(prefix + name, directory, isDirectory, found);
                }
            }
        }

        return found;
    }

    private static void AddIfThere(string path, string directory, bool isDirectory, List<string> found)
    {
        string place = Path.Combine(directory, path);
        if (path.Contains('\0', StringComparison.Ordinal))
        {
            return;
        }

        if (isDirectory ? Directory.Exists(place) : Path.Exists(place) || new FileInfo(place).LinkTarget is not null)
        {
            found.Add(path);
        }
    }

    private static IEnumerable<string> NamesIn(string directory)
    {
        try
        {
            return [.. new DirectoryInfo(directory).EnumerateFileSystemInfos("*", AllEntries()).Select(static entry => entry.Name)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // What cannot be read holds nothing that matches.
            return [];
        }
    }
}
