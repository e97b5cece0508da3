using System.Globalization;
using System.Text;

namespace KernelSockets.UserApps.Files;

/// <summary>stat: all that is known of files.</summary>
internal static class StatCommand
{
    public const string Help = """
        Usage: stat [-Lt] [-c FORMAT | --printf=FORMAT] FILE...
        Shows what is known of the FILEs.
          -c FORMAT  in this form, a line each: %a %A permissions, %b blocks, %B their size, %d %D device, %f mode in hexadecimal, %F type, %g %G group,
                     %h names, %i inode, %m where mounted, %n name, %N with target, %o best transfer, %s size, %t %T device's numbers, %u %U owner,
                     %w %W birth, %x %X last read, %y %Y last change, %z %Z last change of the inode, %% %; a width may stand behind the %
          -L         what links lead to
          -t         in one line, for programs
          --printf=FORMAT  as -c, but without ends of lines, and with \n, \t and \\

        """;

    private const int UnitBytes = 512;
    private const string Texts = "AFGNUmnwxyz"; // directives that a precision cuts
    private const string TerseFormat = "%n %s %b %f %u %g %D %i %h %t %T %X %Y %Z %W %o";

    private const string LongFormat = "\n  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F\nDevice: %Hd,%Ld\tInode: %-10i  Links: ";

    private const string LongRest = "\nAccess: (%04a/%10.10A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)\nAccess: %x\nModify: %y\nChange: %z\n Birth: %w";

    public static int Main(string[] arguments)
    {
        bool follows = false;
        string? format = null;
        bool isPrintf = false;
        OptionReader reader = new("Ltc:p:", arguments, ("dereference", 'L'), ("terse", 't'), ("format", 'c'), ("printf", 'p'));
        while (reader.TryNext(out char option))
        {
            follows |= option == 'L';
            format = option switch
            {
                't' => TerseFormat,
                'c' or 'p' => reader.Value,
                _ => format,
            };
            isPrintf = option == 'p' || (isPrintf && option == 'L');
        }

        if (reader.Error is not null || reader.Operands.Count == 0)
        {
            _ = App.Misused("stat", reader.Error ?? "missing operand");
            return 1;
        }

        UserNames names = new();
        int status = 0;
        foreach (string path in reader.Operands)
        {
            Errno error = FileStatus.TryRead(path, follows, out FileStatus? file);
            if (file is null)
            {
                Console.Error.WriteLine($"stat: cannot statx '{path}': {error.Describe()}");
                status = 1;
                continue;
            }

            bool isDevice = file.Type is FileModeText.CharacterDevice or FileModeText.BlockDevice;
            string name = (file.IsLink ? $"{path} -> {TargetOf(path)}" : path).Replace("%", "%%", StringComparison.Ordinal);
            string whole = format ?? $"  File: {name}{LongFormat}{(isDevice ? "%-5h Device type: %Hr,%Lr" : "%h")}{LongRest}";
            string text = Format(isPrintf ? Unescape(whole) : whole, path, file, names);
            Console.Out.Write(isPrintf ? text : text + "\n");
        }

        return status;
    }

    /// <summary>Replaces what stands behind percent signs.</summary>
    internal static string Format(string format, string path, FileStatus file, UserNames names)
    {
        StringBuilder text = new();
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text.Append(format[i]);
                continue;
            }

            int start = ++i;
            while (i < format.Length - 1 && format[i] is '-' or '0' or '+' or ' ' or '#' or '.' or (>= '1' and <= '9'))
            {
                i++;
            }

            string flags = format[start..i];
            char part = '\0';
            if (format[i] is 'H' or 'L' && i + 1 < format.Length)
            {
                part = format[i++];
            }

