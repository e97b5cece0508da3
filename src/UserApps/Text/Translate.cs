namespace KernelSockets.UserApps.Text;

/// <summary>tr: translates, squeezes and deletes bytes.</summary>
internal static class Translate
{
    public const string Help = """
        Usage: tr [-cst] SET1 SET2
               tr -d [-cs] SET1 [SET2]
               tr -s [-c] SET1
        Copies the input to the output with each byte of SET1 replaced by the one at its place in SET2.
          -c, -C  all bytes but those of SET1
          -d      delete the bytes of SET1
          -s      write repeated bytes of the last SET once
          -t      cut SET1 to the length of SET2; otherwise the last byte of SET2 is repeated
        SETs are bytes, ranges a-z, classes [:alpha:], [=c=], [c*N] (c N times; [c*] as often as needed), and the escapes
        \\ \a \b \f \n \r \t \v \NNN (octal).

        """;

    private const int BufferSize = 65_536;
    private const int ByteValues = 256;

    public static int Main(string[] arguments) => TextProgram.Run("tr", Run, arguments);

    internal static int Run(TextProgram program, string[] arguments)
    {
        bool isComplement = false;
        bool deletes = false;
        bool squeezes = false;
        bool truncates = false;
        OptionReader reader = new(
            "+cCdst", arguments, ("complement", 'c'), ("delete", 'd'), ("squeeze-repeats", 's'), ("truncate-set1", 't'));
        while (reader.TryNext(out char option))
        {
            isComplement |= option is 'c' or 'C';
            deletes |= option == 'd';
            squeezes |= option == 's';
            truncates |= option == 't';
        }

        if (reader.Error is not null || CheckCount(reader.Operands, deletes, squeezes) is not null)
        {
            return program.Misused(reader.Error ?? CheckCount(reader.Operands, deletes, squeezes)!);
        }

        if (!TranslateSet.TryParse(reader.Operands[0], out TranslateSet? first, out string error))
        {
            program.Fail(error);
            return program.Status;
        }

        TranslateSet? second = null;
        if (reader.Operands.Count > 1 && !TranslateSet.TryParse(reader.Operands[1], out second, out error))
        {
            program.Fail(error);
            return program.Status;
        }

        Plan plan = new();
        if (plan.Make(first, second, isComplement, deletes, squeezes, truncates) is { } refusal)
        {
            program.Fail(refusal);
            return program.Status;
        }

        Filter(program, plan);
        return program.Status;
    }

    private static string? CheckCount(IReadOnlyList<string> operands, bool deletes, bool squeezes)
    {
        int least = deletes == squeezes ? 2 : 1;
        int most = deletes && !squeezes ? 1 : 2;
        return operands.Count == 0 ? "missing operand"
            : operands.Count < least ? $"missing operand after '{operands[0]}'\n{(deletes ? "Two strings must be given when both deleting and squeezing repeats." : "Two strings must be given when translating.")}"
            : operands.Count > most ? $"extra operand '{operands[most]}'{(most == 1 && operands.Count == 2 ? "\nOnly one string may be given when deleting without squeezing repeats." : "")}"
            : null;
    }

    private static void Filter(TextProgram program, Plan plan)
    {
        byte[] buffer = new byte[BufferSize];
        int last = -1;
        program.FlushBefore(program.Input)?.Invoke();
        int read = program.Input.Read(buffer);
        while (read > 0)
        {
            program.Output.Write(buffer.AsSpan(0, plan.Apply(buffer.AsSpan(0, read), ref last)));
            program.FlushBefore(program.Input)?.Invoke();
            read = program.Input.Read(buffer);
        }
    }

    /// <summary>What to do with each byte.</summary>
    private sealed class Plan
    {
        private readonly byte[] _map = new byte[ByteValues];
        private readonly bool[] _isDeleted = new bool[ByteValues];
        private readonly bool[] _isSqueezed = new bool[ByteValues];

        /// <summary>Fills the tables.</summary>
        /// <returns>What is wrong with the sets, or null.</returns>
        public string? Make(TranslateSet first, TranslateSet? second, bool isComplement, bool deletes, bool squeezes, bool truncates)
        {
            for (int i = 0; i < ByteValues; i++)
            {
                _map[i] = (byte)i;
            }

            if (first.HasRepeat)
            {
                return "the [c*] repeat construct may not appear in string1";
            }

            if (second is { RepeatCount: > 1 })
            {
                return "only one [c*] repeat construct may appear in string2";
            }

            bool translates = !deletes && second is not null;
            byte[] from = isComplement ? Complement(first.Bytes) : first.Bytes;
            if (translates)
            {
                if (second!.CheckTarget(first, isComplement, from.Length, truncates) is { } refusal)
                {
                    return refusal;
                }

                Map(from, second.Expand(from.Length), truncates);
            }
            else if (deletes)
            {
                Mark(_isDeleted, from);
            }

            if (squeezes)
            {
                Mark(_isSqueezed, second is null ? from : second.Expand(translates ? from.Length : second.Bytes.Length));
            }

            return null;
        }

        /// <summary>Changes bytes in place.</summary>
        /// <returns>How many are left.</returns>
        public int Apply(Span<byte> bytes, ref int last)
        {
            int kept = 0;
            foreach (byte value in bytes)
            {
                byte mapped = _map[value];
                if (!_isDeleted[value] && (mapped != last || !_isSqueezed[mapped]))
                {
                    bytes[kept++] = mapped;
                    last = mapped;
                }
            }

            return kept;
        }

        private static byte[] Complement(byte[] bytes) => [.. Enumerable.Range(0, ByteValues).Select(static value => (byte)value).Except(bytes)];

        private static void Mark(bool[] table, byte[] bytes)
        {
            foreach (byte value in bytes)
            {
                table[value] = true;
            }
        }

        private void Map(byte[] from, byte[] to, bool truncates)
        {
            int length = truncates ? Math.Min(from.Length, to.Length) : from.Length;
            for (int i = 0; i < length; i++)
            {
                _map[from[i]] = to[Math.Min(i, to.Length - 1)];
            }
        }
    }
}
