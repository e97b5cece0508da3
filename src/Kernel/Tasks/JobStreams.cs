using System.Text;

namespace KernelSockets.Kernel.Tasks;

/// <summary>A job's standard streams as the class library's Console sees them. Each job has writers of its own, so that a job that blocks holds up no other.</summary>
internal sealed class JobStreams
{
    private const int BufferSize = 256;
    private static readonly UTF8Encoding s_encoding = new(encoderShouldEmitUTF8Identifier: false);

    public JobStreams(ITerminal terminal)
    {
        TerminalStream stream = new(terminal);
        Output = new StreamWriter(stream, s_encoding, BufferSize) { AutoFlush = true, NewLine = "\n" };
        Error = new StreamWriter(stream, s_encoding, BufferSize) { AutoFlush = true, NewLine = "\n" };
        Input = new StreamReader(stream, s_encoding, detectEncodingFromByteOrderMarks: false, BufferSize);
    }

    public TextWriter Output { get; }

    public TextWriter Error { get; }

    public TextReader Input { get; }

    public void Flush()
    {
        Output.Flush();
        Error.Flush();
    }
}
