namespace KernelSockets.UserApps.Files;

/// <summary>cat: copies files to the output.</summary>
internal static class Cat
{
    public const string Help = """
        Usage: cat [-n] [FILE...]
        Copies the FILEs, or the input where there is none or FILE is -, to the output.
          -n  number the lines

        """;

    private const int BufferSize = 65_536;

    public static int Main(string[] arguments)
    {
        using Stream output = StandardStream.Output;
        return Run(arguments, output);
    }

    /// <summary>The program with another output.</summary>
    internal static int Run(string[] arguments, Stream output)
    {
        bool isNumbered = false;
        OptionReader reader = new("nu", arguments, ("number", 'n'));
        while (reader.TryNext(out char option))
        {
            isNumbered |= option == 'n';
        }

        if (reader.Error is { } error)
        {
            return App.Misused("cat", error);
        }

        int status = 0;
        long line = 0;
        foreach (string file in reader.Operands.Count == 0 ? ["-"] : reader.Operands)
        {
            try
            {
                using Stream input = file == "-" ? StandardStream.Input : new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                if (isNumbered)
                {
                    Number(input, output, ref line);
                }
                else
                {
                    input.CopyTo(output, BufferSize);
                }
            }
            catch (Exception exception) when (FileReport.Is(exception))
            {
                status = Directory.Exists(file) ? Fail(file) : FileReport.Report("cat", file, exception);
            }
        }

        return status;
    }

    private static int Fail(string directory)
    {
        Console.Error.WriteLine($"cat: {directory}: {Errno.EISDIR.Describe()}");
        return 1;
    }

    private static void Number(Stream input, Stream output, ref long line)
    {
        byte[] buffer = new byte[BufferSize];
        bool isAtStart = true;
        int count = input.Read(buffer);
        while (count > 0)
        {
            foreach (byte value in buffer.AsSpan(0, count))
            {
                if (isAtStart)
                {
                    output.Write(System.Text.Encoding.ASCII.GetBytes($"{++line,6}\t"));
                }

                output.WriteByte(value);
                isAtStart = value == '\n';
            }

            count = input.Read(buffer);
        }
    }
}
