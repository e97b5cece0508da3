using System.Text;

namespace KernelSockets.Drivers.Console;

/// <summary>DEC's special graphics, the character set that <c>ESC ( 0</c> selects: boxes for full-screen programs (VT100 User Guide, table
/// 3-9).</summary>
internal static class LineDrawing
{
    private const char First = '`';

    /// <summary>What 0x60 to 0x7E stand for; scan lines off the middle become the middle one, control pictures a dot.</summary>
    private static ReadOnlySpan<char> Glyphs => "♦▒····°±··┘┐┌└┼─────├┤┴┬│≤≥π≠£·";

    /// <summary>The character to show.</summary>
    public static Rune Translate(Rune rune)
    {
        int index = rune.Value - First;
        return (uint)index < (uint)Glyphs.Length ? new Rune(Glyphs[index]) : rune;
    }
}
