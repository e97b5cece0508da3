using System.Globalization;
using KernelSockets.UserApps.Text;

namespace KernelSockets.UserApps.Files;

/// <summary>cmp: whether two files are the same, byte for byte.</summary>
internal static class Compare
{
    public const string Help = """
        Usage: cmp [-ls] [-i SKIP] [-n COUNT] FILE1 [FILE2]
        Tells where two files differ first; - or nothing is the input. The status is 0 for the same, 1 for a difference, 2 for trouble.
          -i SKIP   leave out so many bytes of both
          -l        every byte that differs: its number, and both values in octal
          -n COUNT  at most so many bytes
          -s        print nothing

        """;

    private const int BufferSize = 65_536;

    public static int Main(string[] arguments)
    {
        bool listsAll = false;
        bool isSilent = false;
        long skip = 0;
        long most = long.MaxValue;
        OptionReader reader = new("lsi:n:", arguments, ("verbose", 'l'), ("quiet", 's'), ("silent", 's'), ("ignore-initial", 'i'), ("bytes", 'n'));
        while (reader.TryNext(out char option))
        {
            listsAll |= option == 'l';
            isSilent |= option == 's';
            skip = option == 'i' ? Size(reader, "--ignore-initial") : skip;
            most = option == 'n' ? Size(reader, "--bytes") : most;
        }

        string? wrong = reader.Error ?? reader.Operands.Count switch
        {
            0 => "missing operand after 'cmp'",
            > 2 => $"extra operand '{reader.Operands[2]}'",
            _ => null,
        };
        if (wrong is not null)
        {
            return App.Misused("cmp", wrong);
        }

        string[] names = [reader.Operands[0], reader.Operands.Count > 1 ? reader.Operands[1] : "-"];
        string current = names[0];
        try
        {
            using Stream first = Open(names[0]);
            current = names[1];
            using Stream second = Open(names[1]);
            using BufferedStream left = new(first, BufferSize);
            using BufferedStream right = new(second, BufferSize);
            return Run(left, right, names, skip, most, listsAll, isSilent);
        }
        catch (Exception exception) when (FileReport.Is(exception))
        {
            string reason = Directory.Exists(current) ? Errno.EISDIR.Describe() : FileReport.Describe(exception);
            Console.Error.WriteLine($"cmp: {current}: {reason}");
            return App.UsageStatus;
        }
    }

    private static long Size(OptionReader reader, string option)
    {
        if (!SizedNumber.TryParse(reader.Value, out long size))
        {
            reader.Reject($"invalid {option} value '{reader.Value}'");
        }

        return size;
    }

    private static Stream Open(string path) => path == "-" ? StandardStream.Input : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);

    private static int Run(Stream left, Stream right, string[] names, long skip, long most, bool listsAll, bool isSilent)
    {
        for (long i = 0; i < skip; i++)
        {
            _ = left.ReadByte();
            _ = right.ReadByte();
        }

        long line = 1;
        int status = 0;
        int last = '\n';
        for (long at = 1; at <= most; at++)
        {
            int a = left.ReadByte();
            int b = right.ReadByte();
            if (a != b && (a < 0 || b < 0))
            {
                return isSilent ? 1 : TellEnd(names[a < 0 ? 0 : 1], at - 1, line, last, listsAll);
            }

            if (a < 0)
            {
                break;
            }

            if (a != b && !listsAll)
            {
                Tell(isSilent, string.Create(CultureInfo.InvariantCulture, $"{names[0]} {names[1]} differ: char {at}, line {line}"));
                return 1;
            }

            if (a != b)
            {
                status = 1;
                Tell(isSilent, string.Create(CultureInfo.InvariantCulture, $"{at} {Octal(a)} {Octal(b)}"));
            }

            line += a == '\n' ? 1 : 0;
            last = a;
        }

        return status;
    }

    private static int TellEnd(string name, long bytes, long line, int last, bool listsAll)
    {
        string place = bytes == 0 ? "which is empty"
            : listsAll ? string.Create(CultureInfo.InvariantCulture, $"after byte {bytes}")
            : last == '\n' ? string.Create(CultureInfo.InvariantCulture, $"after byte {bytes}, line {line - 1}")
            : string.Create(CultureInfo.InvariantCulture, $"after byte {bytes}, in line {line}");
        Console.Error.WriteLine($"cmp: EOF on {name} {place}");
        return 1;
    }

    private static string Octal(int value) => Convert.ToString(value, 8).PadLeft(3);

    private static void Tell(bool isSilent, string text)
    {
        if (!isSilent)
        {
            Console.Out.WriteLine(text);
        }
    }
}
