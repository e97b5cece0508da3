using KernelSockets.UserApps.Text;

namespace KernelSockets.UserApps.Files;

/// <summary>truncate: sets the size of files.</summary>
internal static class Truncate
{
    public const string Help = """
        Usage: truncate [-c] -s SIZE FILE...
               truncate [-c] -r FILE FILE...
        Cuts the FILEs, or makes them longer by zeros; makes those that are missing.
          -c       make none
          -r FILE  the size of FILE
          -s SIZE  a number, perhaps with K, M, G or KB, MB, GB; before it + for more, - for less, < for at most, > for at least,
                   / and % for a multiple below and above

        """;

    private const int CreateFlags = 0x841; // O_WRONLY, O_CREAT, O_NONBLOCK
    private const uint CreateMode = 0x1B6;

    public static int Main(string[] arguments)
    {
        char relation = ' ';
        long size = -1;
        bool makesNone = false;
        bool isNumberWrong = false;
        OptionReader reader = new("cr:s:", arguments, ("no-create", 'c'), ("reference", 'r'), ("size", 's'));
        while (reader.TryNext(out char option))
        {
            makesNone |= option == 'c';
            if (option == 's' && !TryReadSize(reader.Value, out relation, out size))
            {
                isNumberWrong = true;
                reader.Reject($"Invalid number: '{reader.Value}'");
            }
            else if (option == 'r')
            {
                Errno error = FileStatus.TryRead(reader.Value, follows: true, out FileStatus? reference);
                size = reference?.Length ?? 0;
                if (reference is null)
                {
                    isNumberWrong = true;
                    reader.Reject($"cannot stat '{reader.Value}': {error.Describe()}");
                }
            }
        }

        string? wrong = reader.Error ?? (size < 0 ? "you must specify either '--size' or '--reference'" : reader.Operands.Count == 0 ? "missing file operand" : null);
        if (wrong is not null)
        {
            if (isNumberWrong)
            {
                Console.Error.WriteLine($"truncate: {wrong}");
            }
            else
            {
                _ = App.Misused("truncate", wrong);
            }

            return 1;
        }

        int status = 0;
        foreach (string path in reader.Operands)
        {
            if (Apply(path, relation, size, makesNone) is { } failure)
            {
                Console.Error.WriteLine($"truncate: {failure}");
                status = 1;
            }
        }

        return status;
    }

    /// <summary>Sets the size of one file.</summary>
    /// <returns>What is wrong; null for nothing.</returns>
    private static string? Apply(string path, char relation, long size, bool makesNone)
    {
        byte[] name = FileLibc.Terminated(path);
        const int create = 0x40; // O_CREAT
        int fd = FileLibc.Open(name, makesNone ? CreateFlags & ~create : CreateFlags, CreateMode);
        Errno error = fd < 0 ? FileLibc.LastError : FileLibc.Outcome(FileLibc.Close(fd));
        if (error != Errno.Success)
        {
            return error == Errno.ENOENT && makesNone ? null : $"cannot open '{path}' for writing: {error.Describe()}";
        }

        long before = FileStatus.TryRead(path, follows: true, out FileStatus? status) == Errno.Success ? status!.Length : 0;
        long after = relation switch
        {
            '+' => before > long.MaxValue - size ? long.MaxValue : before + size,
            '-' => Math.Max(before - size, 0),
            '<' => Math.Min(before, size),
            '>' => Math.Max(before, size),
            '/' => before - (before % size),
            '%' => before % size == 0 ? before : before - (before % size) + size,
            _ => size,
        };
        error = FileLibc.Outcome(FileLibc.Truncate(name, after));
        return error == Errno.Success ? null : $"failed to truncate '{path}' at {after} bytes: {error.Describe()}";
    }

    private static bool TryReadSize(string text, out char relation, out long size)
    {
        relation = text.Length > 0 && "+-<>/%".Contains(text[0], StringComparison.Ordinal) ? text[0] : ' ';
        bool isGood = SizedNumber.TryParse(relation == ' ' ? text : text[1..], out size);
        return isGood && (size > 0 || relation is not ('/' or '%'));
    }
}
