using System.Text;

namespace KernelSockets.UserApps.Text;

/// <summary>cut: parts of lines.</summary>
internal static class Cut
{
    public const string Help = """
        Usage: cut -b LIST [FILE...]
               cut -c LIST [FILE...]
               cut -f LIST [-d CHAR] [-s] [FILE...]
        Prints parts of each line of the FILEs, or of the input.
          -b LIST  bytes
          -c LIST  the same
          -f LIST  fields; lines without a delimiter are printed whole
          -d CHAR  what separates fields (a tab)
          -s       no lines without a delimiter
          -z       lines end with a NUL
          --complement               all but what LIST tells
          --output-delimiter=TEXT    what separates fields or ranges in the output
        LIST is numbers and ranges from 1, with commas between: N, N-M, N-, -M.

        """;

    private const char Complement = '\u0001';
    private const char OutputDelimiter = '\u0002';

    public static int Main(string[] arguments) => TextProgram.Run("cut", Run, arguments);

    internal static int Run(TextProgram program, string[] arguments)
    {
        Options options = new();
        OptionReader reader = new(
            $"b:c:f:d:nsz{Complement}{OutputDelimiter}:",
            arguments,
            ("bytes", 'b'), ("characters", 'c'), ("fields", 'f'), ("delimiter", 'd'), ("only-delimited", 's'), ("zero-terminated", 'z'), ("complement", Complement), ("output-delimiter", OutputDelimiter));
        while (reader.TryNext(out char option))
        {
            options.Take(option, reader);
        }

        if (reader.Error is not null || options.Check() is not null)
        {
            return program.Misused(reader.Error ?? options.Check()!);
        }

        if (!RangeList.TryParse(options.List!, options.IsComplement, out RangeList list, out string error))
        {
            return program.Misused(error.Replace("{0}", options.TakesFields ? "field" : "byte/character position", StringComparison.Ordinal));
        }

        program.ForEach(reader.Operands, (_, stream) =>
        {
            LineReader lines = program.Lines(stream, options.End);
            while (lines.TryRead(out ReadOnlySpan<byte> line))
            {
                if (options.TakesFields)
                {
                    CutFields(program.Output, line, list, options);
                }
                else
                {
                    CutBytes(program.Output, line, list, options);
                }
            }
        });
        return program.Status;
    }

    private static void CutBytes(ByteWriter output, ReadOnlySpan<byte> line, RangeList list, Options options)
    {
        int cursor = 0;
        bool hasWritten = false;
        for (int i = 0; i < line.Length; i++)
        {
            if (list.Contains(i + 1, ref cursor))
            {
                if (hasWritten && options.OutputDelimiter is { } delimiter && list.StartsAt(i + 1, cursor))
                {
                    output.Write(delimiter);
                }

                output.Write(line[i]);
                hasWritten = true;
            }
        }

        output.Write(options.End);
    }

    private static void CutFields(ByteWriter output, ReadOnlySpan<byte> line, RangeList list, Options options)
    {
        int index = line.IndexOf(options.Delimiter);
        if (index < 0)
        {
            if (!options.OmitsUndelimited)
            {
                output.WriteLine(line, options.End);
            }

            return;
        }

        int cursor = 0;
        bool hasWritten = false;
        ReadOnlySpan<byte> rest = line;
        for (long field = 1; ; field++)
        {
            if (list.Contains(field, ref cursor))
            {
                if (hasWritten)
                {
                    output.Write(options.OutputDelimiter ?? [options.Delimiter]);
                }

                output.Write(index < 0 ? rest : rest[..index]);
                hasWritten = true;
            }

            if (index < 0)
            {
                break;
            }

            rest = rest[(index + 1)..];
            index = rest.IndexOf(options.Delimiter);
        }

        output.Write(options.End);
    }

    private sealed class Options
    {
        private bool _hasSeveralLists;
        private string? _delimiter;

        public string? List { get; private set; }

        public bool TakesFields { get; private set; }

        public bool IsComplement { get; private set; }

        public bool OmitsUndelimited { get; private set; }

        public byte[]? OutputDelimiter { get; private set; }

        public byte End { get; private set; } = (byte)'\n';

        public byte Delimiter => _delimiter switch
        {
            null => (byte)'\t',
            "" => 0,
            _ => Encoding.UTF8.GetBytes(_delimiter)[0],
        };

        public void Take(char option, OptionReader reader)
        {
            switch (option)
            {
                case 'b' or 'c' or 'f':
                    _hasSeveralLists |= List is not null;
                    List = reader.Value;
                    TakesFields = option == 'f';
                    break;
                case 'd':
                    _delimiter = reader.Value;
                    break;
                case 's':
                    OmitsUndelimited = true;
                    break;
                case 'z':
                    End = 0;
                    break;
                case Complement:
                    IsComplement = true;
                    break;
                case Cut.OutputDelimiter:
                    OutputDelimiter = Encoding.UTF8.GetBytes(reader.Value.Length == 0 ? "\0" : reader.Value);
                    break;
            }
        }

        /// <summary>What is wrong with the options together, or null.</summary>
        public string? Check() =>
            List is null ? "you must specify a list of bytes, characters, or fields"
            : _hasSeveralLists ? "only one list may be specified"
            : _delimiter is not null && Encoding.UTF8.GetByteCount(_delimiter) > 1 ? "the delimiter must be a single character"
            : _delimiter is not null && !TakesFields ? "an input delimiter may be specified only when operating on fields"
            : OmitsUndelimited && !TakesFields ? "suppressing non-delimited lines makes sense\n\tonly when operating on fields"
            : null;
    }
}
