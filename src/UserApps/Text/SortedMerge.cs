namespace KernelSockets.UserApps.Text;

/// <summary>sort -m: merges files that are sorted, line by line.</summary>
internal static class SortedMerge
{
    public static int Run(TextProgram program, IReadOnlyList<string> files, SortOptions options)
    {
        List<Source> sources = [];
        try
        {
            foreach (string file in files)
            {
                Stream stream = Sort.Open(program, file);
                sources.Add(new Source(stream, program.Lines(stream, options.End)));
            }

            if (options.Output is not null && files.Contains(options.Output))
            {
                return MergeIntoMemory(program, sources, options);
            }

            return Sort.WriteTo(program, options, output => Merge(sources, options, line => output.WriteLine(line, options.End)));
        }
        finally
        {
            sources.ForEach(source => program.Close(source.Stream));
        }
    }

    private delegate void Emit(ReadOnlySpan<byte> line);

    /// <summary>For an output that is one of the inputs: nothing may be written before all is read.</summary>
    private static int MergeIntoMemory(TextProgram program, List<Source> sources, SortOptions options)
    {
        LineStore store = new();
        Merge(sources, options, store.Add);
        return Sort.WriteTo(program, options, output =>
        {
            for (int i = 0; i < store.Count; i++)
            {
                output.WriteLine(store[i], options.End);
            }
        });
    }

    private static void Merge(List<Source> sources, SortOptions options, Emit emit)
    {
        LineOrder order = options.Order();
        List<Source> live = sources.FindAll(static source => source.TryNext());
        byte[]? before = null;
        while (live.Count > 0)
        {
            Source least = live[0];
            foreach (Source source in live)
            {
                least = order.Compare(source.Line, least.Line) < 0 ? source : least;
            }

            if (!options.IsUnique || before is null || order.Compare(before, least.Line) != 0)
            {
                emit(least.Line);
                before = options.IsUnique ? least.Line : null;
            }

            if (!least.TryNext())
            {
                live.Remove(least);
            }
        }
    }

    private sealed class Source(Stream stream, LineReader lines)
    {
        public Stream Stream => stream;

        public byte[] Line { get; private set; } = [];

        public bool TryNext()
        {
            bool hasLine = lines.TryRead(out ReadOnlySpan<byte> line);
            Line = line.ToArray();
            return hasLine;
        }
    }
}
