namespace KernelSockets.UserApps.Files.Finding;

/// <summary>-exec COMMAND {} +: collects files, and runs the command on many at a time.</summary>
internal sealed class FindBatch(FindRun run, IReadOnlyList<string> command)
{
    /// <summary>Files for one command.</summary>
    private const int MostFiles = 4096;

    private readonly List<string> _files = [];

    /// <summary>Takes a file.</summary>
    public bool Add(FindItem item)
    {
        _files.Add(item.Path);
        if (_files.Count == MostFiles)
        {
            Flush();
        }

        return true;
    }

    /// <summary>Runs the command on what there is.</summary>
    public void Flush()
    {
        if (_files.Count > 0)
        {
            _ = run.Launch([.. command, .. _files], failureCounts: true);
            _files.Clear();
        }
    }
}
