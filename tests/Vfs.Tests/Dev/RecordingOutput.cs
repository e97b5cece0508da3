using System.Text;
using KernelSockets.Vfs.Dev;

namespace KernelSockets.Vfs.Tests.Dev;

/// <summary>Keeps what a terminal sends to its devices.</summary>
internal sealed class RecordingOutput : TerminalOutput
{
    private readonly List<byte> _bytes = [];

    /// <summary>What was sent since the last call.</summary>
    public string Take()
    {
        string text = Encoding.UTF8.GetString([.. _bytes]);
        _bytes.Clear();
        return text;
    }

    /// <summary>Called within each write.</summary>
    public Action? WhileWriting { get; set; }

    public override void Write(ReadOnlySpan<byte> bytes)
    {
        WhileWriting?.Invoke();
        _bytes.AddRange(bytes);
    }
}
