namespace KernelSockets.UserApps.Text;

/// <summary>sort -c: finds the first line that is out of order.</summary>
internal static class SortedCheck
{
    private const int Unsorted = 1;

    public static int Run(TextProgram program, string file, SortOptions options)
    {
        Stream stream = Sort.Open(program, file);
        try
        {
            LineOrder order = options.Order();
            LineReader lines = program.Lines(stream, options.End);
            byte[] before = [];
            for (long number = 1; lines.TryRead(out ReadOnlySpan<byte> line); number++)
            {
                int compared = number == 1 ? -1 : order.Compare(before, line);
                if (compared > 0 || (compared == 0 && options.IsUnique))
                {
                    Report(program, file, number, line, options);
                    return Unsorted;
                }

                before = line.ToArray();
            }

            return 0;
        }
        finally
        {
            program.Close(stream);
        }
    }

    private static void Report(TextProgram program, string file, long number, ReadOnlySpan<byte> line, SortOptions options)
    {
        if (!options.ChecksSilently)
        {
            program.Fail($"{file}:{number}: disorder: {System.Text.Encoding.UTF8.GetString(line)}");
        }
    }
}
