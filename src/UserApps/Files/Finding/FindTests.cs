using System.Globalization;

namespace KernelSockets.UserApps.Files.Finding;

/// <summary>The tests and actions of find by their names.</summary>
internal sealed class FindTests(FindRun run)
{
    /// <summary>True once there is an action that makes -print superfluous.</summary>
    public bool HasAction { get; private set; }

    /// <summary>True for a test that a value follows.</summary>
    public static bool TakesValue(string word) => word is "-name" or "-iname" or "-path" or "-ipath" or "-wholename" or "-type" or "-size" or "-mtime" or "-atime" or "-ctime"
        or "-mmin" or "-newer" or "-maxdepth" or "-mindepth" or "-perm" or "-links" or "-inum" or "-user" or "-group" or "-samefile";

    /// <summary>A test or action without a value; null for an unknown one.</summary>
    public FindTest? FindPlain(string word)
    {
        switch (word)
        {
            case "-true" or "-false":
                bool isTrue = word == "-true";
                return _ => isTrue;
            case "-empty":
                return IsEmpty;
            case "-depth" or "-d":
                run.ComesBack = true;
                return static _ => true;
            case "-xdev" or "-mount":
                run.StaysOnDevice = true;
                return static _ => true;
            case "-prune":
                return static item => item.IsPruned = true;
            case "-quit":
                return _ =>
                {
                    run.HasQuit = true;
                    return false; // what stands behind it is not come to
                };
            case "-print" or "-print0":
                HasAction = true;
                char end = word == "-print" ? '\n' : '\0';
                return item => Print(item, end);
            case "-delete":
                HasAction = true;
                run.ComesBack = true;
                return Delete;
            default:
                return null;
        }
    }

    /// <summary>A test with a value.</summary>
    /// <param name="word">Its name, one of those that <see cref="TakesValue"/> knows.</param>
    /// <param name="value">The value.</param>
    /// <param name="error">What is wrong, in other words than that the value is invalid.</param>
    /// <returns>Null for a bad value.</returns>
    public FindTest? FindWithValue(string word, string value, out string? error)
    {
        error = null;
        switch (word)
        {
            case "-name" or "-iname" or "-path" or "-ipath" or "-wholename":
                return Pattern(word, value);
            case "-type":
                return Type(value, out error);
            case "-size":
                return Size(value, out error);
            case "-perm":
                return Permissions(value, out error);
            case "-newer" or "-samefile":
                return Beside(word, value, out error);
            case "-user" or "-group":
                return Owner(word == "-user", value, out error);
            case "-maxdepth" or "-mindepth":
                return Depth(word, value, out error);
            default:
                return Number(word, value, out error);
        }
    }

    /// <summary>-exec.</summary>
    public FindTest Exec(IReadOnlyList<string> command, bool isBatch)
    {
        HasAction = true;
        if (isBatch)
        {
            FindBatch batch = new(run, [.. command.Take(command.Count - 1)]);
            run.Add(batch);
            return batch.Add;
        }

        return item => run.Launch([.. command.Select(word => word.Replace("{}", item.Path, StringComparison.Ordinal))], failureCounts: false);
    }

    /// <summary>Prints a path.</summary>
    public static bool Print(FindItem item, char end)
    {
        Console.Out.Write(item.Path + end);
        return true;
    }

    private static FindTest Pattern(string word, string value)
    {
        bool ignoresCase = word[1] == 'i';
        bool isPath = word is not ("-name" or "-iname");
        string pattern = ignoresCase ? value.ToLowerInvariant() : value;
        return item =>
        {
            string text = isPath ? item.Path : item.Name;
            return ShellPattern.Matches(pattern, ignoresCase ? text.ToLowerInvariant() : text);
        };
    }

    private static FindTest? Type(string value, out string? error)
    {
        error = null;
        string[] letters = value.Split(',');
        string? unknown = Array.Find(letters, static letter => letter.Length != 1 || !"bcdpfls".Contains(letter[0], StringComparison.Ordinal));
        if (unknown is not null)
        {
            error = unknown.Length == 0 ? "Arguments to -type should contain at least one letter" : $"Unknown argument to -type: {unknown[0]}";
            return null;
        }

        string wanted = string.Concat(letters).Replace('f', '-');
        return item => wanted.Contains(FileModeText.Letter(item.Status.Mode), StringComparison.Ordinal);
    }

