using System.Text;
using KernelSockets.Vfs;

namespace KernelSockets.Kernel.Tasks;

/// <summary>
/// A job's descriptors 0, 1 and 2 as the class library's Console sees them. Each job has writers of its own, so that one that blocks holds up no other; the threads
/// of a job share them, and take turns.
/// </summary>
internal sealed class JobStreams
{
    private const int BufferSize = 256;
    private static readonly UTF8Encoding s_encoding = new(encoderShouldEmitUTF8Identifier: false);

    public JobStreams(FileTable files, int job)
    {
        Input = TextReader.Synchronized(
            new StreamReader(new DescriptorStream(files, job, 0), s_encoding, detectEncodingFromByteOrderMarks: false, BufferSize));
        Output = Writer(files, job, 1);
        Error = Writer(files, job, 2);
    }

    public TextReader Input { get; }

    public TextWriter Output { get; }

    public TextWriter Error { get; }

    private static TextWriter Writer(FileTable files, int job, int fd) =>
        TextWriter.Synchronized(new StreamWriter(new DescriptorStream(files, job, fd), s_encoding, BufferSize) { AutoFlush = true, NewLine = "\n" });
}
