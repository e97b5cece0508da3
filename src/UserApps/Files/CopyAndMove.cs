namespace KernelSockets.UserApps.Files;

/// <summary>cp, mv and ln.</summary>
internal static class CopyAndMove
{
    public const string CopyHelp = """
        Usage: cp [-adfnpPrRv] SOURCE DESTINATION
               cp [-adfnpPrRv] SOURCE... DIRECTORY
          -a      as -dpR
          -d, -P  links as links
          -n      keep what is there
          -p      permissions, owners and times, too
          -r, -R  directories with all that is in them, links as links
          -v      say what is copied

        """;

    public const string MoveHelp = """
        Usage: mv [-fnv] SOURCE DESTINATION
               mv [-fnv] SOURCE... DIRECTORY
          -n  keep what is there
          -v  say what is moved

        """;

    public const string LinkHelp = """
        Usage: ln [-fnsv] TARGET NAME
               ln [-fnsv] TARGET... DIRECTORY
          -f  remove what is there
          -n  a link to a directory, as NAME, is no directory
          -s  symbolic links
          -v  say what is linked

        """;

    private delegate void Act(string source, string destination);

    public static int Copy(string[] arguments)
    {
        TreeCopy copy = new();
        bool keeps = false;
        OptionReader reader = new("adfnpPrRv", arguments, ("archive", 'a'), ("no-clobber", 'n'), ("recursive", 'r'), ("verbose", 'v'), ("force", 'f'));
        while (reader.TryNext(out char option))
        {
            copy.IsRecursive |= option is 'a' or 'r' or 'R';
            copy.KeepsLinks |= option is 'a' or 'd' or 'P';
            copy.KeepsNames |= option is 'a' or 'd';
            copy.KeepsAttributes |= option is 'a' or 'p';
            copy.IsVerbose |= option == 'v';
            keeps |= option == 'n';
        }

        return ForEach("cp", reader, (_, destination) => $"cannot create regular file '{destination}'", (source, destination) =>
        {
            if (!keeps || !FileKind.IsThere(destination))
            {
                copy.Copy(source, destination);
            }
        });
    }

    public static int Move(string[] arguments)
    {
        bool keeps = false;
        bool isVerbose = false;
        OptionReader reader = new("fnv", arguments, ("no-clobber", 'n'), ("verbose", 'v'), ("force", 'f'));
        while (reader.TryNext(out char option))
        {
            keeps |= option == 'n';
            isVerbose |= option == 'v';
        }

        return ForEach("mv", reader, (source, destination) => $"cannot move '{source}' to '{destination}'", (source, destination) =>
        {
            if (keeps && FileKind.IsThere(destination))
            {
                return;
            }

            if (Path.GetFullPath(source) == Path.GetFullPath(destination))
            {
                throw new RefusedException($"'{source}' and '{destination}' are the same file");
            }

            Errno error = FileLibc.Outcome(FileLibc.Rename(FileLibc.Terminated(source), FileLibc.Terminated(destination)));
            if (error == Errno.EXDEV)
            {
                MoveAcross(source, destination, isVerbose);
            }
            else
            {
                CheckMove(source, destination, error);
                FileReport.Tell(isVerbose, $"renamed '{source}' -> '{destination}'");
            }
        });
    }

    /// <summary>What mv(1) says of a rename that failed.</summary>
    private static void CheckMove(string source, string destination, Errno error)
    {
        if (error == Errno.EINVAL && FileKind.IsDirectory(source))
        {
            throw new RefusedException($"cannot move '{source}' to a subdirectory of itself, '{destination}'");
        }

        if (error == Errno.EISDIR)
        {
            throw new RefusedException($"cannot overwrite directory '{destination}' with non-directory");
        }

        if (error == Errno.ENOTDIR && FileKind.IsDirectory(source) && FileKind.IsThere(destination))
        {
            throw new RefusedException($"cannot overwrite non-directory '{destination}' with directory '{source}'");
        }

        FileReport.Require(error);
    }

