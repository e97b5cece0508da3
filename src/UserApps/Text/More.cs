using KernelSockets.UserApps.Text.Matching;

namespace KernelSockets.UserApps.Text;

/// <summary>more: files a screenful at a time.</summary>
internal sealed class More(ITerminal terminal, Func<bool> isTerminal)
{
    public const string Help = """
        Usage: more [FILE...]
        Shows the FILEs, or the input, a screenful at a time; copies them where the output is no terminal.
          blank, f    the next screenful
          Enter       the next line
          b           the screenful before (of the last 10000 lines)
          /RE, n      on to a line that matches; to the next one
          q, Ctrl-C   end

        """;

    private const int KeptLines = 10_000;
    private const int SearchedLines = 1_000_000;
    private const int LongestPattern = 1024;
    private const int BufferSize = 65_536;

    private readonly byte[] _key = new byte[1];
    private RegularExpression? _pattern;
    private bool _isInterrupted;

    /// <summary>The program.</summary>
    public int Main(string[] arguments) => TextProgram.Run("more", Run, arguments);

    internal int Run(TextProgram program, string[] arguments)
    {
        OptionReader reader = new("", arguments);
        if (!reader.TryNext(out _) && reader.Error is { } error)
        {
            return program.Misused(error);
        }

        if (!isTerminal())
        {
            program.ForEach(reader.Operands, (_, stream) => Copy(program, stream));
            return program.Status;
        }

        bool goesOn = true;
        foreach (string file in reader.Operands.Count == 0 ? ["-"] : reader.Operands)
        {
            program.ForEach(goesOn ? [file] : [], (_, stream) => goesOn = Show(program, program.Lines(stream), reader.Operands.Count > 1 ? file : null));
        }

        return _isInterrupted ? App.InterruptedStatus : program.Status;
    }

    private static void Copy(TextProgram program, Stream stream)
    {
        byte[] buffer = new byte[BufferSize];
        int read = stream.Read(buffer);
        while (read > 0)
        {
            program.Output.Write(buffer.AsSpan(0, read));
            program.FlushBefore(stream)?.Invoke();
            read = stream.Read(buffer);
        }
    }

    /// <summary>Shows a file.</summary>
    /// <returns>False where no other is to follow.</returns>
    private bool Show(TextProgram program, LineReader lines, string? heading)
    {
        Page page = new(lines, heading);
        int rows = Math.Max(terminal.Rows - 1, 1);
        bool hasMore = page.Show(program.Output, rows, terminal.Columns);
        while (hasMore)
        {
            program.Output.Write("\e[7m--More--\e[0m");
            program.Output.Flush();
            char key = ReadKey();
            program.Output.Write("\r\e[K");
            switch (key)
            {
                case 'q' or 'Q':
                    return false;
                case '\n' or '\r':
                    hasMore = page.Show(program.Output, 1, terminal.Columns);
                    break;
                case 'b':
                    page.GoBack(2 * rows);
                    hasMore = page.Show(program.Output, rows, terminal.Columns);
                    break;
                case '/' or 'n':
                    hasMore = Search(program, page, rows, asks: key == '/');
                    break;
                case ' ' or 'f':
                    hasMore = page.Show(program.Output, rows, terminal.Columns);
                    break;
            }
        }

        return true;
    }

    private bool Search(TextProgram program, Page page, int rows, bool asks)
    {
        try
        {
            if (asks)
            {
                program.Output.Write("/");
                program.Output.Flush();
                byte[] line = new byte[LongestPattern];
                IoResult read = terminal.Read(line, Instant.Never);
                int length = Math.Max(read.IsSuccess ? read.Count - 1 : 0, 0);
                _pattern = length > 0 ? new RegularExpression([line[..length]], RegexSyntax.Basic) : _pattern;
            }

            if (_pattern is not null && page.TryFind(_pattern))
            {
                program.Output.Write("...skipping\n");
                return page.Show(program.Output, rows, terminal.Columns);
            }

            program.Output.Write(_pattern is null ? "No previous pattern\n" : "Pattern not found\n");
        }
        catch (RegexException exception)
        {
            program.Output.Write($"{exception.Message}\n");
        }

        return true;
    }

    private char ReadKey()
    {
        terminal.IsRaw = true;
        IoResult read;
        try
        {
            read = terminal.Read(_key, Instant.Never);
        }
        finally
        {
            terminal.IsRaw = false;
        }

        _isInterrupted |= read.Error == Errno.EINTR || (read.Count == 1 && _key[0] == 3);
        return !read.IsSuccess || read.Count == 0 || _key[0] == 3 ? 'q' : (char)_key[0];
    }

    /// <summary>The lines of a file that were read, and how far they were shown.</summary>
    private sealed class Page(LineReader lines, string? heading)
    {
        private readonly List<byte[]> _lines = Heading(heading);
        private int _next;

        /// <summary>Shows lines on so many rows, at least one line.</summary>
        /// <returns>False at the end.</returns>
        public bool Show(ByteWriter output, int rows, int columns)
        {
            int left = rows;
            while (TryRead(_next))
            {
                byte[] line = _lines[_next];
                int height = 1 + (Math.Max(line.Length - 1, 0) / Math.Max(columns, 1));
                if (height > left && left < rows)
                {
                    break;
                }

                output.WriteLine(line);
                _next++;
                left -= height;
                if (left <= 0)
                {
                    break;
                }
            }

            Forget();
            return TryRead(_next);
        }

        /// <summary>Goes back by so many lines.</summary>
        public void GoBack(int count) => _next = Math.Max(_next - count, 0);

        /// <summary>Goes on to a line that matches.</summary>
        /// <returns>False, and stays, when there is none.</returns>
        public bool TryFind(RegularExpression pattern)
        {
            for (int i = _next; i - _next < SearchedLines && TryRead(i); i++)
            {
                if (pattern.IsMatch(_lines[i]))
                {
                    _next = i;
                    return true;
                }
            }

            return false;
        }

        private static List<byte[]> Heading(string? file)
        {
            byte[] bar = "::::::::::::::"u8.ToArray();
            return file is null ? [] : [bar, System.Text.Encoding.UTF8.GetBytes(file), bar];
        }

        private bool TryRead(int index)
        {
            if (index < _lines.Count)
            {
                return true;
            }

            bool isRead = lines.TryRead(out ReadOnlySpan<byte> line);
            if (isRead)
            {
                _lines.Add(line.ToArray());
            }

            return isRead;
        }

        private void Forget()
        {
            if (_next > 2 * KeptLines)
            {
                _lines.RemoveRange(0, _next - KeptLines);
                _next = KeptLines;
            }
        }
    }
}
