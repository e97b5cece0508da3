using KernelSockets.UserApps.Files;

namespace KernelSockets.UserApps.Text;

/// <summary>wc: counts lines, words, characters and bytes.</summary>
internal static class WordCount
{
    public const string Help = """
        Usage: wc [-lwmc] [FILE...]
        Counts what is in each FILE, or in the input, and in all of them.
          -l  newlines
          -w  words: what stands between blanks
          -m  characters, in UTF-8
          -c  bytes
        Without options lines, words and bytes. What is counted is always printed in this order.

        """;

    private const int BufferSize = 65_536;
    private const int WidthOfUnknown = 7;

    public static int Main(string[] arguments) => TextProgram.Run("wc", Run, arguments);

    internal static int Run(TextProgram program, string[] arguments)
    {
        OptionReader reader = new("lwmc", arguments, ("lines", 'l'), ("words", 'w'), ("chars", 'm'), ("bytes", 'c'));
        string shown = "";
        while (reader.TryNext(out char option))
        {
            shown += option;
        }

        if (reader.Error is { } error)
        {
            return program.Misused(error);
        }

        shown = shown.Length == 0 ? "lwc" : shown;
        int width = Width(program, reader.Operands, new HashSet<char>(shown).Count);
        Counts total = default;
        program.ForEach(
            reader.Operands,
            (file, stream) =>
            {
                Counts counts = default;
                try
                {
                    Count(stream, shown, ref counts);
                }
                finally
                {
                    Print(program.Output, counts, shown, width, reader.Operands.Count == 0 ? null : file); // of what could be read
                    total.Add(counts);
                }
            },
            (file, isOpen, reason) =>
            {
                if (TextProgram.IsDirectory(file))
                {
                    Print(program.Output, default, shown, width, file); // it can be opened, but has nothing to read
                }

                return $"{(reader.Operands.Count == 0 ? "'standard input'" : file)}: {reason}";
            });
        if (reader.Operands.Count > 1)
        {
            Print(program.Output, total, shown, width, "total");
        }

        return program.Status;
    }

    /// <summary>As wide as the sum of the files' sizes; 7 where a size cannot be known beforehand; 1 for a single number.</summary>
    private static int Width(TextProgram program, IReadOnlyList<string> files, int columns)
    {
        if (files.Count <= 1 && columns == 1)
        {
            return 1;
        }

        int least = 1;
        long sum = 0;
        foreach (string file in files.Count == 0 ? ["-"] : files)
        {
            FileStatus? status = null;
            _ = file == "-" ? Errno.Success : FileStatus.TryRead(file, follows: true, out status);
            if (file == "-" ? program.Input.CanSeek : status is { IsRegular: true })
            {
                sum += status?.Length ?? program.Input.Length;
            }
            else if (file == "-" || status is not null)
            {
                least = WidthOfUnknown;
            }
        }

        return Math.Max(least, sum.ToString(System.Globalization.CultureInfo.InvariantCulture).Length);
    }

    private static void Count(Stream stream, string shown, ref Counts counts)
    {
        if (shown.All(option => option == 'c') && stream.CanSeek && stream.Length > 0)
        {
            counts.Bytes = Math.Max(stream.Length - stream.Position, 0);
            stream.Seek(0, SeekOrigin.End);
            return;
        }

        bool countsWords = shown.Contains('w', StringComparison.Ordinal);
        bool countsCharacters = shown.Contains('m', StringComparison.Ordinal);
        byte[] buffer = new byte[BufferSize];
        bool isInWord = false;
        int read = stream.Read(buffer);
        while (read > 0)
        {
            ReadOnlySpan<byte> bytes = buffer.AsSpan(0, read);
            counts.Bytes += read;
            counts.Lines += bytes.Count((byte)'\n');
            if (countsWords)
            {
                counts.Words += CountWords(bytes, ref isInWord);
            }

            if (countsCharacters)
            {
                counts.Characters += CountCharacters(bytes);
            }

            read = stream.Read(buffer);
        }
    }

    private static int CountWords(ReadOnlySpan<byte> bytes, ref bool isInWord)
    {
        int words = 0;
        foreach (byte value in bytes)
        {
            bool isBlank = ByteClass.IsSpace(value);
            words += !isBlank && !isInWord ? 1 : 0;
            isInWord = !isBlank;
        }

        return words;
    }

    /// <summary>All bytes but those that go on with a character (RFC 3629 §3).</summary>
    private static int CountCharacters(ReadOnlySpan<byte> bytes)
    {
        int count = 0;
        foreach (byte value in bytes)
        {
            count += (value & 0xC0) == 0x80 ? 0 : 1;
        }

        return count;
    }

    private static void Print(ByteWriter output, in Counts counts, string shown, int width, string? file)
    {
        string separator = "";
        foreach ((char option, long number) in (ReadOnlySpan<(char, long)>)
            [('l', counts.Lines), ('w', counts.Words), ('m', counts.Characters), ('c', counts.Bytes)])
        {
            if (shown.Contains(option, StringComparison.Ordinal))
            {
                output.Write(separator + number.ToString(System.Globalization.CultureInfo.InvariantCulture).PadLeft(width));
                separator = " ";
            }
        }

        output.Write(file is null ? "\n" : $" {file}\n");
    }

    private struct Counts
    {
        public long Lines;
        public long Words;
        public long Characters;
        public long Bytes;

        public void Add(in Counts other)
        {
            Lines += other.Lines;
            Words += other.Words;
            Characters += other.Characters;
            Bytes += other.Bytes;
        }
    }
}
