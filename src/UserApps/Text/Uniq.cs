namespace KernelSockets.UserApps.Text;

/// <summary>uniq: one of each run of equal lines.</summary>
internal static class Uniq
{
    public const string Help = """
        Usage: uniq [-cdiuz] [-f FIELDS] [-s CHARS] [-w CHARS] [INPUT [OUTPUT]]
        Prints one of each run of equal lines.
          -c         with how many there are
          -d         only lines that are repeated
          -u         only lines that are not
          -i         upper and lower case count as equal
          -f FIELDS  do not compare so many fields (blanks, then others)
          -s CHARS   nor so many characters behind them
          -w CHARS   compare only so many
          -z         lines end with a NUL

        """;

    private const int CountWidth = 7;

    public static int Main(string[] arguments) => TextProgram.Run("uniq", Run, arguments);

    internal static int Run(TextProgram program, string[] arguments)
    {
        Options options = new();
        OptionReader reader = new(
            "cduizf:s:w:",
            arguments,
            ("count", 'c'), ("repeated", 'd'), ("unique", 'u'), ("ignore-case", 'i'), ("zero-terminated", 'z'), ("skip-fields", 'f'), ("skip-chars", 's'), ("check-chars", 'w'));
        while (reader.TryNext(out char option))
        {
            options.Take(option, reader);
        }

        if (reader.Error is not null || reader.Operands.Count > 2)
        {
            return program.Misused(reader.Error ?? $"extra operand '{reader.Operands[2]}'");
        }

        if (reader.Operands.Count == 2 && reader.Operands[1] != "-")
        {
            return RunInto(program, reader.Operands[0], reader.Operands[1], options);
        }

        Read(program, [.. reader.Operands.Take(1)], program.Output, options);
        return program.Status;
    }

    private static int RunInto(TextProgram program, string input, string path, Options options)
    {
        try
        {
            using FileStream stream = new(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            ByteWriter output = new(stream);
            Read(program, [input], output, options);
            output.Flush();
        }
        catch (Exception exception) when (TextProgram.IsOfFile(exception))
        {
            program.Fail($"{path}: {TextProgram.Reason(path, exception)}");
        }

        return program.Status;
    }

    private static void Read(TextProgram program, string[] files, ByteWriter output, Options options) => program.ForEach(
        files,
        (_, stream) => Filter(program.Lines(stream, options.End), output, options),
        static (file, isOpen, reason) => isOpen ? $"error reading '{file}': {reason}" : $"{file}: {reason}");

    private static void Filter(LineReader lines, ByteWriter output, Options options)
    {
        byte[] first = [];
        int length = -1;
        long count = 0;
        while (lines.TryRead(out ReadOnlySpan<byte> line))
        {
            if (length >= 0 && options.AreEqual(first.AsSpan(0, length), line))
            {
                count++;
                continue;
            }

            Print(output, first, length, count, options);
            if (line.Length > first.Length)
            {
                first = new byte[Math.Max(line.Length, 2 * first.Length)];
            }

            line.CopyTo(first);
            (length, count) = (line.Length, 1);
        }

        Print(output, first, length, count, options);
    }

    private static void Print(ByteWriter output, byte[] line, int length, long count, Options options)
    {
        if (length < 0 || (options.OmitsSingle && count == 1) || (options.OmitsRepeated && count > 1))
        {
            return;
        }

        if (options.Counts)
        {
            output.Write(count.ToString(System.Globalization.CultureInfo.InvariantCulture).PadLeft(CountWidth) + " ");
        }

        output.WriteLine(line.AsSpan(0, length), options.End);
    }

    private sealed class Options
    {
        private bool _ignoresCase;
        private long _skippedFields;
        private long _skippedCharacters;
        private long _comparedCharacters = long.MaxValue;

        public bool Counts { get; private set; }

        public bool OmitsSingle { get; private set; }

        public bool OmitsRepeated { get; private set; }

        public byte End { get; private set; } = (byte)'\n';

        public void Take(char option, OptionReader reader)
        {
            Counts |= option == 'c';
            OmitsSingle |= option == 'd';
            OmitsRepeated |= option == 'u';
            _ignoresCase |= option == 'i';
            End = option == 'z' ? (byte)0 : End;
            switch (option)
            {
                case 'f':
                    _skippedFields = ReadCount(reader, "fields to skip");
                    break;
                case 's':
                    _skippedCharacters = ReadCount(reader, "bytes to skip");
                    break;
                case 'w':
                    _comparedCharacters = ReadCount(reader, "bytes to compare");
                    break;
            }
        }

        private static long ReadCount(OptionReader reader, string what)
        {
            if (!SizedNumber.TryParse(reader.Value, out long number))
            {
                reader.Reject($"{reader.Value}: invalid number of {what}");
            }

            return number;
        }

        public bool AreEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
        {
            left = Compared(left);
            right = Compared(right);
            return _ignoresCase ? EqualsIgnoringCase(left, right) : left.SequenceEqual(right);
        }

        private static bool EqualsIgnoringCase(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
        {
            bool isEqual = left.Length == right.Length;
            for (int i = 0; isEqual && i < left.Length; i++)
            {
                isEqual = ByteClass.ToUpper(left[i]) == ByteClass.ToUpper(right[i]);
            }

            return isEqual;
        }

        private ReadOnlySpan<byte> Compared(ReadOnlySpan<byte> line)
        {
            for (long i = 0; i < _skippedFields && !line.IsEmpty; i++)
            {
                int start = 0;
                while (start < line.Length && ByteClass.IsBlank(line[start]))
                {
                    start++;
                }

                while (start < line.Length && !ByteClass.IsBlank(line[start]))
                {
                    start++;
                }

                line = line[start..];
            }

            line = line[(int)Math.Min(_skippedCharacters, line.Length)..];
            return line[..(int)Math.Min(_comparedCharacters, line.Length)];
        }
    }
}
