using KernelSockets.UserApps.Files;

namespace KernelSockets.UserApps.Text;

/// <summary>tee: copies the input to the output and to files.</summary>
internal static class Tee
{
    public const string Help = """
        Usage: tee [-ai] [FILE...]
        Copies the input to the output and to each FILE.
          -a  behind what is in the FILEs
          -i  (there are no signals to ignore; Ctrl-C ends it all the same)

        """;

    private const int BufferSize = 65_536;

    public static int Main(string[] arguments) => TextProgram.Run("tee", Run, arguments);

    internal static int Run(TextProgram program, string[] arguments)
    {
        bool appends = false;
        OptionReader reader = new("ai", arguments, ("append", 'a'), ("ignore-interrupts", 'i'));
        while (reader.TryNext(out char option))
        {
            appends |= option == 'a';
        }

        if (reader.Error is { } error)
        {
            return program.Misused(error);
        }

        List<(string Name, FileStream Stream)> files = [];
        try
        {
            foreach (string file in reader.Operands)
            {
                Open(program, files, file, appends);
            }

            Copy(program, files);
            return program.Status;
        }
        finally
        {
            files.ForEach(static file => file.Stream.Dispose());
        }
    }

    private static void Open(TextProgram program, List<(string Name, FileStream Stream)> files, string file, bool appends)
    {
        try
        {
            files.Add((file, new FileStream(file, appends ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0)));
        }
        catch (Exception exception) when (FileReport.Is(exception))
        {
            program.Fail($"{file}: {TextProgram.Reason(file, exception)}");
        }
    }

    private static void Copy(TextProgram program, List<(string Name, FileStream Stream)> files)
    {
        byte[] buffer = new byte[BufferSize];
        int read = program.Input.Read(buffer);
        while (read > 0)
        {
            int length = read;
            program.Output.Write(buffer.AsSpan(0, length));
            program.Output.Flush();
            files.RemoveAll(file => !TryWrite(program, file.Name, file.Stream, buffer.AsSpan(0, length)));
            read = program.Input.Read(buffer);
        }
    }

    /// <summary>A file that cannot be written any more is left out; the others go on.</summary>
    private static bool TryWrite(TextProgram program, string name, FileStream stream, ReadOnlySpan<byte> bytes)
    {
        try
        {
            stream.Write(bytes);
            return true;
        }
        catch (Exception exception) when (TextProgram.IsOfFile(exception))
        {
            program.Fail($"{name}: {FileReport.Describe(exception)}");
            stream.Dispose();
            return false;
        }
    }
}
