using System.Text;

namespace KernelSockets.UserApps.Tests.Fakes;

/// <summary>A job's standard output on a terminal.</summary>
internal sealed class TerminalTextWriter(ITerminal terminal) : TextWriter
{
    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => Write(value.ToString());

    public override void Write(string? value) => terminal.Write(Encoding.UTF8.GetBytes(value ?? ""));

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));
}

/// <summary>A job's standard input on a terminal: lines.</summary>
internal sealed class TerminalTextReader(ITerminal terminal) : TextReader
{
    public override string? ReadLine()
    {
        byte[] buffer = new byte[4096];
        IoResult result = terminal.Read(buffer, Instant.Never);
        return result.IsSuccess && result.Count > 0 ? Encoding.UTF8.GetString(buffer, 0, result.Count).TrimEnd('\n') : null;
    }
}
