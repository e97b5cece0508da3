namespace KernelSockets.UserApps.Files;

/// <summary>Paths without links, "." and "..", as realpath(3) makes them.</summary>
internal static class RealPath
{
    private const int MaxLinks = 40; // as many as the kernel follows

    /// <summary>The path of what a path leads to.</summary>
    /// <param name="path">Where to start.</param>
    /// <param name="missing">How many of the last names need not be there: 0 for none, 1 for the last one, <see cref="int.MaxValue"/> for all.</param>
    /// <returns>Null when it leads nowhere.</returns>
    public static string? Of(string path, int missing = 0)
    {
        Errno error = TryResolve(path, missing, out string real);
        return error == Errno.Success ? real : null;
    }

    /// <summary>As <see cref="Of"/>, with the reason.</summary>
    public static Errno TryResolve(string path, int missing, out string real)
    {
        real = "/";
        if (path.Length == 0)
        {
            return Errno.ENOENT;
        }

        string start = path.StartsWith('/') ? path : $"{Environment.CurrentDirectory}/{path}";
        Stack<string> rest = new(start.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse());
        int links = 0;
        while (rest.TryPop(out string? name))
        {
            if (name == ".")
            {
                continue;
            }

            if (name == "..")
            {
                real = Path.GetDirectoryName(real) ?? "/";
                continue;
            }

            string next = DirectoryEntries.Below(real, name);
            Errno error = FileStatus.TryRead(next, follows: false, out FileStatus? status);
            bool mayMiss = missing == int.MaxValue || (error == Errno.ENOENT && rest.Count < missing);
            if (status is null && !mayMiss)
            {
                return error;
            }

            if (status is { IsLink: true })
            {
                if (++links > MaxLinks)
                {
                    return Errno.ELOOP;
                }

                string target = new FileInfo(next).LinkTarget ?? "";
                real = target.StartsWith('/') ? "/" : real;
                foreach (string part in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
                {
                    rest.Push(part);
                }
            }
            else if (status is { IsDirectory: false } && (rest.Count > 0 || path.EndsWith('/')) && missing != int.MaxValue)
            {
                return Errno.ENOTDIR;
            }
            else
            {
                real = next;
            }
        }

        return Errno.Success;
    }

    /// <summary>True when a path is a directory's, or leads into it; both without links.</summary>
    public static bool IsWithin(string path, string directory) =>
        path == directory || path.StartsWith(directory.EndsWith('/') ? directory : directory + "/", StringComparison.Ordinal);
}
