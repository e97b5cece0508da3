using System.Text;

namespace KernelSockets;

/// <summary>
/// How many columns of a terminal a character takes: 0, 1 or 2, as wcwidth(3) tells. The line editor, the line discipline's erase and the
/// screen share it, since a redraw is right only when all three agree.
/// </summary>
/// <remarks>After Unicode's East_Asian_Width (UAX #11) W and F and general categories Mn, Me and Cf, in ranges coarse enough for a
/// console.</remarks>
public static class TextWidth
{
    /// <summary>Columns that <paramref name="rune"/> takes; control characters count 0.</summary>
    public static int Of(Rune rune)
    {
        int value = rune.Value;
        if (value < 0x300)
        {
            return value is < 0x20 or (>= 0x7F and < 0xA0) ? 0 : 1;
        }

        if (IsCombining(value))
        {
            return 0;
        }

        return IsWide(value) ? 2 : 1;
    }

    private static bool IsCombining(int value) => value
        is (>= 0x300 and <= 0x36F) or (>= 0x483 and <= 0x489) or (>= 0x591 and <= 0x5BD) or (>= 0x64B and <= 0x65F)
        or (>= 0x1AB0 and <= 0x1AFF) or (>= 0x1DC0 and <= 0x1DFF) or (>= 0x200B and <= 0x200F) or (>= 0x202A and <= 0x202E)
        or (>= 0x2060 and <= 0x2064) or (>= 0x20D0 and <= 0x20FF) or (>= 0xFE00 and <= 0xFE0F) or (>= 0xFE20 and <= 0xFE2F) or 0xFEFF
        or (>= 0xE0100 and <= 0xE01EF);

    private static bool IsWide(int value) => value
        is (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0x303E) or (>= 0x3041 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7A3)
        or (>= 0xF900 and <= 0xFAFF) or (>= 0xFE30 and <= 0xFE6F) or (>= 0xFF00 and <= 0xFF60) or (>= 0xFFE0 and <= 0xFFE6)
        or (>= 0x1F300 and <= 0x1F64F) or (>= 0x1F680 and <= 0x1F6FF) or (>= 0x1F900 and <= 0x1FAFF) or (>= 0x20000 and <= 0x3FFFD);
}
