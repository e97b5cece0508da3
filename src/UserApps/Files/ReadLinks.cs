namespace KernelSockets.UserApps.Files;

/// <summary>readlink and realpath.</summary>
internal static class ReadLinks
{
    public const string ReadLinkHelp = """
        Usage: readlink [-efmnqvz] FILE...
        Prints where links lead.
          -e  the path without links, all of which has to be there
          -f  the same, but for the last name
          -m  the same, whatever is there
          -n  without the end of the line
          -v  say what is wrong
          -z  ends with a zero, not with the end of the line

        """;

    public const string RealPathHelp = """
        Usage: realpath [-emqsz] FILE...
        Prints paths without links, "." and "..".
          -e  all of the path has to be there
          -m  nothing of it has to be there; otherwise all but the last name
          -q  do not say what is wrong
          -s  keeps links
          -z  ends with a zero, not with the end of the line

        """;

    public static int ReadLink(string[] arguments)
    {
        int? missing = null;
        bool isVerbose = false;
        bool hasEnd = true;
        string end = "\n";
        OptionReader reader = new("efmnqsvz", arguments, ("canonicalize", 'f'), ("canonicalize-existing", 'e'), ("canonicalize-missing", 'm'), ("no-newline", 'n'), ("verbose", 'v'), ("zero", 'z'), ("quiet", 'q'), ("silent", 'q'));
        while (reader.TryNext(out char option))
        {
            missing = MissingOf(option) ?? missing;
            isVerbose = option == 'v' || (isVerbose && option is not ('q' or 's'));
            hasEnd &= option != 'n';
            end = option == 'z' ? "\0" : end;
        }

        if (reader.Error is not null || reader.Operands.Count == 0)
        {
            return Misuse("readlink", reader.Error);
        }

        if (!hasEnd && reader.Operands.Count > 1)
        {
            Console.Error.WriteLine("readlink: ignoring --no-newline with multiple arguments");
        }

        int status = 0;
        foreach (string path in reader.Operands)
        {
            Errno error = missing is null ? TryReadTarget(path, out string text) : RealPath.TryResolve(path, missing.Value, out text);
            if (error == Errno.Success)
            {
                Console.Out.Write(hasEnd || reader.Operands.Count > 1 ? text + end : text);
                continue;
            }

            status = 1;
            if (isVerbose)
            {
                Console.Error.WriteLine($"readlink: {path}: {error.Describe()}");
            }
        }

        return status;
    }

    public static int Real(string[] arguments)
    {
        int missing = 1;
        bool isQuiet = false;
        bool keepsLinks = false;
        string end = "\n";
        OptionReader reader = new("emqsz", arguments, ("canonicalize-existing", 'e'), ("canonicalize-missing", 'm'), ("no-symlinks", 's'), ("quiet", 'q'), ("zero", 'z'));
        while (reader.TryNext(out char option))
        {
            missing = MissingOf(option) ?? missing;
            isQuiet |= option == 'q';
            keepsLinks |= option == 's';
            end = option == 'z' ? "\0" : end;
        }

        if (reader.Error is not null || reader.Operands.Count == 0)
        {
            return Misuse("realpath", reader.Error);
        }

        int status = 0;
        foreach (string path in reader.Operands)
        {
            string real = keepsLinks ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(path.Length == 0 ? "." : path)) : "";
            Errno error = keepsLinks ? Errno.Success : RealPath.TryResolve(path, missing, out real);
            if (error == Errno.Success)
            {
                Console.Out.Write(real + end);
                continue;
            }

            status = 1;
            if (!isQuiet)
            {
                Console.Error.WriteLine($"realpath: {(path.Length == 0 ? "''" : path)}: {error.Describe()}");
            }
        }

        return status;
    }

    private static int? MissingOf(char option) => option switch
    {
        'e' => 0,
        'f' => 1,
        'm' => int.MaxValue,
        _ => null,
    };

    private static Errno TryReadTarget(string path, out string target)
    {
        target = "";
        Errno error = FileStatus.TryRead(path, follows: false, out FileStatus? status);
        if (status is not { IsLink: true })
        {
            return error == Errno.Success ? Errno.EINVAL : error;
        }

        target = new FileInfo(path).LinkTarget ?? "";
        return Errno.Success;
    }

    private static int Misuse(string command, string? error)
    {
        _ = App.Misused(command, error ?? "missing operand");
        return 1;
    }
}
