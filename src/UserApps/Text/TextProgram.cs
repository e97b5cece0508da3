using KernelSockets.UserApps.Files;

namespace KernelSockets.UserApps.Text;

/// <summary>A program that reads files or its input and writes bytes.</summary>
/// <param name="program">Its streams and its status.</param>
/// <param name="arguments">Without the name.</param>
/// <returns>Exit status.</returns>
internal delegate int TextMain(TextProgram program, string[] arguments);

/// <summary>What the programs on text have in common: input, output, files as operands, failures and the exit status that comes of them.</summary>
/// <param name="name">Stands in front of messages.</param>
/// <param name="input">Standard input.</param>
/// <param name="output">Standard output.</param>
internal sealed class TextProgram(string name, Stream input, Stream output)
{
    /// <summary>Stands in front of messages.</summary>
    public string Name => name;

    /// <summary>Standard input.</summary>
    public Stream Input => input;

    /// <summary>Standard output.</summary>
    public ByteWriter Output { get; } = new(output);

    /// <summary>Exit status of trouble: 1, but 2 with programs whose 1 has a meaning of its own.</summary>
    public int TroubleStatus { get; init; } = 1;

    /// <summary>Exit status so far: 0, or <see cref="TroubleStatus"/> once something has failed.</summary>
    public int Status { get; private set; }

    /// <summary>How a failure to write is told.</summary>
    public string WriteFailure { get; init; } = "write error";

    /// <summary>Runs a program with the job's standard input and output.</summary>
    public static int Run(string name, TextMain main, string[] arguments) =>
        new TextProgram(name, StandardStream.Input, StandardStream.Output).Run(main, arguments);

    /// <summary>Runs a program: what is left of its output is written at the end, and what it cannot go on after is reported.</summary>
    /// <returns>Exit status.</returns>
    /// <exception cref="WriteFailedException">Nobody reads the output, so the job is to end as one that a signal ends.</exception>
    public int Run(TextMain main, string[] arguments)
    {
        try
        {
            int status = main(this, arguments);
            Output.Flush();
            return status;
        }
        catch (WriteFailedException failure) when (!failure.IsSilent)
        {
            Fail($"{WriteFailure}: {failure.Reason}");
        }
        catch (Exception failure) when (IsOfFile(failure))
        {
            Fail($"read error: {FileReport.Describe(failure)}");
        }
        catch (OutOfMemoryException)
        {
            Fail("memory exhausted");
        }

        return Status;
    }

    /// <summary>Prints <c>NAME: message</c> on standard error behind the output so far, and has the program end with <see cref="TroubleStatus"/>.</summary>
    public void Fail(string message)
    {
        Output.Flush();
        Console.Error.WriteLine($"{name}: {message}");
        FailSilently();
    }

    /// <summary>Has the program end with <see cref="TroubleStatus"/>.</summary>
    public void FailSilently() => Status = TroubleStatus;

    /// <summary>Prints <c>NAME: message</c> and where help is, on standard error.</summary>
    /// <returns><see cref="TroubleStatus"/>.</returns>
    public int Misused(string message)
    {
        _ = App.Misused(name, message);
        return TroubleStatus;
    }

    /// <summary>Opens a file; <c>-</c> is standard input.</summary>
    /// <exception cref="IOException">And what else <see cref="FileReport.Is"/> knows.</exception>
    public Stream Open(string file)
    {
        if (file == "-")
        {
            return input;
        }

        if (file.Length == 0)
        {
            throw FileReport.Failure(Errno.ENOENT); // the class library calls it a wrong argument
        }

        return new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
    }

    /// <summary>The lines of a stream; where reading may wait, the output so far is written first.</summary>
    public LineReader Lines(Stream stream, byte end = (byte)'\n') => new(stream, FlushBefore(stream), end);

    /// <summary>What to do before a read: write the output so far where the read may wait.</summary>
    public Action? FlushBefore(Stream stream) => stream.CanSeek ? null : Output.Flush;

    /// <summary>Opens each file and does something with it; failures are reported as <c>NAME: FILE: reason</c>, and the next file follows.</summary>
    /// <param name="files">The operands; none is standard input.</param>
    /// <param name="act">Gets the operand and what was opened.</param>
    public void ForEach(IReadOnlyList<string> files, Action<string, Stream> act) =>
        ForEach(files, act, static (file, _, reason) => $"{file}: {reason}");

    /// <summary>Opens each file and does something with it.</summary>
    /// <param name="files">The operands; none is standard input.</param>
    /// <param name="act">Gets the operand and what was opened.</param>
    /// <param name="describe">Words a failure: the operand, whether it was open already, the reason.</param>
    /// <param name="isSilent">True to tell of a failure by the exit status only.</param>
    public void ForEach(IReadOnlyList<string> files, Action<string, Stream> act, Func<string, bool, string, string> describe, bool isSilent = false)
    {
        foreach (string file in files.Count == 0 ? ["-"] : files)
        {
            bool isOpen = false;
            try
            {
                Stream stream = Open(file);
                isOpen = true;
                try
                {
                    act(file, stream);
                }
                finally
                {
                    Close(stream);
                }
            }
            catch (Exception exception) when (IsOfFile(exception))
            {
                string message = describe(file, isOpen || IsDirectory(file), Reason(file, exception));
                if (isSilent)
                {
                    FailSilently();
                }
                else
                {
                    Fail(message);
                }
            }
        }
    }

    /// <summary>True for what opening and reading a file throws, but not for what ends the program.</summary>
    public static bool IsOfFile(Exception exception) =>
        FileReport.Is(exception) && exception is not WriteFailedException && exception.HResult is not (int)Errno.ECANCELED and not (int)Errno.EINTR;

    /// <summary>True where a directory is why a file could not be opened; the class library says "access denied".</summary>
    public static bool IsDirectory(string file) => file != "-" && Directory.Exists(file);

    /// <summary>Why something with a file has failed; a directory is told as one.</summary>
    public static string Reason(string file, Exception exception) =>
        IsDirectory(file) ? Errno.EISDIR.Describe() : file.Length == 0 ? Errno.ENOENT.Describe() : FileReport.Describe(exception);

    /// <summary>Closes what <see cref="Open"/> opened; standard input stays.</summary>
    public void Close(Stream stream)
    {
        if (stream != input)
        {
            stream.Dispose();
        }
    }
}
