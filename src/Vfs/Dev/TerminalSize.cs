using System.Buffers.Binary;

namespace KernelSockets.Vfs.Dev;

/// <summary>A terminal's size in characters: <c>struct winsize</c>, as TIOCGWINSZ and TIOCSWINSZ carry it (rows, columns, and two unused
/// sizes in pixels).</summary>
/// <param name="Rows">Rows.</param>
/// <param name="Columns">Columns.</param>
public readonly record struct TerminalSize(ushort Rows, ushort Columns)
{
    /// <summary>Bytes of the structure.</summary>
    public const int Size = 8;

    /// <summary>The VGA text mode, and what a serial terminal is taken for: 80 by 25.</summary>
    public static TerminalSize Default => new(25, 80);

    /// <summary>Reads the structure.</summary>
    /// <returns>False when there are fewer than <see cref="Size"/> bytes.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out TerminalSize size)
    {
        size = bytes.Length < Size
            ? default
            : new TerminalSize(BinaryPrimitives.ReadUInt16LittleEndian(bytes), BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]));
        return bytes.Length >= Size;
    }

    /// <summary>Writes <see cref="Size"/> bytes.</summary>
    public void Write(Span<byte> bytes)
    {
        bytes[..Size].Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, Rows);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[2..], Columns);
    }
}
