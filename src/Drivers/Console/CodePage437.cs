using System.Text;

namespace KernelSockets.Drivers.Console;

/// <summary>The character set of the VGA's font (IBM code page 437), from and to Unicode.</summary>
public static class CodePage437
{
    /// <summary>Shown for a character that the font lacks.</summary>
    public const byte Replacement = (byte)'?';

    private const int AsciiEnd = 0x7F;
    private const int HighStart = 0x80;

    /// <summary>Glyphs 0x00 to 0x1F.</summary>
    private static ReadOnlySpan<char> Low => " ☺☻♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼";

    /// <summary>Glyphs 0x80 to 0xFF.</summary>
    private static ReadOnlySpan<char> High =>
        "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀"
        + "αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00A0";

    /// <summary>Characters that the font lacks but has something like, each followed by that.</summary>
    private static ReadOnlySpan<char> Similar =>
        "‘'’'‚,“\"”\"„\"–-—-−-…. ×x€EμµΩΩ╭┌╮┐╯┘╰└━─┃│┏┌┓┐┗└┛┘┣├┫┤┳┬┻┴╋┼✓√✔√◆♦●•⚠!ÀAÁAÂAÃAÈEÊEËEÌIÍIÎIÏIÒOÓOÔOÕOÙUÚUÛUÝYãaõoýyØOøo";

    /// <summary>The glyph for a character; <see cref="Replacement"/> when there is none.</summary>
    public static byte FromRune(Rune rune)
    {
        int value = rune.Value;
        if (value is >= 0x20 and < AsciiEnd)
        {
            return (byte)value;
        }

        if (value is < 0x20 or > char.MaxValue)
        {
            return Replacement;
        }

        char character = (char)value;
        int index = High.IndexOf(character);
        if (index >= 0)
        {
            return (byte)(HighStart + index);
        }

        index = Low.IndexOf(character);
        return index >= 0 ? (byte)index : FromSimilar(character);
    }

    /// <summary>The character that a glyph shows.</summary>
    public static char ToChar(byte glyph) => glyph switch
    {
        < 0x20 => Low[glyph],
        < AsciiEnd => (char)glyph,
        AsciiEnd => '⌂',
        _ => High[glyph - HighStart],
    };

    private static byte FromSimilar(char character)
    {
        if (character == '⌂')
        {
            return AsciiEnd;
        }

        for (int i = 0; i + 1 < Similar.Length; i += 2)
        {
            if (Similar[i] == character && Similar[i + 1] != character)
            {
                return FromRune(new Rune(Similar[i + 1]));
            }
        }

        return Replacement;
    }
}
