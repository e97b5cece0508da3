namespace KernelSockets.UserApps.Files;

/// <summary>mktemp: makes a file or directory with a name that nothing has.</summary>
internal static class TemporaryFile
{
    public const string Help = """
        Usage: mktemp [-dqtu] [-p DIRECTORY] [TEMPLATE]
        Makes a file with a new name, and prints it. TEMPLATE (tmp.XXXXXXXXXX in /tmp) has three or more X, perhaps with a suffix behind them.
          -d            a directory
          -p DIRECTORY  TEMPLATE is a name in DIRECTORY
          -q            do not say what is wrong
          -t            TEMPLATE is a name in the directory for temporary files
          -u            only a name

        """;

    private const int FewestMarks = 3;
    private const int MaxAttempts = 100;
    private const int CreateFlags = 0xC2; // O_RDWR, O_CREAT, O_EXCL
    private const uint NewFileMode = 0x180; // 0600
    private const uint NewDirectoryMode = 0x1C0; // 0700
    private const string DefaultTemplate = "tmp.XXXXXXXXXX";
    private const string Characters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    public static int Main(string[] arguments)
    {
        bool isDirectory = false;
        bool isQuiet = false;
        bool isDry = false;
        string? place = null;
        OptionReader reader = new("dqtup:", arguments, ("directory", 'd'), ("quiet", 'q'), ("dry-run", 'u'), ("tmpdir", 'p'));
        while (reader.TryNext(out char option))
        {
            isDirectory |= option == 'd';
            isQuiet |= option == 'q';
            isDry |= option == 'u';
            place = option switch
            {
                'p' => reader.Value,
                't' => Path.GetTempPath(),
                _ => place,
            };
        }

        if (reader.Error is not null || reader.Operands.Count > 1)
        {
            _ = App.Misused("mktemp", reader.Error ?? "too many templates");
            return 1;
        }

        string template = reader.Operands.Count == 0 ? DefaultTemplate : reader.Operands[0];
        place ??= reader.Operands.Count == 0 ? Path.GetTempPath() : null;
        string? error = template.Contains(new string('X', FewestMarks), StringComparison.Ordinal)
            ? TryMake(place is null ? template : DirectoryEntries.Below(place, template), isDirectory, isDry)
            : $"too few X's in template '{template}'";
        if (error is not null && !isQuiet)
        {
            Console.Error.WriteLine($"mktemp: {error}");
        }

        return error is null ? 0 : 1;
    }

    /// <summary>Tries names until one is free, and prints it.</summary>
    /// <returns>What is wrong; null for nothing.</returns>
    private static string? TryMake(string template, bool isDirectory, bool isDry)
    {
        int end = template.LastIndexOf('X') + 1;
        int start = end;
        while (start > 0 && template[start - 1] == 'X')
        {
            start--;
        }

        Errno error = Errno.EEXIST;
        for (int attempt = 0; attempt < MaxAttempts && error == Errno.EEXIST; attempt++)
        {
            string path = template[..start] + new string(Random.Shared.GetItems<char>(Characters, end - start)) + template[end..];
            error = isDry ? FileStatus.TryRead(path, follows: false, out _) == Errno.Success ? Errno.EEXIST : Errno.Success : Make(path, isDirectory);
            if (error == Errno.Success)
            {
                Console.Out.WriteLine(path);
                return null;
            }
        }

        return $"failed to create {(isDirectory ? "directory" : "file")} via template '{template}': {error.Describe()}";
    }

    private static Errno Make(string path, bool isDirectory)
    {
        byte[] name = FileLibc.Terminated(path);
        if (isDirectory)
        {
            return FileLibc.Outcome(FileLibc.MakeDirectory(name, NewDirectoryMode));
        }

        int fd = FileLibc.Open(name, CreateFlags, NewFileMode);
        return fd < 0 ? FileLibc.LastError : FileLibc.Outcome(FileLibc.Close(fd));
    }
}
