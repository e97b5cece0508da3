using KernelSockets.UserApps.Files;
using KernelSockets.UserApps.Text.Matching;

namespace KernelSockets.UserApps.Text;

/// <summary>grep: lines that match a pattern.</summary>
internal static class Grep
{
    public const string Help = """
        Usage: grep [OPTION...] PATTERNS [FILE...]
        Prints the lines of the FILEs, or of the input, that match. PATTERNS are basic regular expressions, one a line.
          -E, -F, -G     extended regular expressions; texts; basic ones
          -e PATTERNS    more patterns
          -f FILE        patterns from FILE, one a line
          -i             upper and lower case are the same
          -v             lines that do not match
          -w, -x         whole words; whole lines
          -c, -l, -L     only how many lines; only names of files with some; without any
          -o             only what matches
          -q, -s         print nothing; no messages about files
          -n, -b         number of the line; its place in the file
          -H, -h         with names of files; without
          -A N, -B N     N lines behind; before. -C N, -N: both
          -m N           stop after N lines of a file
          -r, -R         all files in directories; behind links, too
          -a             binary files are text
          -z             lines end with a NUL
        Ends with status 0 where a line was found, 1 where none, 2 after trouble. Characters are bytes.

        """;

    private const string StandardInput = "(standard input)";
    private const int Trouble = 2;
    private const int NothingFound = 1;

    public static int Main(string[] arguments) =>
        new TextProgram("grep", StandardStream.Input, StandardStream.Output) { TroubleStatus = Trouble }.Run(Run, arguments);

    internal static int Run(TextProgram program, string[] arguments)
    {
        GrepOptions options = new();
        OptionReader reader = new(
            $"A:B:C:EFGHLRabce:f:hilm:noqrsvwxyz{GrepOptions.Color}:",
            ExpandNumber(arguments),
            ("extended-regexp", 'E'), ("fixed-strings", 'F'), ("basic-regexp", 'G'), ("regexp", 'e'), ("file", 'f'), ("ignore-case", 'i'), ("invert-match", 'v'),
            ("word-regexp", 'w'), ("line-regexp", 'x'), ("count", 'c'), ("files-with-matches", 'l'), ("files-without-match", 'L'), ("only-matching", 'o'), ("quiet", 'q'),
            ("silent", 'q'), ("no-messages", 's'), ("line-number", 'n'), ("byte-offset", 'b'), ("with-filename", 'H'), ("no-filename", 'h'), ("after-context", 'A'),
            ("before-context", 'B'), ("context", 'C'), ("max-count", 'm'), ("recursive", 'r'), ("dereference-recursive", 'R'), ("text", 'a'), ("null-data", 'z'),
            ("color", GrepOptions.Color), ("colour", GrepOptions.Color));
        while (reader.TryNext(out char option))
        {
            options.Take(program, option, reader);
        }

        if (reader.Error is { } error)
        {
            return program.Misused(error);
        }

        if (options.Error is { } wrong)
        {
            program.Fail(wrong);
            return program.Status;
        }

        if (options.TakePattern(reader.Operands) is not { } files)
        {
            return program.Misused("no pattern given");
        }

        try
        {
            GrepRun run = new(program, options, options.Compile(), files);
            run.SearchAll();
            return run.HasFound && (program.Status == 0 || options.Report == GrepReport.Nothing) ? 0 : Math.Max(program.Status, run.HasFound ? 0 : NothingFound);
        }
        catch (RegexException exception)
        {
            program.Fail(exception.Message);
            return program.Status;
        }
    }

    /// <summary>Turns <c>-5</c> into <c>-C 5</c>.</summary>
    private static string[] ExpandNumber(string[] arguments)
    {
        int end = Array.IndexOf(arguments, "--");
        return [.. arguments.SelectMany((argument, i) => (end < 0 || i < end) && argument.Length > 1 && argument[0] == '-' && argument.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0
            ? (string[])["-C", argument[1..]]
            : [argument])];
    }

    /// <summary>All files and directories of one call.</summary>
    private sealed class GrepRun(TextProgram program, GrepOptions options, RegularExpression expression, IReadOnlyList<string> operands)
    {
        private readonly GrepGroups _groups = new();
        private readonly bool _hasSeveral = operands.Count > 1;

        /// <summary>True once some file had what was looked for.</summary>
        public bool HasFound { get; private set; }

        private bool IsDone => HasFound && options.Report == GrepReport.Nothing;

        public void SearchAll()
        {
            if (operands.Count == 0 && options.IsRecursive)
            {
                SearchDirectory(".", isNamed: false);
                return;
            }

            foreach (string operand in operands.Count == 0 ? ["-"] : operands)
            {
                if (options.IsRecursive && TextProgram.IsDirectory(operand))
                {
                    SearchDirectory(operand, isNamed: true);
                }
                else
                {
                    SearchFile(operand, options.ShowsNames ?? _hasSeveral);
                }

                if (IsDone)
                {
                    return;
                }
            }
        }

        private void SearchDirectory(string directory, bool isNamed)
        {
            FileSystemInfo[] entries;
            try
            {
                entries = DirectoryEntries.Of(directory);
            }
            catch (Exception exception) when (TextProgram.IsOfFile(exception))
            {
                Complain($"{directory}: {FileReport.Describe(exception)}");
                return;
            }

            foreach (FileSystemInfo entry in entries.OrderBy(static entry => entry.Name, StringComparer.Ordinal))
            {
                string path = isNamed ? Path.Combine(directory, entry.Name) : entry.Name;
                bool isLink = entry.LinkTarget is not null;
                if (IsDone || (isLink && !options.FollowsLinks))
                {
                    continue;
                }

                if (Directory.Exists(path))
                {
                    SearchDirectory(path, isNamed: true);
                }
                else if (FileStatus.TryRead(path, follows: true, out FileStatus? status) == Errno.Success && status!.IsRegular)
                {
                    SearchFile(path, options.ShowsNames ?? true);
                }
            }
        }

        private void SearchFile(string file, bool showsName) => program.ForEach(
            [file],
            (_, stream) =>
            {
                GrepFile search = new(program, options, expression, _groups, file == "-" ? StandardInput : file, showsName);
                HasFound |= search.Run(stream);
            },
            (_, _, reason) => $"{(file == "-" ? StandardInput : file)}: {reason}",
            options.HidesErrors);

        private void Complain(string message)
        {
            if (options.HidesErrors)
            {
                program.FailSilently();
            }
            else
            {
                program.Fail(message);
            }
        }
    }
}
