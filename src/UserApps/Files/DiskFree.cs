using System.Buffers.Binary;
using System.Globalization;

namespace KernelSockets.UserApps.Files;

/// <summary>df: how full file systems are.</summary>
internal static class DiskFree
{
    public const string Help = """
        Usage: df [-ahikT] [FILE...]
        Shows the room on the file systems that the FILEs lie on, or on all.
          -a  those without any room, too
          -h  sizes for people
          -i  inodes, not blocks
          -k  blocks of 1024 bytes (the default)
          -T  the type as well

        """;

    private const int StatisticsSize = 120; // struct statfs
    private const int BlocksOffset = 16;
    private const int FreeOffset = 24;
    private const int AvailableOffset = 32;
    private const int InodesOffset = 40;
    private const int FreeInodesOffset = 48;
    private const int FragmentSizeOffset = 72;

    public static int Main(string[] arguments)
    {
        Wish wish = new();
        OptionReader reader = new("ahikT", arguments, ("all", 'a'), ("human-readable", 'h'), ("inodes", 'i'), ("print-type", 'T'));
        while (reader.TryNext(out char option))
        {
            wish = option switch
            {
                'a' => wish with { ShowsAll = true },
                'h' => wish with { IsForPeople = true },
                'i' => wish with { CountsInodes = true },
                'k' => wish with { IsForPeople = false },
                _ => wish with { ShowsType = true },
            };
        }

        if (reader.Error is { } wrong)
        {
            _ = App.Misused("df", wrong);
            return 1;
        }

        List<MountLine> mounts;
        try
        {
            mounts = MountList.Read();
        }
        catch (Exception exception) when (FileReport.Is(exception))
        {
            return FileReport.Report("df", "cannot read table of mounted file systems", exception);
        }

        int status = 0;
        List<string[]> rows = [Heading(wish)];
        List<MountLine> chosen = reader.Operands.Count == 0 ? mounts : [.. Choose(reader.Operands, mounts, ref status)];
        foreach (MountLine mount in chosen)
        {
            byte[] statistics = new byte[StatisticsSize];
            Errno error = FileLibc.Outcome(FileLibc.StatFileSystem(FileLibc.Terminated(mount.Directory), statistics));
            bool hasRoom = BinaryPrimitives.ReadInt64LittleEndian(statistics.AsSpan(BlocksOffset)) > 0;
            if (error == Errno.Success && (hasRoom || wish.ShowsAll || reader.Operands.Count > 0))
            {
                rows.Add(Row(mount, statistics, wish));
            }
        }

        if (rows.Count > 1)
        {
            Console.Out.Write(wish.ShowsType ? TextTable.Format(rows, -14, -4, 5, 5, 5, 4, -1) : TextTable.Format([.. rows.Select(WithoutType)], -14, 5, 5, 5, 4, -1));
        }

        return status;
    }

    /// <summary>The mounts on which files lie, each by the longest path that leads to it, or for a device where it is mounted.</summary>
    private static List<MountLine> Choose(IReadOnlyList<string> paths, List<MountLine> mounts, ref int status)
    {
        List<MountLine> chosen = [];
        foreach (string path in paths)
        {
            Errno error = FileStatus.TryRead(path, follows: true, out FileStatus? file);
            if (file is null)
            {
                Console.Error.WriteLine($"df: {path}: {error.Describe()}");
                status = 1;
                continue;
            }

            string place = RealPath.Of(path) ?? path;
            List<MountLine> same = mounts.FindAll(mount => FileStatus.TryRead(mount.Directory, follows: true, out FileStatus? root) == Errno.Success && root!.Device == file.Device);
            MountLine? found = mounts.FindLast(mount => mount.Source == place)
                ?? same.Where(mount => RealPath.IsWithin(place, mount.Directory)).MaxBy(mount => mount.Directory.Length)
                ?? same.LastOrDefault();
            chosen.Add(found ?? new MountLine("-", path, "-", ""));
        }

        return chosen;
    }

    private static string[] Heading(Wish wish) => wish.CountsInodes
        ? ["Filesystem", "Type", "Inodes", "IUsed", "IFree", "IUse%", "Mounted on"]
        : ["Filesystem", "Type", wish.IsForPeople ? "Size" : "1K-blocks", "Used", wish.IsForPeople ? "Avail" : "Available", "Use%", "Mounted on"];

    private static string[] Row(MountLine mount, byte[] statistics, Wish wish)
    {
        long unit = wish.CountsInodes ? 1 : Read(statistics, FragmentSizeOffset);
        long all = Read(statistics, wish.CountsInodes ? InodesOffset : BlocksOffset);
        long free = Read(statistics, wish.CountsInodes ? FreeInodesOffset : FreeOffset);
        long available = wish.CountsInodes ? free : Read(statistics, AvailableOffset);
        long used = all - free;
        long whole = used + available;
        string share = whole > 0 ? $"{((used * 100) + whole - 1) / whole}%" : "-";
        return [mount.Source, mount.Type, Size(all * unit, wish), Size(used * unit, wish), Size(available * unit, wish), share, mount.Directory];
    }

    private static string[] WithoutType(string[] row) => [row[0], .. row[2..]];

    private static long Read(byte[] statistics, int offset) => BinaryPrimitives.ReadInt64LittleEndian(statistics.AsSpan(offset));

    private static string Size(long value, Wish wish) =>
        wish.IsForPeople ? ByteSize.Compact(value)
        : wish.CountsInodes ? value.ToString(CultureInfo.InvariantCulture)
        : ByteSize.InKibibytes(value).ToString(CultureInfo.InvariantCulture);

    private readonly record struct Wish(bool ShowsAll, bool IsForPeople, bool CountsInodes, bool ShowsType);
}
