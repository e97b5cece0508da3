namespace KernelSockets.UserApps.Files;

/// <summary>mkdir, rmdir and rm.</summary>
internal static class MakeAndRemove
{
    public const string MakeHelp = """
        Usage: mkdir [-pv] DIRECTORY...
          -p  no error if it is there; make those above it, too
          -v  say what is made

        """;

    public const string RemoveDirectoryHelp = """
        Usage: rmdir DIRECTORY...
        Removes directories that are empty.

        """;

    public const string RemoveHelp = """
        Usage: rm [-dfrRv] FILE...
          -d      empty directories, too
          -f      no error where nothing is
          -r, -R  directories with all that is in them
          -v      say what is removed

        """;

    public static int MakeDirectory(string[] arguments)
    {
        bool makesParents = false;
        bool isVerbose = false;
        OptionReader reader = new("pv", arguments, ("parents", 'p'), ("verbose", 'v'));
        while (reader.TryNext(out char option))
        {
            makesParents |= option == 'p';
            isVerbose |= option == 'v';
        }

        return ForEach("mkdir", reader, path =>
        {
            if (makesParents)
            {
                MakeWithParents(path, isVerbose);
            }
            else
            {
                MakeOne(path, isVerbose);
            }
        }, path => $"cannot create directory '{path}'");
    }

    public static int RemoveDirectory(string[] arguments) =>
        ForEach("rmdir", new OptionReader("", arguments), RemoveEmpty, path => $"failed to remove '{path}'");

    public static int Remove(string[] arguments)
    {
        bool isRecursive = false;
        bool isForced = false;
        bool takesEmpty = false;
        bool isVerbose = false;
        OptionReader reader = new("dfrRv", arguments, ("recursive", 'r'), ("force", 'f'), ("dir", 'd'), ("verbose", 'v'));
        while (reader.TryNext(out char option))
        {
            isRecursive |= option is 'r' or 'R';
            isForced |= option == 'f';
            takesEmpty |= option == 'd';
            isVerbose |= option == 'v';
        }

        if (isForced && reader.Error is null && reader.Operands.Count == 0)
        {
            return 0;
        }

        return ForEach("rm", reader, path =>
        {
            if (!FileKind.IsThere(path))
            {
                if (!isForced)
                {
                    throw new FileNotFoundException();
                }
            }
            else if (!FileKind.IsDirectory(path))
            {
                File.Delete(path);
                FileReport.Tell(isVerbose, $"removed '{path}'");
            }
            else if (isRecursive)
            {
                RemoveTree(path, isVerbose);
            }
            else if (takesEmpty)
            {
                RemoveEmpty(path);
                FileReport.Tell(isVerbose, $"removed directory '{path}'");
            }
            else
            {
                throw FileReport.Failure(Errno.EISDIR);
            }
        }, path => $"cannot remove '{path}'");
    }

    /// <summary>Does something to each operand, and reports what fails.</summary>
    /// <returns>Exit status: 1 if anything failed.</returns>
    internal static int ForEach(string command, OptionReader reader, Action<string> act, Func<string, string> describe)
    {
        if (!reader.TryNext(out _) && reader.Error is null && reader.Operands.Count > 0)
        {
            int status = 0;
            foreach (string path in reader.Operands)
            {
                try
                {
                    act(path);
                }
                catch (Exception exception) when (FileReport.Is(exception))
                {
                    status = FileReport.Report(command, describe(path), exception);
                }
            }

            return status;
        }

        _ = App.Misused(command, reader.Error ?? "missing operand");
        return 1; // unlike most commands
    }

    private static void MakeWithParents(string path, bool isVerbose)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        if (Path.GetDirectoryName(path.TrimEnd('/')) is { Length: > 0 } parent)
        {
            MakeWithParents(parent, isVerbose);
        }

        MakeOne(path, isVerbose);
    }

    private static void MakeOne(string path, bool isVerbose)
    {
        string parent = Path.GetDirectoryName(Path.GetFullPath(path.TrimEnd('/'))) ?? "/";
        Errno error = Directory.Exists(path) || File.Exists(path) ? Errno.EEXIST
            : File.Exists(parent) ? Errno.ENOTDIR
            : Directory.Exists(parent) ? Errno.Success : Errno.ENOENT;
        if (error != Errno.Success)
        {
            throw FileReport.Failure(error); // the class library would make those above, too
        }

        Directory.CreateDirectory(path);
        FileReport.Tell(isVerbose, $"mkdir: created directory '{path}'");
    }

    private static void RemoveEmpty(string path)
    {
        if (File.Exists(path))
        {
            throw FileReport.Failure(Errno.ENOTDIR);
        }

        if (Directory.Exists(path) && DirectoryEntries.Of(path).Length > 0)
        {
            throw FileReport.Failure(Errno.ENOTEMPTY);
        }

        Directory.Delete(path);
    }

    /// <summary>Removes a directory with all that is in it.</summary>
    internal static void RemoveTree(string path, bool isVerbose)
    {
        foreach (FileSystemInfo entry in DirectoryEntries.Of(path))
        {
            string inner = Path.Combine(path, entry.Name);
            if (entry is DirectoryInfo && entry.LinkTarget is null)
            {
                RemoveTree(inner, isVerbose);
            }
            else
            {
                File.Delete(inner);
                FileReport.Tell(isVerbose, $"removed '{inner}'");
            }
        }

        Directory.Delete(path);
        FileReport.Tell(isVerbose, $"removed directory '{path}'");
    }
}