    /// <summary>From one file system to another: a copy, after which the original goes.</summary>
    private static void MoveAcross(string source, string destination, bool isVerbose)
    {
        new TreeCopy { IsRecursive = true, KeepsLinks = true, KeepsNames = true, KeepsAttributes = true }.Copy(source, destination);
        if (FileKind.IsDirectory(source))
        {
            MakeAndRemove.RemoveTree(source, isVerbose: false);
        }
        else
        {
            File.Delete(source);
        }

        FileReport.Tell(isVerbose, $"copied '{source}' -> '{destination}'\nremoved '{source}'");
    }

    public static int Link(string[] arguments)
    {
        bool isSymbolic = false;
        bool isForced = false;
        bool isVerbose = false;
        bool isLinkMeant = false;
        OptionReader reader = new("fnsv", arguments, ("symbolic", 's'), ("verbose", 'v'), ("force", 'f'), ("no-dereference", 'n'));
        while (reader.TryNext(out char option))
        {
            isSymbolic |= option == 's';
            isForced |= option == 'f';
            isVerbose |= option == 'v';
            isLinkMeant |= option == 'n';
        }

        return ForEach("ln", reader, (_, name) => $"failed to create {(isSymbolic ? "symbolic" : "hard")} link '{name}'", (target, name) =>
        {
            if (!isSymbolic && FileStatus.TryRead(target, follows: false, out _) is Errno missing and not Errno.Success)
            {
                throw new RefusedException($"failed to access '{target}': {missing.Describe()}");
            }
            else if (!isSymbolic && FileKind.IsDirectory(target))
            {
                throw new RefusedException($"{target}: hard link not allowed for directory");
            }

            if (isForced && FileKind.IsThere(name) && !FileKind.IsDirectory(name))
            {
                File.Delete(name);
            }

            if (isSymbolic)
            {
                File.CreateSymbolicLink(name, target);
            }
            else
            {
                FileLibc.Check(FileLibc.Link(FileLibc.CurrentDirectory, FileLibc.Terminated(target), FileLibc.CurrentDirectory, FileLibc.Terminated(name), 0));
            }

            FileReport.Tell(isVerbose, $"'{name}' {(isSymbolic ? "->" : "=>")} '{target}'");
        }, needsSource: false, isLinkMeant);
    }

    /// <summary>Does something to each source and its destination: the last operand, or a name within it if that is a directory.</summary>
    private static int ForEach(string command, OptionReader reader, Func<string, string, string> describe, Act act, bool needsSource = true, bool isLinkMeant = false)
    {
        IReadOnlyList<string> operands = reader.Operands;
        if (reader.Error is not null || operands.Count < 2)
        {
            _ = App.Misused(command, reader.Error ?? (operands.Count == 0 ? "missing file operand" : $"missing destination file operand after '{operands[0]}'"));
            return 1;
        }

        bool isIntoDirectory = isLinkMeant ? FileKind.IsDirectory(operands[^1]) : Directory.Exists(operands[^1]);
        if (operands.Count > 2 && !isIntoDirectory)
        {
            Errno error = FileKind.IsThere(operands[^1]) ? Errno.ENOTDIR : Errno.ENOENT;
            Console.Error.WriteLine($"{command}: target '{operands[^1]}': {error.Describe()}");
            return 1;
        }

        int status = 0;
        foreach (string source in operands.Take(operands.Count - 1))
        {
            string destination = isIntoDirectory ? Path.Combine(operands[^1], Path.GetFileName(source.TrimEnd('/'))) : operands[^1];
            try
            {
                if (needsSource && !FileKind.IsThere(source))
                {
                    Console.Error.WriteLine($"{command}: cannot stat '{source}': {Errno.ENOENT.Describe()}");
                    status = 1;
                }
                else
                {
                    act(source, destination);
                }
            }
            catch (RefusedException exception)
            {
                Console.Error.WriteLine($"{command}: {exception.Message}");
                status = 1;
            }
            catch (Exception exception) when (FileReport.Is(exception))
            {
                status = FileReport.Report(command, describe(source, destination), exception);
            }
        }

        return status;
    }
}
