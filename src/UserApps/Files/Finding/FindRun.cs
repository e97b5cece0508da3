namespace KernelSockets.UserApps.Files.Finding;

/// <summary>A test or action of find: true lets the expression go on.</summary>
internal delegate bool FindTest(FindItem item);

/// <summary>What one run of find has to know, and how it ends.</summary>
/// <param name="launch">Runs a command; null when there is no such command.</param>
internal sealed class FindRun(Func<string[], int?> launch)
{
    private readonly List<FindBatch> _batches = [];

    /// <summary>Deepest level; the starting points are 0.</summary>
    public int MaxDepth { get; set; } = int.MaxValue;

    /// <summary>Level from which on tests are made.</summary>
    public int MinDepth { get; set; }

    /// <summary>True to come to a directory after what is in it.</summary>
    public bool ComesBack { get; set; }

    /// <summary>True to stay on the device of each starting point.</summary>
    public bool StaysOnDevice { get; set; }

    /// <summary>True once -quit has come.</summary>
    public bool HasQuit { get; set; }

    /// <summary>When it began.</summary>
    public FileTime Now { get; } = FileTime.From(DateTimeOffset.UtcNow);

    /// <summary>1 when anything has failed.</summary>
    public int Status { get; private set; }

    /// <summary>Adds an -exec that collects files.</summary>
    public void Add(FindBatch batch) => _batches.Add(batch);

    /// <summary>Runs what the batches have collected.</summary>
    public void Finish() => _batches.ForEach(static batch => batch.Flush());

    /// <summary>Tells what is wrong.</summary>
    public void Complain(string message)
    {
        Console.Error.WriteLine($"find: {message}");
        Status = 1;
    }

    /// <summary>Runs a command.</summary>
    /// <returns>True when it succeeded.</returns>
    public bool Launch(string[] words, bool failureCounts)
    {
        int? status = launch(words);
        if (status is null)
        {
            Console.Error.WriteLine($"find: '{words[0]}': {Errno.ENOENT.Describe()}");
        }

        if (status == App.InterruptedStatus)
        {
            HasQuit = true;
        }

        Status = status != 0 && failureCounts ? 1 : Status;
        return status == 0;
    }

    /// <summary>Walks through a tree.</summary>
    public void Walk(string start, FindTest expression)
    {
        Errno error = FileStatus.TryRead(start, follows: false, out FileStatus? status);
        if (status is null)
        {
            Complain($"'{start}': {error.Describe()}");
            return;
        }

        Visit(new FindItem(start, status, Depth: 0), status.Device, expression);
    }

    private void Visit(FindItem item, (uint Major, uint Minor) device, FindTest expression)
    {
        if (!ComesBack)
        {
            Test(item, expression);
        }

        bool isOtherDevice = StaysOnDevice && item.Status.Device != device;
        if (item.Status.IsDirectory && item.Depth < MaxDepth && !item.IsPruned && !isOtherDevice && !HasQuit)
        {
            VisitInside(item, device, expression);
        }

        if (ComesBack && !HasQuit)
        {
            Test(item, expression);
        }
    }

    private void VisitInside(FindItem item, (uint Major, uint Minor) device, FindTest expression)
    {
        FileSystemInfo[] entries;
        try
        {
            entries = DirectoryEntries.Of(item.Path);
        }
        catch (Exception exception) when (FileReport.Is(exception))
        {
            Complain($"'{item.Path}': {FileReport.Describe(exception)}");
            return;
        }

        foreach (FileSystemInfo entry in entries)
        {
            string path = DirectoryEntries.Below(item.Path, entry.Name);
            Errno error = FileStatus.TryRead(path, follows: false, out FileStatus? status);
            if (status is not null)
            {
                Visit(new FindItem(path, status, item.Depth + 1), device, expression);
            }
            else
            {
                Complain($"'{path}': {error.Describe()}");
            }

            if (HasQuit)
            {
                return;
            }
        }
    }

    private void Test(FindItem item, FindTest expression)
    {
        if (item.Depth >= MinDepth)
        {
            _ = expression(item);
        }
    }
}
