namespace KernelSockets.UserApps.Text;

/// <summary>head: the first lines or bytes of files.</summary>
internal static class Head
{
    public const string Help = """
        Usage: head [-n [-]LINES] [-c [-]BYTES] [-qvz] [FILE...]
        Prints the first 10 lines of each FILE, or of the input.
          -n LINES   so many lines; with - in front all but the last
          -c BYTES   so many bytes; with - in front all but the last
          -q         no names above several files
          -v         names always
          -z         lines end with a NUL
        Numbers may have b (512), K, M, G (1024 and its powers) or kB, MB, GB behind them. -5 alone means -n 5.

        """;

    private const int BufferSize = 65_536;

    public static int Main(string[] arguments) => TextProgram.Run("head", Run, arguments);

    internal static int Run(TextProgram program, string[] arguments)
    {
        Options options = new();
        OptionReader reader = new(
            "n:c:qvz",
            SizedNumber.ExpandFirst(arguments),
            ("lines", 'n'), ("bytes", 'c'), ("quiet", 'q'), ("silent", 'q'), ("verbose", 'v'), ("zero-terminated", 'z'));
        while (reader.TryNext(out char option))
        {
            switch (option)
            {
                case 'n' or 'c':
                    options.CountsBytes = option == 'c';
                    options.IsAllBut = reader.Value.StartsWith('-');
                    options.Count = SizedNumber.Read(reader, options.IsAllBut ? reader.Value[1..] : reader.Value, options.CountsBytes ? "bytes" : "lines");
                    break;
                case 'z':
                    options.End = 0;
                    break;
                default:
                    options.Headings = option == 'v';
                    break;
            }
        }

        if (reader.Error is { } error)
        {
            return program.Misused(error);
        }

        FileHeadings headings = new(program.Output, options.Headings ?? reader.Operands.Count > 1);
        program.ForEach(
            reader.Operands,
            (file, stream) =>
            {
                headings.Write(file);
                Copy(program, stream, options);
            },
            headings.Describe);
        return program.Status;
    }

    private static void Copy(TextProgram program, Stream stream, Options options)
    {
        switch (options)
        {
            case { IsAllBut: true, CountsBytes: true }:
                CopyAllButBytes(program, stream, options.Count);
                break;
            case { IsAllBut: true }:
                CopyAllButLines(program, program.Lines(stream, options.End), options);
                break;
            case { CountsBytes: true }:
                CopyFirst(program, stream, options.Count, end: null);
                break;
            default:
                CopyFirst(program, stream, options.Count, options.End);
                break;
        }
    }

    /// <summary>Copies so many bytes, or lines where their end is given, and leaves the stream behind them if it can go back.</summary>
    private static void CopyFirst(TextProgram program, Stream stream, long count, byte? end)
    {
        byte[] buffer = new byte[BufferSize];
        while (count > 0)
        {
            program.FlushBefore(stream)?.Invoke();
            int read = stream.Read(buffer, 0, end is null ? (int)Math.Min(count, BufferSize) : BufferSize);
            if (read == 0)
            {
                return;
            }

            int length = end is { } value ? LengthOfLines(buffer.AsSpan(0, read), value, ref count) : read;
            count -= end is null ? read : 0;
            program.Output.Write(buffer.AsSpan(0, length));
            if (length < read && stream.CanSeek)
            {
                stream.Seek(length - read, SeekOrigin.Current);
            }
        }
    }

    private static int LengthOfLines(ReadOnlySpan<byte> bytes, byte end, ref long count)
    {
        int length = 0;
        while (count > 0)
        {
            int index = bytes[length..].IndexOf(end);
            if (index < 0)
            {
                return bytes.Length;
            }

            length += index + 1;
            count--;
        }

        return length;
    }

    private static void CopyAllButBytes(TextProgram program, Stream stream, long count)
    {
        ByteQueue held = new();
        byte[] buffer = new byte[BufferSize];
        int read = stream.Read(buffer);
        while (read > 0)
        {
            held.Append(buffer.AsSpan(0, read));
            held.MoveTo(program.Output, held.Length - count);
            program.FlushBefore(stream)?.Invoke();
            read = stream.Read(buffer);
        }
    }

    private static void CopyAllButLines(TextProgram program, LineReader lines, Options options)
    {
        Queue<byte[]> held = new();
        while (lines.TryRead(out ReadOnlySpan<byte> line))
        {
            held.Enqueue(line.ToArray());
            if (held.Count > options.Count)
            {
                byte[] oldest = held.Dequeue();
                program.Output.Write(oldest);
                if (lines.IsTerminated || held.Count > 0)
                {
                    program.Output.Write(options.End);
                }
            }
        }
    }

    private sealed class Options
    {
        public long Count { get; set; } = 10;

        public bool CountsBytes { get; set; }

        public bool IsAllBut { get; set; }

        public bool? Headings { get; set; }

        public byte End { get; set; } = (byte)'\n';
    }
}
