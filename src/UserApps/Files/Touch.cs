using System.Globalization;

namespace KernelSockets.UserApps.Files;

/// <summary>touch: sets the times of files, and makes those that are missing.</summary>
internal static class Touch
{
    public const string Help = """
        Usage: touch [-achm] [-d DATE | -r FILE | -t STAMP] FILE...
        Sets the times of the FILEs to now; makes those that are missing.
          -a        the time of the last read alone
          -c        make none
          -d DATE   YYYY-MM-DD[ HH:MM[:SS[.FRACTION]]][Z], @SECONDS or now
          -h        links themselves, not what they lead to
          -m        the time of the last change alone
          -r FILE   the times of FILE
          -t STAMP  [[CC]YY]MMDDhhmm[.ss]

        """;

    private const long Omit = 0x3FFF_FFFE; // UTIME_OMIT
    private const int CreateFlags = 0x941; // O_WRONLY, O_CREAT, O_NONBLOCK, O_NOCTTY
    private const uint CreateMode = 0x1B6;

    private static readonly string[] s_dateFormats =
    [
        "yyyy-MM-dd", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss.FFFFFFF", "yyyy-MM-ddTHH:mm", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-ddTHH:mm:ss.FFFFFFF",
        "yyyy-MM-dd HH:mm:ssK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-dd HH:mm:ss zzz", "yyyy-MM-dd HH:mm:ss.FFFFFFF zzz",
    ];

    public static int Main(string[] arguments)
    {
        Wish wish = new();
        OptionReader reader = new("achmd:r:t:", arguments, ("no-create", 'c'), ("date", 'd'), ("reference", 'r'), ("no-dereference", 'h'));
        while (reader.TryNext(out char option))
        {
            Errno error = Take(option, reader, wish);
            if (error != Errno.Success)
            {
                Console.Error.WriteLine($"touch: failed to get attributes of '{reader.Value}': {error.Describe()}");
                return 1;
            }
        }

        if (reader.Error is not null || reader.Operands.Count == 0)
        {
            if (wish.IsDateWrong)
            {
                Console.Error.WriteLine($"touch: {reader.Error}");
            }
            else
            {
                _ = App.Misused("touch", reader.Error ?? "missing file operand");
            }

            return 1;
        }

        return Apply(reader.Operands, wish);
    }

    private static Errno Take(char option, OptionReader reader, Wish wish)
    {
        switch (option)
        {
            case 'a' or 'm':
                wish.SetsAccess |= option == 'a';
                wish.SetsModification |= option == 'm';
                break;
            case 'c' or 'h':
                wish.IsLinkMeant |= option == 'h';
                wish.MakesNone = true;
                break;
            case 'r':
                Errno error = FileStatus.TryRead(reader.Value, follows: !wish.IsLinkMeant, out FileStatus? status);
                (wish.Access, wish.Modification) = (status?.Accessed ?? default, status?.Modified ?? default);
                return error;
            default:
                if (!(option == 'd' ? TryReadDate(reader.Value, out FileTime time) : TryReadStamp(reader.Value, out time)))
                {
                    wish.IsDateWrong = true;
                    reader.Reject($"invalid date format '{reader.Value}'");
                }

                (wish.Access, wish.Modification) = (time, time);
                break;
        }

        return Errno.Success;
    }

    private static int Apply(IReadOnlyList<string> paths, Wish wish)
    {
        FileTime now = FileTime.From(DateTimeOffset.UtcNow);
        FileTime access = wish.Access ?? now;
        FileTime modification = wish.Modification ?? now;
        bool setsBoth = wish.SetsAccess == wish.SetsModification;
        long[] times =
        [
            access.Seconds, setsBoth || wish.SetsAccess ? access.Nanoseconds : Omit, modification.Seconds, setsBoth || wish.SetsModification ? modification.Nanoseconds : Omit,
        ];
        int status = 0;
        foreach (string path in paths)
        {
            byte[] name = FileLibc.Terminated(path);
            Errno opened = Errno.Success;
            if (!wish.MakesNone)
            {
                int fd = FileLibc.Open(name, CreateFlags, CreateMode);
                opened = fd < 0 ? FileLibc.LastError : Errno.Success;
                _ = fd < 0 ? 0 : FileLibc.Close(fd);
            }

            Errno error = FileLibc.Outcome(FileLibc.SetTimes(FileLibc.CurrentDirectory, name, times, wish.IsLinkMeant ? FileLibc.NoFollow : 0));
            if (error == Errno.Success || (error == Errno.ENOENT && wish.MakesNone))
            {
                continue;
            }

            // What cannot be opened may have times all the same: a directory, a FIFO. Otherwise that is the reason to tell.
            bool isMissing = opened != Errno.Success && opened != Errno.EISDIR;
            Console.Error.WriteLine($"touch: {(isMissing ? "cannot touch" : "setting times of")} '{path}': {(isMissing ? opened : error).Describe()}");
            status = 1;
        }

        return status;
    }

    /// <summary>Reads a date as people write it.</summary>
    internal static bool TryReadDate(string text, out FileTime time)
    {
        time = default;
        if (text == "now")
        {
            time = FileTime.From(DateTimeOffset.UtcNow);
            return true;
        }

        if (text.StartsWith('@'))
        {
            bool isNumber = decimal.TryParse(text.AsSpan(1), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds);
            bool fits = isNumber && Math.Abs(seconds) < 250_000_000_000;
            decimal whole = fits ? Math.Floor(seconds) : 0;
            time = new FileTime((long)whole, fits ? (int)((seconds - whole) * 1_000_000_000) : 0);
            return fits;
        }

        string given = text.EndsWith(" UTC", StringComparison.Ordinal) ? text[..^4] + "Z" : text;
        bool isGood = DateTimeOffset.TryParseExact(given, s_dateFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out DateTimeOffset date);
        time = FileTime.From(date);
        return isGood;
    }

    /// <summary>Reads POSIX's [[CC]YY]MMDDhhmm[.ss].</summary>
    private static bool TryReadStamp(string text, out FileTime time)
    {
        int point = text.IndexOf('.', StringComparison.Ordinal);
        string digits = point < 0 ? text : text[..point];
        string seconds = point < 0 ? "00" : text[(point + 1)..];
        string year = digits.Length switch
        {
            8 => DateTime.Now.Year.ToString(CultureInfo.InvariantCulture),
            10 => string.CompareOrdinal(digits, "69") >= 0 ? "19" : "20", // POSIX: 69 to 99 are of the last century
            _ => "",
        };
        bool isGood = DateTimeOffset.TryParseExact(
            year + digits + seconds, "yyyyMMddHHmmss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out DateTimeOffset date) && seconds.Length == 2;
        time = FileTime.From(date);
        return isGood;
    }

    private sealed class Wish
    {
        public bool SetsAccess { get; set; }

        public bool SetsModification { get; set; }

        public bool MakesNone { get; set; }

        public bool IsLinkMeant { get; set; }

        public bool IsDateWrong { get; set; }

        public FileTime? Access { get; set; }

        public FileTime? Modification { get; set; }
    }
}
