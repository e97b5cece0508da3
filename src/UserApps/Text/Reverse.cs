namespace KernelSockets.UserApps.Text;

/// <summary>tac and rev: lines from the last to the first; each line from its end.</summary>
internal static class Reverse
{
    public const string LinesHelp = """
        Usage: tac [FILE...]
        Prints the lines of each FILE, or of the input, from the last to the first.

        """;

    public const string CharactersHelp = """
        Usage: rev [FILE...]
        Prints each line of the FILEs, or of the input, from its end; characters are UTF-8.

        """;

    public static int Lines(string[] arguments) => TextProgram.Run("tac", RunLines, arguments);

    public static int Characters(string[] arguments) => TextProgram.Run("rev", RunCharacters, arguments);

    internal static int RunLines(TextProgram program, string[] arguments)
    {
        if (Files(program, arguments) is not { } files)
        {
            return program.Status;
        }

        program.ForEach(
            files,
            (_, stream) =>
            {
                LineStore store = new();
                LineReader lines = program.Lines(stream);
                while (lines.TryRead(out ReadOnlySpan<byte> line))
                {
                    store.Add(line);
                }

                for (int i = store.Count - 1; i >= 0; i--)
                {
                    program.Output.Write(store[i]);
                    if (i < store.Count - 1 || lines.IsTerminated)
                    {
                        program.Output.Write((byte)'\n');
                    }
                }
            },
            static (file, isOpen, reason) => isOpen ? $"{file}: read error: {reason}" : $"failed to open '{file}' for reading: {reason}");
        return program.Status;
    }

    internal static int RunCharacters(TextProgram program, string[] arguments)
    {
        if (Files(program, arguments) is not { } files)
        {
            return program.Status;
        }

        program.ForEach(
            files,
            (_, stream) =>
            {
                LineReader lines = program.Lines(stream);
                while (lines.TryRead(out ReadOnlySpan<byte> line))
                {
                    WriteReversed(program.Output, line);
                    if (lines.IsTerminated)
                    {
                        program.Output.Write((byte)'\n');
                    }
                }
            },
            static (file, isOpen, reason) => isOpen ? $"{file}: {reason}" : $"cannot open {file}: {reason}");
        return program.Status;
    }

    private static IReadOnlyList<string>? Files(TextProgram program, string[] arguments)
    {
        OptionReader reader = new("", arguments);
        if (!reader.TryNext(out _) && reader.Error is { } error)
        {
            _ = program.Misused(error);
            program.FailSilently();
            return null;
        }

        return reader.Operands;
    }

    /// <summary>Bytes that go on with a character (RFC 3629 §3) stay behind its first.</summary>
    private static void WriteReversed(ByteWriter output, ReadOnlySpan<byte> line)
    {
        while (!line.IsEmpty)
        {
            int start = line.Length - 1;
            while (start > 0 && (line[start] & 0xC0) == 0x80)
            {
                start--;
            }

            output.Write(line[start..]);
            line = line[..start];
        }
    }
}