            text.Append(Pad(flags, Value(format[i], part, path, file, names), isText: Texts.Contains(format[i], StringComparison.Ordinal)));
        }

        return text.ToString();
    }

    private static string Value(char directive, char part, string path, FileStatus file, UserNames names) => directive switch
    {
        '%' => "%",
        'n' => path,
        'N' => file.IsLink ? $"'{path}' -> '{TargetOf(path)}'" : $"'{path}'",
        'm' => MountPointOf(path),
        'a' => Convert.ToString(file.Mode & FileModeText.PermissionMask, 8),
        'A' => FileModeText.Listing(file.Mode),
        'f' => Hexadecimal((uint)file.Mode),
        'F' => FileModeText.Describe(file.Mode, file.Length),
        'u' => Number(file.UserId),
        'U' => names.User(file.UserId) ?? "UNKNOWN",
        'g' => Number(file.GroupId),
        'G' => names.Group(file.GroupId) ?? "UNKNOWN",
        'd' or 'D' or 'r' or 'R' or 't' or 'T' => Device(directive, part, file),
        'w' => file.Born?.ToString() ?? "-",
        'x' => file.Accessed.ToString(),
        'y' => file.Modified.ToString(),
        'z' => file.Changed.ToString(),
        _ => Measure(directive, file),
    };

    private static string Measure(char directive, FileStatus file) => directive switch
    {
        'b' => Number(file.Blocks),
        'B' => Number(UnitBytes),
        'h' => Number(file.Links),
        'i' => file.Inode.ToString(CultureInfo.InvariantCulture),
        'o' => Number(file.BlockSize),
        's' => Number(file.Length),
        'W' => Number(file.Born?.Seconds ?? 0),
        'X' => Number(file.Accessed.Seconds),
        'Y' => Number(file.Modified.Seconds),
        'Z' => Number(file.Changed.Seconds),
        _ => "?",
    };

    private static string Device(char directive, char part, FileStatus file)
    {
        (uint major, uint minor) = directive is 'd' or 'D' ? file.Device : file.SpecialDevice;
        DeviceNumber number = new(major, minor);
        return (directive, part) switch
        {
            (_, 'H') => Number(major),
            (_, 'L') => Number(minor),
            ('t', _) => Hexadecimal(major),
            ('T', _) => Hexadecimal(minor),
            ('D' or 'R', _) => Hexadecimal(number.Encoded),
            _ => number.Encoded.ToString(CultureInfo.InvariantCulture),
        };
    }

    private static string TargetOf(string path) => new FileInfo(path).LinkTarget ?? "";

    /// <summary>The last directory on the way up that is on the same device.</summary>
    private static string MountPointOf(string path)
    {
        string here = Path.GetFullPath(path);
        FileStatus? device = FileStatus.TryRead(here, follows: true, out FileStatus? status) == Errno.Success ? status : null;
        while (Path.GetDirectoryName(here) is { } parent && FileStatus.TryRead(parent, follows: true, out FileStatus? above) == Errno.Success && above!.Device == device?.Device)
        {
            here = parent;
        }

        return here;
    }

    /// <summary>A width and a precision as printf(3) has them.</summary>
    private static string Pad(string flags, string value, bool isText)
    {
        string[] sizes = flags.TrimStart('-', '0', '+', ' ', '#').Split('.');
        _ = int.TryParse(sizes[0], NumberStyles.None, CultureInfo.InvariantCulture, out int width);
        if (isText && sizes.Length > 1 && int.TryParse(sizes[1], NumberStyles.None, CultureInfo.InvariantCulture, out int longest) && longest < value.Length)
        {
            value = value[..longest];
        }

        width = Math.Min(width, 1024);
        return flags.StartsWith('-') ? value.PadRight(width) : value.PadLeft(width, flags.StartsWith('0') ? '0' : ' ');
    }

    private static string Unescape(string format) =>
        format.Replace(@"\n", "\n", StringComparison.Ordinal).Replace(@"\t", "\t", StringComparison.Ordinal).Replace(@"\\", @"\", StringComparison.Ordinal);

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Hexadecimal(ulong value) => value.ToString("x", CultureInfo.InvariantCulture);
}
