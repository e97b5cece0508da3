using System.Buffers;
using System.Text;

namespace KernelSockets.Vfs.Proc;

/// <summary>The content of a file of /proc while it is written, bounded.</summary>
public sealed class ProcText
{
    /// <summary>Most bytes of one file; what is written after them is lost, and the read fails.</summary>
    public const int MaxSize = 4 << 20;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>True when more was written than there is room for.</summary>
    public bool HasOverflowed { get; private set; }

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    /// <summary>Appends bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxSize - _bytes.WrittenCount)
        {
            HasOverflowed = true;
            return;
        }

        _bytes.Write(bytes);
    }

    /// <summary>Appends text in UTF-8.</summary>
    public void Append(string text) => Append(Encoding.UTF8.GetBytes(text));

    /// <summary>Appends text and a newline.</summary>
    public void Line(string text) => Append(text + '\n');

    /// <summary>Appends text, blanks up to a width, and a newline, as the lines of most tables in /proc/net are.</summary>
    /// <param name="text">The text.</param>
    /// <param name="width">Characters without the newline.</param>
    public void PaddedLine(string text, int width)
    {
        ArgumentNullException.ThrowIfNull(text);
        Line(text.PadRight(width));
    }
}
