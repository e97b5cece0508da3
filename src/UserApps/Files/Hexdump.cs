using System.Globalization;
using System.Text;

namespace KernelSockets.UserApps.Files;

/// <summary>hexdump: the bytes of files, sixteen a line, as hexdump -C and hexdump print them on Linux.</summary>
internal static class Hexdump
{
    public const string Help = """
        Usage: hexdump [-Cv] [-n LENGTH] [-s OFFSET] [FILE...]
        Prints bytes of the FILEs, or of the input, in hexadecimal.
          -C          byte by byte, with the characters beside
          -n LENGTH   only so many bytes
          -s OFFSET   skip so many bytes first
          -v          print lines that repeat, too, instead of one *

        """;

    private const int LineLength = 16;
    private const int HalfLine = LineLength / 2;

    public static int Main(string[] args)
    {
        Options options = new();
        var reader = new OptionReader("Cvn:s:", args);
        while (reader.TryNext(out char option))
        {
            switch (option)
            {
                case 'C':
                    options.IsCanonical = true;
                    break;
                case 'v':
                    options.PrintsRepeats = true;
                    break;
                case 'n':
                    options.Length = reader.NumberBetween(0, int.MaxValue);
                    break;
                default:
                    options.Offset = reader.NumberBetween(0, int.MaxValue);
                    break;
            }
        }

        if (reader.Error is { } error)
        {
            Console.Error.WriteLine($"hexdump: {error}");
            return App.UsageStatus;
        }

        return Dump(reader.Operands, options);
    }

    private static int Dump(IReadOnlyList<string> files, Options options)
    {
        try
        {
            using Stream input = files.Count == 0 ? StandardStream.Input : new ConcatenatedFiles(files);
            Print(input, options);
            return 0;
        }
        catch (Exception failure) when (FileReport.Is(failure))
        {
            Console.Error.WriteLine($"hexdump: {failure.Message}");
            return 1;
        }
    }

    private static void Print(Stream input, Options options)
    {
        long offset = Skip(input, options.Offset);
        long end = options.Length is { } length ? offset + length : long.MaxValue;
        byte[] line = new byte[LineLength];
        byte[] before = new byte[LineLength];
        bool isFirst = true;
        bool isRepeating = false;
        while (true)
        {
            int wanted = (int)Math.Min(LineLength, end - offset);
            int count = input.ReadAtLeast(line.AsSpan(0, wanted), wanted, throwOnEndOfStream: false);
            if (count == 0)
            {
                break;
            }

            bool repeats = !options.PrintsRepeats && !isFirst && count == LineLength && line.AsSpan().SequenceEqual(before);
            if (!repeats)
            {
                Console.Out.WriteLine(options.IsCanonical ? Canonical(offset, line.AsSpan(0, count)) : Words(offset, line.AsSpan(0, count)));
            }
            else if (!isRepeating)
            {
                Console.Out.WriteLine("*");
            }

            (isRepeating, isFirst) = (repeats, false);
            line.CopyTo(before, 0);
            offset += count;
        }

        if (!isFirst)
        {
            Console.Out.WriteLine(offset.ToString(options.IsCanonical ? "x8" : "x7", CultureInfo.InvariantCulture));
        }
    }

    private static long Skip(Stream input, long count)
    {
        byte[] buffer = new byte[4096];
        long done = 0;
        while (done < count)
        {
            int read = input.Read(buffer, 0, (int)Math.Min(buffer.Length, count - done));
            if (read == 0)
            {
                break;
            }

            done += read;
        }

        return done;
    }

    private static string Canonical(long offset, ReadOnlySpan<byte> line)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{offset:x8} ");
        for (int i = 0; i < LineLength; i++)
        {
            text.Append(i == HalfLine ? "  " : " ");
            text.Append(i < line.Length ? line[i].ToString("x2", CultureInfo.InvariantCulture) : "  ");
        }

        return text.Append("  |").Append(PrintableText.From(line)).Append('|').ToString();
    }

    /// <summary>Two bytes a word, in the processor's byte order, as plain hexdump has it.</summary>
    private static string Words(long offset, ReadOnlySpan<byte> line)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{offset:x7}");
        for (int i = 0; i < line.Length; i += 2)
        {
            int word = line[i] | (i + 1 < line.Length ? line[i + 1] << 8 : 0);
            text.Append(CultureInfo.InvariantCulture, $" {word:x4}");
        }

        return text.ToString();
    }

    private sealed class Options
    {
        public bool IsCanonical { get; set; }

        public bool PrintsRepeats { get; set; }

        public long? Length { get; set; }

        public long Offset { get; set; }
    }
}
