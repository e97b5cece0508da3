namespace KernelSockets.UserApps.Files.Finding;

/// <summary>A file that find has come to.</summary>
/// <param name="Path">As it is shown: the starting point and what is below it.</param>
/// <param name="Status">What is known of it; of links themselves.</param>
/// <param name="Depth">0 for a starting point.</param>
internal sealed record FindItem(string Path, FileStatus Status, int Depth)
{
    /// <summary>The last component.</summary>
    public string Name
    {
        get
        {
            string trimmed = Path.TrimEnd('/');
            return trimmed.Length == 0 ? "/" : trimmed[(trimmed.LastIndexOf('/') + 1)..];
        }
    }

    /// <summary>True once -prune has come: nothing below it is looked at.</summary>
    public bool IsPruned { get; set; }
}
