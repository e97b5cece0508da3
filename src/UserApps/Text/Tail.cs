namespace KernelSockets.UserApps.Text;

/// <summary>tail: the last lines or bytes of files, and what comes behind them later.</summary>
internal static class Tail
{
    public const string Help = """
        Usage: tail [-n [+]LINES] [-c [+]BYTES] [-f] [-s SECONDS] [-qvz] [FILE...]
        Prints the last 10 lines of each FILE, or of the input.
          -n LINES    so many lines; with + in front all from that line on
          -c BYTES    so many bytes; with + in front all from that byte on
          -f          wait for more at the end of the files, until Ctrl-C
          -s SECONDS  look for more so often (1)
          -q          no names above several files
          -v          names always
          -z          lines end with a NUL
        Numbers may have b (512), K, M, G (1024 and its powers) or kB, MB, GB behind them. -5 alone means -n 5.

        """;

    private const int BufferSize = 65_536;

    public static int Main(string[] arguments, Func<TimeSpan, Errno> sleep) =>
        TextProgram.Run("tail", (program, words) => Run(program, words, sleep), arguments);

    internal static int Run(TextProgram program, string[] arguments, Func<TimeSpan, Errno> sleep)
    {
        Options options = new();
        OptionReader reader = new(
            "n:c:fs:qvz",
            SizedNumber.ExpandFirst(arguments),
            ("lines", 'n'), ("bytes", 'c'), ("follow", 'f'), ("sleep-interval", 's'), ("quiet", 'q'), ("silent", 'q'), ("verbose", 'v'), ("zero-terminated", 'z'));
        while (reader.TryNext(out char option))
        {
            options.Take(option, reader);
        }

        if (reader.Error is { } error)
        {
            return program.Misused(error);
        }

        IReadOnlyList<string> files = reader.Operands.Count == 0 ? ["-"] : reader.Operands;
        FileHeadings headings = new(program.Output, options.Headings ?? files.Count > 1);
        using FollowedFiles followed = new(program, headings);
        program.ForEach(
            files,
            (file, stream) =>
            {
                headings.Write(file);
                Show(program, stream, options);
                if (options.Follows && stream.CanSeek)
                {
                    followed.Add(file, stream.Position);
                }
            },
            headings.Describe);
        return followed.Count == 0 ? program.Status : followed.Follow(options.Interval, sleep);
    }

    private static void Show(TextProgram program, Stream stream, Options options)
    {
        if (options.IsFrom)
        {
            SkipFirst(program, stream, options);
        }
        else if (options.CountsBytes)
        {
            ShowLastBytes(program, stream, options.Count);
        }
        else if (HasKnownEnd(stream))
        {
            stream.Seek(StartOfLastLines(stream, options), SeekOrigin.Begin);
            CopyRest(program, stream);
        }
        else
        {
            ShowLastLines(program, program.Lines(stream, options.End), options);
        }
    }

    /// <summary>False for pipes, and for files that say they are empty: those of /proc are made up as they are read.</summary>
    private static bool HasKnownEnd(Stream stream) => stream.CanSeek && stream.Length > stream.Position;

    private static void SkipFirst(TextProgram program, Stream stream, Options options)
    {
        long count = Math.Max(options.Count - 1, 0);
        byte[] buffer = new byte[BufferSize];
        while (count > 0)
        {
            int read = stream.Read(buffer);
            if (read == 0)
            {
                return;
            }

            ReadOnlySpan<byte> rest = buffer.AsSpan(0, read);
            while (count > 0 && !rest.IsEmpty)
            {
                int index = options.CountsBytes ? (int)Math.Min(count, rest.Length) - 1 : rest.IndexOf(options.End);
                count -= options.CountsBytes ? index + 1 : index >= 0 ? 1 : 0;
                rest = index < 0 ? [] : rest[(index + 1)..];
            }

            program.Output.Write(rest);
        }

        CopyRest(program, stream);
    }

