namespace KernelSockets.UserApps.Files;

/// <summary>ls: what is in directories.</summary>
internal static class List
{
    public const string Help = """
        Usage: ls [-1aAdFhilnpRrStU] [FILE...]
          -1  one a line (always so)
          -a  names that begin with a dot, too; -A all of them but . and ..
          -d  directories themselves, not what is in them
          -F  a sign behind the name that tells the type; -p only behind directories
          -h  sizes for people
          -i  the number of the inode, too
          -l  type, permissions, names, owner, group, size, time of the last change, target of links
          -n  as -l, with numbers for owner and group
          -R  and the directories below
          -r  the other way round
          -S  the largest first
          -t  the latest change first
          -U  as the directory has them

        """;

    private const int TroubleStatus = 1;
    private const int SeriousStatus = 2;
    private const string AllSigns = "/@|=*";

    public static int Main(string[] arguments)
    {
        ListOptions options = new();
        OptionReader reader = new("1aAdFhilnpRrStU", arguments, ("all", 'a'), ("almost-all", 'A'), ("directory", 'd'), ("classify", 'F'), ("human-readable", 'h'), ("inode", 'i'), ("numeric-uid-gid", 'n'), ("recursive", 'R'), ("reverse", 'r'));
        while (reader.TryNext(out char option))
        {
            options.ShowsHidden |= option is 'a' or 'A';
            options.ShowsDots = option == 'a' || (options.ShowsDots && option != 'A');
            options.ShowsDirectories |= option == 'd';
            options.IsForPeople |= option == 'h';
            options.ShowsInode |= option == 'i';
            options.IsLong |= option is 'l' or 'n';
            options.ShowsNumbers |= option == 'n';
            options.IsRecursive |= option == 'R';
            options.IsReversed |= option == 'r';
            options.Signs = option switch
            {
                'F' => AllSigns,
                'p' => "/",
                _ => options.Signs,
            };
            options.Order = option switch
            {
                't' => ListOrder.Time,
                'S' => ListOrder.Size,
                'U' => ListOrder.None,
                _ => options.Order,
            };
        }

        return reader.Error is { } error ? App.Misused("ls", error) : new Run(options).Show(reader.Operands.Count == 0 ? ["."] : reader.Operands);
    }

    /// <summary>One listing.</summary>
    private sealed class Run(ListOptions options)
    {
        private readonly ListLines _lines = new(options);
        private int _status;
        private bool _isFirst = true;

        public int Show(IReadOnlyList<string> operands)
        {
            List<ListEntry> files = [];
            List<ListEntry> directories = [];
            foreach (string path in operands)
            {
                if (Find(path) is { } entry)
                {
                    (entry.Status!.IsDirectory && !options.ShowsDirectories ? directories : files).Add(entry);
                }
            }

            Sort(files);
            Sort(directories);
            Console.Out.Write(_lines.Format(files, directories));
            _isFirst = files.Count == 0;
            bool hasHeadings = operands.Count > 1 || options.IsRecursive;
            foreach (ListEntry directory in directories)
            {
                ShowDirectory(directory.Path, hasHeadings);
            }

            return _status;
        }

        /// <summary>An operand; a link to a directory stands for the directory, unless links themselves are looked at.</summary>
        private ListEntry? Find(string path)
        {
            Errno error = FileStatus.TryRead(path, follows: false, out FileStatus? status);
            bool looksAtLinks = options.IsLong || options.ShowsDirectories || options.Signs == AllSigns;
            if (status is { IsLink: true } && !looksAtLinks && FileStatus.TryRead(path, follows: true, out FileStatus? target) == Errno.Success && target!.IsDirectory)
            {
                status = target;
            }

            if (status is null)
            {
                Console.Error.WriteLine($"ls: cannot access '{path}': {error.Describe()}");
                _status = SeriousStatus;
            }

            return status is null ? null : new ListEntry(path, path, status);
        }

        private void ShowDirectory(string path, bool hasHeading)
        {
            List<ListEntry> entries;
            try
            {
                entries = Read(path);
            }
            catch (Exception exception) when (FileReport.Is(exception))
            {
                _ = FileReport.Report("ls", $"cannot open directory '{path}'", exception);
                _status = Math.Max(_status, TroubleStatus);
                return;
            }

            if (hasHeading)
            {
                Console.Out.Write(_isFirst ? $"{path}:\n" : $"\n{path}:\n");
            }

            _isFirst = false;
            Sort(entries);
            Console.Out.Write((options.IsLong ? _lines.Total(entries) : "") + _lines.Format(entries));
            foreach (ListEntry entry in entries.Where(entry => options.IsRecursive && entry.Status!.IsDirectory && entry.Name is not ("." or "..")))
            {
                ShowDirectory(entry.Path, hasHeading: true);
            }
        }

        private List<ListEntry> Read(string path)
        {
            List<ListEntry> entries = [];
            IEnumerable<string> names = DirectoryEntries.Read(path).Select(static entry => entry.Name).Where(name => options.ShowsHidden || name[0] != '.');
            foreach (string name in options.ShowsDots ? names.Prepend("..").Prepend(".") : names)
            {
                string inside = DirectoryEntries.Below(path, name);
                Errno error = options.NeedsStatus || options.IsRecursive ? FileStatus.TryRead(inside, follows: false, out FileStatus? status) : NoStatus(out status);
                if (error == Errno.Success)
                {
                    string? target = options.IsLong && status is { IsLink: true } ? new FileInfo(inside).LinkTarget : null;
                    entries.Add(new ListEntry(name, inside, status) { Target = target });
                }
                else
                {
                    // It went between the two looks.
                    Console.Error.WriteLine($"ls: cannot access '{inside}': {error.Describe()}");
                    _status = Math.Max(_status, TroubleStatus);
                }
            }

            return entries;
        }

        private static Errno NoStatus(out FileStatus? status)
        {
            status = null;
            return Errno.Success;
        }

        private void Sort(List<ListEntry> entries)
        {
            if (options.Order != ListOrder.None)
            {
                entries.Sort(options.Compare);
            }
        }
    }
}
