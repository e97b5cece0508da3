using System.Text;

namespace KernelSockets.UserApps.Text;

/// <summary>paste: lines of several files beside each other.</summary>
internal static class Paste
{
    public const string Help = """
        Usage: paste [-sz] [-d CHARS] [FILE...]
        Prints lines that are made of one line of each FILE.
          -d CHARS  what stands between them, one after the other (a tab); \n \t \\ \0 (nothing)
          -s        one line of each FILE, made of all of its lines
          -z        lines end with a NUL

        """;

    public static int Main(string[] arguments) => TextProgram.Run("paste", Run, arguments);

    internal static int Run(TextProgram program, string[] arguments)
    {
        string delimiters = "\t";
        bool isSerial = false;
        byte end = (byte)'\n';
        OptionReader reader = new("d:sz", arguments, ("delimiters", 'd'), ("serial", 's'), ("zero-terminated", 'z'));
        while (reader.TryNext(out char option))
        {
            delimiters = option == 'd' ? reader.Value : delimiters;
            isSerial |= option == 's';
            end = option == 'z' ? (byte)0 : end;
        }

        if (reader.Error is { } error)
        {
            return program.Misused(error);
        }

        byte[]?[] separators = ParseDelimiters(delimiters);
        IReadOnlyList<string> files = reader.Operands.Count == 0 ? ["-"] : reader.Operands;
        if (isSerial)
        {
            program.ForEach(files, (_, stream) => JoinLines(program, program.Lines(stream, end), separators, end));
        }
        else
        {
            JoinFiles(program, files, separators, end);
        }

        return program.Status;
    }

    private static byte[]?[] ParseDelimiters(string text)
    {
        List<byte[]?> separators = [];
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        for (int i = 0; i < bytes.Length; i++)
        {
            bool isEscaped = bytes[i] == '\\' && i + 1 < bytes.Length;
            byte value = isEscaped ? bytes[++i] : bytes[i];
            int index = isEscaped ? "bfnrtv".IndexOf((char)value, StringComparison.Ordinal) : -1;
            separators.Add(isEscaped && value == '0' ? null : [index < 0 ? value : (byte)"\b\f\n\r\t\v"[index]]);
        }

        return separators.Count == 0 ? [null] : [.. separators];
    }

    private static void JoinLines(TextProgram program, LineReader lines, byte[]?[] separators, byte end)
    {
        for (int i = 0; lines.TryRead(out ReadOnlySpan<byte> line); i++)
        {
            program.Output.Write(i > 0 ? separators[(i - 1) % separators.Length] : null);
            program.Output.Write(line);
        }

        program.Output.Write(end);
    }

    private static void JoinFiles(TextProgram program, IReadOnlyList<string> files, byte[]?[] separators, byte end)
    {
        List<(Stream Stream, LineReader Lines)> inputs = [];
        try
        {
            LineReader? standard = null;
            foreach (string file in files)
            {
                Stream? stream = null;
                program.ForEach([file], (_, _) => stream = program.Open(file));
                if (stream is null)
                {
                    return; // as coreutils: nothing is printed where one cannot be opened
                }

                LineReader lines = file == "-" ? standard ??= program.Lines(stream, end) : program.Lines(stream, end);
                inputs.Add((stream, lines));
            }

            while (TryJoin(program.Output, inputs, separators, end))
            {
            }
        }
        finally
        {
            inputs.ForEach(input => program.Close(input.Stream));
        }
    }

    /// <summary>Writes a line; what is in front of the first file that still has one is held back until then.</summary>
    private static bool TryJoin(ByteWriter output, List<(Stream Stream, LineReader Lines)> inputs, byte[]?[] separators, byte end)
    {
        int held = 0;
        bool hasLine = false;
        for (int i = 0; i < inputs.Count; i++)
        {
            if (inputs[i].Lines.TryRead(out ReadOnlySpan<byte> line))
            {
                WriteSeparators(output, separators, held, i);
                held = i;
                output.Write(line);
                hasLine = true;
            }
        }

        if (hasLine)
        {
            WriteSeparators(output, separators, held, inputs.Count - 1);
            output.Write(end);
        }

        return hasLine;
    }

    private static void WriteSeparators(ByteWriter output, byte[]?[] separators, int from, int to)
    {
        for (int i = from; i < to; i++)
        {
            output.Write(separators[i % separators.Length]);
        }
    }
}
