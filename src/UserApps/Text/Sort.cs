using KernelSockets.UserApps.Files;

namespace KernelSockets.UserApps.Text;

/// <summary>sort: puts lines in order.</summary>
internal static class Sort
{
    public const string Help = """
        Usage: sort [-bdfinrsuz] [-k KEY]... [-t CHAR] [-o FILE] [FILE...]
               sort -m ...
               sort -c | -C ...
        Prints the lines of all FILEs, or of the input, in the order of their bytes.
          -b       blanks at the beginning of a key do not count
          -d       only blanks, letters and digits count
          -f       upper and lower case are the same
          -i       only printable characters count
          -n       by the number at the beginning
          -r       the other way round
          -k KEY   by part of the line: FIELD[.CHAR][bdfinr][,FIELD[.CHAR][bdfinr]], from 1; several -k count one after the other
          -t CHAR  what separates fields (otherwise the change from something to a blank)
          -u       one of those that count as equal
          -s       lines that count as equal stay as they are
          -m       merge files that are sorted already
          -c, -C   only check whether the file is sorted, and say where not; -C says nothing
          -o FILE  write there; it may be one of those that are read
          -z       lines end with a NUL
        All lines are held in memory, but for -m and -c.

        """;

    private const int Trouble = 2;

    public static int Main(string[] arguments) => new TextProgram("sort", StandardStream.Input, StandardStream.Output)
    {
        TroubleStatus = Trouble,
        WriteFailure = "write failed: 'standard output'",
    }.Run(Run, arguments);

    internal static int Run(TextProgram program, string[] arguments)
    {
        SortOptions options = new();
        OptionReader reader = new(
            "bcCdfik:mno:rst:uzS:T:",
            arguments,
            ("ignore-leading-blanks", 'b'), ("dictionary-order", 'd'), ("ignore-case", 'f'), ("ignore-nonprinting", 'i'), ("numeric-sort", 'n'), ("reverse", 'r'),
            ("check", 'c'), ("key", 'k'), ("merge", 'm'), ("output", 'o'), ("stable", 's'), ("field-separator", 't'), ("unique", 'u'), ("zero-terminated", 'z'));
        while (reader.TryNext(out char option))
        {
            options.Take(option, reader);
        }

        if (reader.Error is { } error)
        {
            return program.Misused(error);
        }

        if (options.Check(reader.Operands) is { } refusal)
        {
            program.Fail(refusal);
            return program.Status;
        }

        IReadOnlyList<string> files = reader.Operands.Count == 0 ? ["-"] : reader.Operands;
        try
        {
            return options.Checks ? SortedCheck.Run(program, files[0], options)
                : options.Merges ? SortedMerge.Run(program, files, options)
                : SortAll(program, files, options);
        }
        catch (Exception exception) when (TextProgram.IsOfFile(exception))
        {
            program.Fail(exception.Message);
            return program.Status;
        }
    }

    /// <summary>Opens a file to be read.</summary>
    /// <exception cref="IOException">Its message is a sentence of sort's.</exception>
    internal static Stream Open(TextProgram program, string file)
    {
        try
        {
            return program.Open(file);
        }
        catch (Exception exception) when (TextProgram.IsOfFile(exception))
        {
            throw new IOException(TextProgram.IsDirectory(file)
                ? $"read failed: {file}: {Errno.EISDIR.Describe()}"
                : $"cannot read: {file}: {FileReport.Describe(exception)}");
        }
    }

    /// <summary>Writes to the output, or to the file that -o tells.</summary>
    internal static int WriteTo(TextProgram program, SortOptions options, Action<ByteWriter> write)
    {
        if (options.Output is not { } path)
        {
            write(program.Output);
            return program.Status;
        }

        try
        {
            using FileStream stream = new(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            ByteWriter output = new(stream);
            write(output);
            output.Flush();
        }
        catch (WriteFailedException failure)
        {
            program.Fail($"write failed: {path}: {failure.Reason}");
        }
        catch (Exception exception) when (FileReport.Is(exception))
        {
            program.Fail($"open failed: {path}: {TextProgram.Reason(path, exception)}");
        }

        return program.Status;
    }

    private static int SortAll(TextProgram program, IReadOnlyList<string> files, SortOptions options)
    {
        LineStore store = new();
        foreach (string file in files)
        {
            Stream stream = Open(program, file);
            try
            {
                Read(program, stream, store, options);
            }
            catch (IOException failure) when (TextProgram.IsOfFile(failure))
            {
                throw new IOException($"read failed: {file}: {FileReport.Describe(failure)}");
            }
            finally
            {
                program.Close(stream);
            }
        }

        LineOrder order = options.Order();
        store.Sort(order);
        return WriteTo(program, options, output =>
        {
            for (int i = 0; i < store.Count; i++)
            {
                if (!options.IsUnique || i == 0 || order.Compare(store[i - 1], store[i]) != 0)
                {
                    output.WriteLine(store[i], options.End);
                }
            }
        });
    }

    private static void Read(TextProgram program, Stream stream, LineStore store, SortOptions options)
    {
        LineReader lines = program.Lines(stream, options.End);
        while (lines.TryRead(out ReadOnlySpan<byte> line))
        {
            store.Add(line);
        }
    }
}
