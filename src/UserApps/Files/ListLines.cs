using System.Globalization;
using System.Text;

namespace KernelSockets.UserApps.Files;

/// <summary>The lines of a listing, with columns as wide as they need to be.</summary>
internal sealed class ListLines(ListOptions options)
{
    private const int UnitBytes = 512;
    private const int ModeColumn = 0;
    private const int InodeColumn = 6;
    private const double RecentDays = 365.2425 / 2; // ls(1): half of a Gregorian year

    private readonly UserNames _names = new();
    private readonly DateTimeOffset _now = DateTimeOffset.UtcNow;

    /// <summary>All of them.</summary>
    /// <param name="entries">The files.</param>
    /// <param name="others">Files that have no lines here, but make columns wide.</param>
    public string Format(IReadOnlyList<ListEntry> entries, params IReadOnlyList<ListEntry> others)
    {
        StringBuilder text = new();
        if (!options.IsLong)
        {
            int width = options.ShowsInode ? entries.Concat(others).Max(static entry => (int?)Inode(entry).Length) ?? 0 : 0;
            foreach (ListEntry entry in entries)
            {
                text.Append(options.ShowsInode ? Inode(entry).PadLeft(width) + " " : "").Append(entry.Name).Append(Sign(entry)).Append('\n');
            }

            return text.ToString();
        }

        List<string[]> rows = [.. entries.Concat(others).Select(Row)];
        int[] widths = [.. Enumerable.Range(0, InodeColumn + 1).Select(column => rows.Max(row => (int?)row[column].Length) ?? 0)];
        for (int i = 0; i < entries.Count; i++)
        {
            string[] row = rows[i];
            text.Append(options.ShowsInode ? row[InodeColumn].PadLeft(widths[InodeColumn]) + " " : "");
            text.Append(CultureInfo.InvariantCulture, $"{row[ModeColumn]} {row[1].PadLeft(widths[1])} {row[2].PadRight(widths[2])} {row[3].PadRight(widths[3])} ");
            text.Append(CultureInfo.InvariantCulture, $"{row[4].PadLeft(widths[4])} {row[5]} {entries[i].Name}{Target(entries[i])}\n");
        }

        return text.ToString();
    }

    /// <summary>The line above a directory's long listing: the room that its files take.</summary>
    public string Total(IReadOnlyList<ListEntry> entries)
    {
        long bytes = entries.Sum(static entry => entry.Status!.Blocks) * UnitBytes;
        return $"total {(options.IsForPeople ? ByteSize.Compact(bytes) : ByteSize.InKibibytes(bytes).ToString(CultureInfo.InvariantCulture))}\n";
    }

    private string[] Row(ListEntry entry)
    {
        FileStatus status = entry.Status!;
        bool isDevice = status.Type is FileModeText.CharacterDevice or FileModeText.BlockDevice;
        string size = isDevice ? string.Create(CultureInfo.InvariantCulture, $"{status.SpecialDevice.Major}, {status.SpecialDevice.Minor}")
            : options.IsForPeople ? ByteSize.Compact(status.Length)
            : status.Length.ToString(CultureInfo.InvariantCulture);
        string user = (options.ShowsNumbers ? null : _names.User(status.UserId)) ?? status.UserId.ToString(CultureInfo.InvariantCulture);
        string group = (options.ShowsNumbers ? null : _names.Group(status.GroupId)) ?? status.GroupId.ToString(CultureInfo.InvariantCulture);
        return
        [
            FileModeText.Listing(status.Mode), status.Links.ToString(CultureInfo.InvariantCulture), user, group, size, Date(status.Modified), Inode(entry),
        ];
    }

    private string Date(FileTime time)
    {
        DateTimeOffset local = time.Local;
        bool isRecent = local <= _now && local > _now.AddDays(-RecentDays);
        return isRecent
            ? string.Create(CultureInfo.InvariantCulture, $"{local:MMM} {local.Day,2} {local:HH:mm}")
            : string.Create(CultureInfo.InvariantCulture, $"{local:MMM} {local.Day,2}  {local.Year}");
    }

    private string Target(ListEntry entry)
    {
        if (entry.Status is not { IsLink: true })
        {
            return Sign(entry);
        }

        string target = entry.Target ?? new FileInfo(entry.Path).LinkTarget ?? "";
        bool isThere = FileStatus.TryRead(entry.Path, follows: true, out FileStatus? status) == Errno.Success;
        return $" -> {target}{(isThere ? Sign(new ListEntry(target, target, status)) : "")}";
    }

    private string Sign(ListEntry entry)
    {
        if (options.Signs.Length == 0)
        {
            return "";
        }

        const int anyExecute = 0x49;
        char sign = entry.Status!.Type switch
        {
            FileModeText.Directory => '/',
            FileModeText.SymbolicLink => '@',
            FileModeText.Fifo => '|',
            FileModeText.Socket => '=',
            FileModeText.Regular when (entry.Status.Mode & anyExecute) != 0 => '*',
            _ => ' ',
        };
        return options.Signs.Contains(sign, StringComparison.Ordinal) ? sign.ToString() : "";
    }

    private static string Inode(ListEntry entry) => entry.Status!.Inode.ToString(CultureInfo.InvariantCulture);
}
