using System.Globalization;
using System.Text;

namespace KernelSockets.UserApps.Network.PacketCapture;

/// <summary>Bytes below a line of tcpdump.</summary>
internal static class HexText
{
    private const int LineLength = 16;
    private const int HexWidth = 40;

    /// <summary>Lines of sixteen bytes, each in front of what came before it.</summary>
    public static void Append(StringBuilder text, ReadOnlySpan<byte> bytes, DumpStyle style)
    {
        if (style == DumpStyle.Text)
        {
            AppendText(text, bytes);
            return;
        }

        for (int offset = 0; offset < bytes.Length; offset += LineLength)
        {
            ReadOnlySpan<byte> line = bytes.Slice(offset, Math.Min(LineLength, bytes.Length - offset));
            text.Append(CultureInfo.InvariantCulture, $"\n\t0x{offset:x4}: ");
            int start = text.Length;
            for (int i = 0; i < line.Length; i++)
            {
                text.Append(i % 2 == 0 ? " " : "").Append(CultureInfo.InvariantCulture, $"{line[i]:x2}");
            }

            if (style == DumpStyle.HexAndText)
            {
                text.Append(' ', HexWidth - (text.Length - start)).Append("  ").Append(PrintableText.From(line).Replace(' ', '.'));
            }
        }
    }

    /// <summary>Lines break where the text's own do; a carriage return before one is left out.</summary>
    private static void AppendText(StringBuilder text, ReadOnlySpan<byte> bytes)
    {
        text.Append('\n');
        for (int i = 0; i < bytes.Length; i++)
        {
            bool isLineEnd = bytes[i] == '\r' && (i + 1 == bytes.Length || bytes[i + 1] == '\n');
            bool isText = bytes[i] is (byte)'\n' or (byte)'\t' or (>= (byte)' ' and <= (byte)'~');
            text.Append(isLineEnd ? "" : isText ? ((char)bytes[i]).ToString() : ".");
        }
    }
}
