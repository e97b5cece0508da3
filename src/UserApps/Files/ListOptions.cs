namespace KernelSockets.UserApps.Files;

/// <summary>What ls sorts by.</summary>
internal enum ListOrder
{
    /// <summary>The name.</summary>
    Name,

    /// <summary>The time of the last change, latest first.</summary>
    Time,

    /// <summary>The size, largest first.</summary>
    Size,

    /// <summary>Nothing: as the directory has them.</summary>
    None,
}

/// <summary>The options of ls.</summary>
internal sealed class ListOptions
{
    /// <summary>-a and -A: names that begin with a dot, too.</summary>
    public bool ShowsHidden { get; set; }

    /// <summary>-a: "." and "..", too.</summary>
    public bool ShowsDots { get; set; }

    /// <summary>-d: directories themselves.</summary>
    public bool ShowsDirectories { get; set; }

    /// <summary>-l.</summary>
    public bool IsLong { get; set; }

    /// <summary>-n: numbers of users and groups.</summary>
    public bool ShowsNumbers { get; set; }

    /// <summary>-R.</summary>
    public bool IsRecursive { get; set; }

    /// <summary>-h: sizes for people.</summary>
    public bool IsForPeople { get; set; }

    /// <summary>-i: the inode's number, too.</summary>
    public bool ShowsInode { get; set; }

    /// <summary>-F, -p: a sign behind the name that tells the type; for -p only behind directories.</summary>
    public string Signs { get; set; } = "";

    /// <summary>-t, -S, -U.</summary>
    public ListOrder Order { get; set; }

    /// <summary>-r.</summary>
    public bool IsReversed { get; set; }

    /// <summary>True when more than the name is needed.</summary>
    public bool NeedsStatus => IsLong || ShowsInode || Signs.Length > 0 || Order is ListOrder.Time or ListOrder.Size;

    /// <summary>Compares as the order says.</summary>
    public int Compare(ListEntry left, ListEntry right)
    {
        int order = Order switch
        {
            ListOrder.Time => right.Status!.Modified.CompareTo(left.Status!.Modified),
            ListOrder.Size => right.Status!.Length.CompareTo(left.Status!.Length),
            _ => 0,
        };
        order = order == 0 ? string.CompareOrdinal(left.Name, right.Name) : order;
        return IsReversed ? -order : order;
    }
}

/// <summary>A file in a listing.</summary>
/// <param name="Name">As it is shown.</param>
/// <param name="Path">Where it is.</param>
/// <param name="Status">What is known of it; null when it was not asked for.</param>
internal sealed record ListEntry(string Name, string Path, FileStatus? Status)
{
    /// <summary>Where a link leads, where that was looked at together with its status; null else.</summary>
    public string? Target { get; init; }
}