    private static void ShowLastBytes(TextProgram program, Stream stream, long count)
    {
        if (HasKnownEnd(stream))
        {
            stream.Seek(Math.Max(stream.Length - count, stream.Position), SeekOrigin.Begin);
            CopyRest(program, stream);
            return;
        }

        ByteQueue held = new();
        byte[] buffer = new byte[BufferSize];
        int read = stream.Read(buffer);
        while (read > 0)
        {
            held.Append(buffer.AsSpan(0, read));
            held.MoveTo(null, held.Length - count);
            read = stream.Read(buffer);
        }

        held.MoveTo(program.Output, held.Length);
    }

    /// <summary>Looks for the ends of lines from the end of the file on backwards, a block at a time.</summary>
    private static long StartOfLastLines(Stream stream, Options options)
    {
        long least = stream.Position;
        long end = stream.Length;
        if (options.Count == 0)
        {
            return end;
        }

        long ends = 0;
        byte[] buffer = new byte[BufferSize];
        long position = end;
        while (position > least)
        {
            int length = (int)Math.Min(BufferSize, position - least);
            position -= length;
            stream.Seek(position, SeekOrigin.Begin);
            int read = stream.ReadAtLeast(buffer.AsSpan(0, length), length, throwOnEndOfStream: false);
            for (int i = buffer.AsSpan(0, read).LastIndexOf(options.End); i >= 0; i = buffer.AsSpan(0, i).LastIndexOf(options.End))
            {
                long behind = position + i + 1;
                ends += behind == end ? 0 : 1; // the end of the last line has no line behind it
                if (ends == options.Count)
                {
                    return behind;
                }
            }
        }

        return least;
    }

    private static void ShowLastLines(TextProgram program, LineReader lines, Options options)
    {
        Queue<byte[]> held = new();
        while (lines.TryRead(out ReadOnlySpan<byte> line))
        {
            held.Enqueue(line.ToArray());
            if (held.Count > options.Count)
            {
                held.Dequeue();
            }
        }

        bool isTerminated = lines.IsTerminated;
        while (held.TryDequeue(out byte[]? line))
        {
            program.Output.Write(line);
            if (held.Count > 0 || isTerminated)
            {
                program.Output.Write(options.End);
            }
        }
    }

    private static void CopyRest(TextProgram program, Stream stream)
    {
        byte[] buffer = new byte[BufferSize];
        program.FlushBefore(stream)?.Invoke();
        int read = stream.Read(buffer);
        while (read > 0)
        {
            program.Output.Write(buffer.AsSpan(0, read));
            program.FlushBefore(stream)?.Invoke();
            read = stream.Read(buffer);
        }
    }

    private sealed class Options
    {
        public long Count { get; private set; } = 10;

        public bool CountsBytes { get; private set; }

        public bool IsFrom { get; private set; }

        public bool Follows { get; private set; }

        public TimeSpan Interval { get; private set; } = TimeSpan.FromSeconds(1);

        public bool? Headings { get; private set; }

        public byte End { get; private set; } = (byte)'\n';

        public void Take(char option, OptionReader reader)
        {
            switch (option)
            {
                case 'n' or 'c':
                    TakeCount(option == 'c', reader);
                    break;
                case 'f':
                    Follows = true;
                    break;
                case 's':
                    TakeInterval(reader);
                    break;
                case 'z':
                    End = 0;
                    break;
                default:
                    Headings = option == 'v';
                    break;
            }
        }

        private void TakeCount(bool countsBytes, OptionReader reader)
        {
            CountsBytes = countsBytes;
            IsFrom = reader.Value.StartsWith('+');
            string digits = reader.Value.Length > 0 && reader.Value[0] is '+' or '-' ? reader.Value[1..] : reader.Value;
            Count = SizedNumber.Read(reader, digits, countsBytes ? "bytes" : "lines");
        }

        private void TakeInterval(OptionReader reader)
        {
            if (double.TryParse(reader.Value, System.Globalization.CultureInfo.InvariantCulture, out double seconds) && seconds is >= 0 and <= 1_000_000)
            {
                Interval = TimeSpan.FromSeconds(seconds);
            }
            else
            {
                reader.Reject($"invalid number of seconds: '{reader.Value}'");
            }
        }
    }
}
