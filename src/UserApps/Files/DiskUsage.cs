using System.Globalization;

namespace KernelSockets.UserApps.Files;

/// <summary>du: how much room files take.</summary>
internal static class DiskUsage
{
    public const string Help = """
        Usage: du [-abchks] [-d DEPTH] [FILE...]
        Shows the room that the FILEs (.) take, and all directories below them.
          -a        files below them, too
          -b        bytes, as ls shows them
          -c        and the sum
          -d DEPTH  only down to there; 0 for the FILEs alone
          -h        sizes for people
          -k        blocks of 1024 bytes (the default)
          -s        the FILEs alone

        """;

    private const int UnitBytes = 512;

    public static int Main(string[] arguments)
    {
        Walk walk = new();
        bool showsSum = false;
        OptionReader reader = new("abchksd:", arguments, ("all", 'a'), ("bytes", 'b'), ("total", 'c'), ("human-readable", 'h'), ("summarize", 's'), ("max-depth", 'd'));
        while (reader.TryNext(out char option))
        {
            walk.ShowsFiles |= option == 'a';
            walk.CountsBytes |= option == 'b';
            showsSum |= option == 'c';
            walk.IsForPeople = option == 'h' || (walk.IsForPeople && option is not ('k' or 'b'));
            walk.MaxDepth = option switch
            {
                's' => 0,
                'd' => Depth(reader),
                _ => walk.MaxDepth,
            };
        }

        if (reader.Error is { } wrong)
        {
            _ = App.Misused("du", wrong);
            return 1;
        }

        long sum = 0;
        foreach (string path in reader.Operands.Count == 0 ? ["."] : reader.Operands)
        {
            sum += walk.Measure(path, depth: 0);
        }

        if (showsSum)
        {
            walk.Tell(sum, "total");
        }

        return walk.Status;
    }

    private static int Depth(OptionReader reader)
    {
        if (!int.TryParse(reader.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int depth))
        {
            reader.Reject($"invalid maximum depth '{reader.Value}'");
        }

        return depth;
    }

    /// <summary>One run: what it shows, and which files it has counted.</summary>
    private sealed class Walk
    {
        private readonly HashSet<(uint Major, uint Minor, ulong Inode)> _counted = [];

        public bool ShowsFiles { get; set; }

        public bool CountsBytes { get; set; }

        public bool IsForPeople { get; set; }

        public int MaxDepth { get; set; } = int.MaxValue;

        public int Status { get; private set; }

        /// <summary>Counts a file with all that is below it; a file with several names once.</summary>
        public long Measure(string path, int depth)
        {
            Errno error = FileStatus.TryRead(path, follows: false, out FileStatus? file);
            if (file is null)
            {
                Console.Error.WriteLine($"du: cannot access '{path}': {error.Describe()}");
                Status = 1;
                return 0;
            }

            if (!_counted.Add((file.Device.Major, file.Device.Minor, file.Inode)))
            {
                return 0;
            }

            long size = CountsBytes ? file.Length : file.Blocks * UnitBytes;
            if (file.IsDirectory)
            {
                size += MeasureInside(path, depth);
            }

            if (depth <= MaxDepth && (file.IsDirectory || ShowsFiles || depth == 0))
            {
                Tell(size, path);
            }

            return size;
        }

        public void Tell(long size, string path)
        {
            string text = IsForPeople ? ByteSize.Compact(size) : (CountsBytes ? size : ByteSize.InKibibytes(size)).ToString(CultureInfo.InvariantCulture);
            Console.Out.WriteLine($"{text}\t{path}");
        }

        private long MeasureInside(string path, int depth)
        {
            long size = 0;
            try
            {
                foreach (FileSystemInfo entry in DirectoryEntries.Of(path).OrderBy(entry => entry.Name, StringComparer.Ordinal))
                {
                    size += Measure(DirectoryEntries.Below(path, entry.Name), depth + 1);
                }
            }
            catch (Exception exception) when (FileReport.Is(exception))
            {
                Status = FileReport.Report("du", $"cannot read directory '{path}'", exception);
            }

            return size;
        }
    }
}
