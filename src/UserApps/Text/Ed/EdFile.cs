using KernelSockets.UserApps.Files;

namespace KernelSockets.UserApps.Text.Ed;

/// <summary>Files of ed: read and written whole.</summary>
internal sealed class EdFile(TextProgram program)
{
    /// <summary>Reads the lines of a file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="count">Bytes, with the newline that the last line may have lacked.</param>
    /// <exception cref="EdException">It cannot be read; why was printed.</exception>
    public List<EdLine> Read(string path, out long count)
    {
        List<EdLine> lines = [];
        count = 0;
        try
        {
            using Stream stream = program.Open(path);
            LineReader reader = new(stream);
            while (reader.TryRead(out ReadOnlySpan<byte> line))
            {
                lines.Add(new EdLine(line.ToArray()));
                count += line.Length + 1;
            }

            if (lines.Count > 0 && !reader.IsTerminated)
            {
                program.Output.Write("Newline appended\n");
            }

            return lines;
        }
        catch (Exception exception) when (TextProgram.IsOfFile(exception))
        {
            Tell(path, exception);
            throw new EdException("Cannot open input file");
        }
    }

    /// <summary>Writes lines to a file.</summary>
    /// <returns>Bytes.</returns>
    /// <exception cref="EdException">It cannot be written; why was printed.</exception>
    public long Write(string path, bool appends, IReadOnlyList<EdLine> lines)
    {
        try
        {
            using FileStream stream = new(path, appends ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            ByteWriter writer = new(stream);
            long count = 0;
            foreach (EdLine line in lines)
            {
                writer.WriteLine(line.Text);
                count += line.Text.Length + 1;
            }

            writer.Flush();
            return count;
        }
        catch (Exception exception) when (FileReport.Is(exception))
        {
            Tell(path, exception);
            throw new EdException(exception is WriteFailedException ? "Cannot write file" : "Cannot open output file");
        }
    }

    private void Tell(string path, Exception exception)
    {
        program.Output.Flush();
        Console.Error.WriteLine($"{path}: {TextProgram.Reason(path, exception)}");
    }
}