    private static FindTest? Size(string value, out string? error)
    {
        long unit = value.Length == 0 ? 512 : value[^1] switch
        {
            'c' => 1,
            'w' => 2,
            'k' => 1L << 10,
            'M' => 1L << 20,
            'G' => 1L << 30,
            'b' or (>= '0' and <= '9') => 512,
            _ => 0,
        };
        string digits = value.Length > 0 && char.IsAsciiLetter(value[^1]) ? value[..^1] : value;
        bool isNumber = FindNumber.TryParse(digits, out FindNumber number);
        error = unit == 0 ? $"invalid -size type `{value[^1..]}'" : isNumber ? null : $"Invalid argument `{value}' to -size";
        return error is null ? item => number.Matches((item.Status.Length + unit - 1) / unit) : null;
    }

    private static FindTest? Permissions(string value, out string? error)
    {
        char kind = value.Length > 0 && value[0] is '-' or '/' ? value[0] : ' ';
        bool isGood = SymbolicMode.TryParse(kind == ' ' ? value : value[1..], umask: 0, out SymbolicMode? mode);
        error = isGood ? null : $"invalid mode '{value}'";
        int wanted = mode?.Apply(0, isDirectory: false) ?? 0;
        return isGood
            ? item => kind switch
            {
                '-' => (item.Status.Mode & wanted) == wanted,
                '/' => wanted == 0 || (item.Status.Mode & wanted) != 0,
                _ => (item.Status.Mode & FileModeText.PermissionMask) == wanted,
            }
            : null;
    }

    private static FindTest? Beside(string word, string value, out string? error)
    {
        Errno outcome = FileStatus.TryRead(value, follows: false, out FileStatus? other);
        error = other is null ? $"'{value}': {outcome.Describe()}" : null;
        return other is null ? null
            : word == "-newer" ? item => item.Status.Modified.CompareTo(other.Modified) > 0
            : item => item.Status.IsSameFile(other);
    }

    private static FindTest? Owner(bool isUser, string value, out string? error)
    {
        UserNames names = new();
        bool isKnown = isUser ? names.TryFindUser(value, out uint id) : names.TryFindGroup(value, out id);
        error = isKnown ? null : $"'{value}' is not the name of a known {(isUser ? "user" : "group")}";
        return isKnown ? item => (isUser ? item.Status.UserId : item.Status.GroupId) == id : null;
    }

    private FindTest? Depth(string word, string value, out string? error)
    {
        bool isGood = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int depth);
        error = isGood ? null : $"Expected a positive decimal integer argument to {word}, but got '{value}'";
        if (isGood && word == "-maxdepth")
        {
            run.MaxDepth = depth;
        }
        else if (isGood)
        {
            run.MinDepth = depth;
        }

        return isGood ? static _ => true : null;
    }

    private FindTest? Number(string word, string value, out string? error)
    {
        bool isGood = FindNumber.TryParse(value, out FindNumber number);
        error = isGood ? null : $"invalid argument `{value}' to `{word}'";
        return !isGood ? null : word switch
        {
            "-links" => item => number.Matches(item.Status.Links),
            "-inum" => item => number.Matches((long)item.Status.Inode),
            "-mmin" => item => number.MatchesMinutes(Age(item.Status.Modified)),
            "-atime" => item => number.MatchesDays(Age(item.Status.Accessed)),
            "-ctime" => item => number.MatchesDays(Age(item.Status.Changed)),
            _ => item => number.MatchesDays(Age(item.Status.Modified)),
        };
    }

    private double Age(FileTime time) => run.Now.Seconds - time.Seconds + ((run.Now.Nanoseconds - time.Nanoseconds) / 1e9);

    private static bool IsEmpty(FindItem item)
    {
        try
        {
            return item.Status.Type switch
            {
                FileModeText.Regular => item.Status.Length == 0,
                FileModeText.Directory => DirectoryEntries.Of(item.Path).Length == 0,
                _ => false,
            };
        }
        catch (Exception exception) when (FileReport.Is(exception))
        {
            return false; // the walk into the directory tells why it cannot be read
        }
    }

    private bool Delete(FindItem item)
    {
        try
        {
            if (item.Path == ".")
            {
                return true; // POSIX: the current directory is not removed
            }

            if (item.Status.IsDirectory)
            {
                Directory.Delete(item.Path);
            }
            else
            {
                File.Delete(item.Path);
            }

            return true;
        }
        catch (Exception exception) when (FileReport.Is(exception))
        {
            run.Complain($"cannot delete '{item.Path}': {FileReport.Describe(exception)}");
            return false;
        }
    }
}
