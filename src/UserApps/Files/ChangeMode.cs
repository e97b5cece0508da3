using System.Buffers;

namespace KernelSockets.UserApps.Files;

/// <summary>chmod and chown.</summary>
internal static class ChangeMode
{
    public const string ModeHelp = """
        Usage: chmod [-fRv] MODE[,MODE]... FILE...
        Changes permissions. MODE is octal, or [ugoa...][+-=][rwxXst...|u|g|o].
          -f  no messages
          -R  directories with all that is in them
          -v  say what is done

        """;

    public const string OwnerHelp = """
        Usage: chown [-fhR] OWNER[:[GROUP]] FILE...
               chown [-fhR] :GROUP FILE...
          -f  no messages
          -h  links themselves, not what they lead to
          -R  directories with all that is in them

        """;

    private static readonly SearchValues<char> s_modeLetters = SearchValues.Create("rwxXstugoa,+-=");

    private delegate void Act(string path, FileStatus status, bool isOperand);

    public static int Mode(string[] arguments)
    {
        bool isRecursive = false;
        bool isSilent = false;
        bool isVerbose = false;
        OptionReader reader = new("fRv", [.. arguments.Select(Disguise)], ("recursive", 'R'), ("verbose", 'v'), ("silent", 'f'), ("quiet", 'f'));
        while (reader.TryNext(out char option))
        {
            isRecursive |= option == 'R';
            isSilent |= option == 'f';
            isVerbose |= option == 'v';
        }

        if (IsMisused("chmod", reader, out int misused))
        {
            return misused;
        }

        string text = reader.Operands[0].TrimStart(',');
        if (!SymbolicMode.TryParse(text, CreationMask.Read(), out SymbolicMode? mode))
        {
            return Misuse("chmod", $"invalid mode: '{text}'");
        }

        return ForEach("chmod", reader, isRecursive, isSilent, (path, status, isOperand) =>
        {
            if (status.IsLink && isOperand)
            {
                status = FileStatus.Read(path, follows: true);
            }
            else if (status.IsLink)
            {
                return; // its permissions do not count, and what it leads to is not below (chmod(1))
            }

            int before = status.Mode & FileModeText.PermissionMask;
            int after = mode!.Apply(before, status.IsDirectory);
            FileLibc.Check(FileLibc.ChangeMode(FileLibc.Terminated(path), (uint)after));
            FileReport.Tell(isVerbose, before == after
                ? $"mode of '{path}' retained as {Octal(before)} ({FileModeText.Listing(before)[1..]})"
                : $"mode of '{path}' changed from {Octal(before)} ({FileModeText.Listing(before)[1..]}) to {Octal(after)} ({FileModeText.Listing(after)[1..]})");
        }, path => $"changing permissions of '{path}'");
    }

    public static int Owner(string[] arguments)
    {
        bool isRecursive = false;
        bool isSilent = false;
        bool isLinkMeant = false;
        OptionReader reader = new("fhR", arguments, ("recursive", 'R'), ("no-dereference", 'h'), ("silent", 'f'), ("quiet", 'f'));
        while (reader.TryNext(out char option))
        {
            isRecursive |= option == 'R';
            isSilent |= option == 'f';
            isLinkMeant |= option == 'h';
        }

        if (IsMisused("chown", reader, out int misused))
        {
            return misused;
        }

        string[] names = reader.Operands[0].Split(':', 2);
        UserNames known = new();
        uint user = uint.MaxValue;
        uint group = uint.MaxValue;
        bool isUserKnown = names[0].Length == 0 || known.TryFindUser(names[0], out user);
        bool isGroupKnown = names.Length < 2 || names[1].Length == 0 || known.TryFindGroup(names[1], out group);
        if (!isUserKnown || !isGroupKnown)
        {
            Console.Error.WriteLine($"chown: invalid {(isUserKnown ? "group" : "user")}: '{reader.Operands[0]}'");
            return 1;
        }

        return ForEach("chown", reader, isRecursive, isSilent, (path, status, isOperand) =>
        {
            bool follows = !isLinkMeant && (isOperand || !status.IsLink) && !(isRecursive && status.IsLink);
            FileLibc.Check(FileLibc.ChangeOwner(FileLibc.CurrentDirectory, FileLibc.Terminated(path), user, group, follows ? 0 : FileLibc.NoFollow));
        }, path => $"changing ownership of '{path}'");
    }

    /// <summary>A mode such as -x looks like an option; a comma before it, which means nothing, keeps the option reader from it.</summary>
    private static string Disguise(string argument) =>
        argument.Length > 1 && argument[0] == '-' && argument[1] != '-' && argument.AsSpan(1).IndexOfAnyExcept(s_modeLetters) < 0 ? "," + argument : argument;

    private static string Octal(int mode) => Convert.ToString(mode, 8).PadLeft(4, '0');

    private static bool IsMisused(string command, OptionReader reader, out int status)
    {
        string? error = reader.Error ?? reader.Operands.Count switch
        {
            0 => "missing operand",
            1 => $"missing operand after '{reader.Operands[0].TrimStart(',')}'",
            _ => null,
        };
        status = error is null ? 0 : Misuse(command, error);
        return error is not null;
    }

    private static int Misuse(string command, string message)
    {
        _ = App.Misused(command, message);
        return 1;
    }

    private static int ForEach(string command, OptionReader reader, bool isRecursive, bool isSilent, Act act, Func<string, string> describe)
    {
        Walk walk = new(command, isRecursive, isSilent, act, describe);
        foreach (string path in reader.Operands.Skip(1))
        {
            walk.Visit(path, isOperand: true);
        }

        return walk.Status;
    }

    /// <summary>One run over the operands and, if asked for, what is below them.</summary>
    private sealed class Walk(string command, bool isRecursive, bool isSilent, Act act, Func<string, string> describe)
    {
        public int Status { get; private set; }

        public void Visit(string path, bool isOperand)
        {
            Errno error = FileStatus.TryRead(path, follows: false, out FileStatus? file);
            if (file is null)
            {
                Report($"cannot access '{path}'", FileReport.Failure(error));
                return;
            }

            try
            {
                if (file.IsLink && isOperand)
                {
                    CheckTarget(path);
                }

                act(path, file, isOperand);
            }
            catch (RefusedException exception)
            {
                Complain(exception.Message);
            }
            catch (Exception exception) when (FileReport.Is(exception))
            {
                Report(describe(path), exception);
            }

            if (isRecursive && file.IsDirectory)
            {
                VisitInside(path);
            }
        }

        private void CheckTarget(string path)
        {
            Errno error = FileStatus.TryRead(path, follows: true, out _);
            if (error != Errno.Success)
            {
                throw new RefusedException(command != "chmod" ? $"cannot dereference '{path}': {error.Describe()}"
                    : error == Errno.ENOENT ? $"cannot operate on dangling symlink '{path}'"
                    : $"cannot access '{path}': {error.Describe()}");
            }
        }

        private void VisitInside(string path)
        {
            try
            {
                foreach (FileSystemInfo entry in DirectoryEntries.Of(path).OrderBy(entry => entry.Name, StringComparer.Ordinal))
                {
                    Visit(DirectoryEntries.Below(path, entry.Name), isOperand: false);
                }
            }
            catch (Exception exception) when (FileReport.Is(exception))
            {
                Report($"cannot read directory '{path}'", exception);
            }
        }

        private void Report(string what, Exception exception) => Complain($"{what}: {FileReport.Describe(exception)}");

        private void Complain(string message)
        {
            Status = 1;
            if (!isSilent)
            {
                Console.Error.WriteLine($"{command}: {message}");
            }
        }
    }
}
