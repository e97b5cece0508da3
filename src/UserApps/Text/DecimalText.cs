namespace KernelSockets.UserApps.Text;

/// <summary>Numbers as text, of any length: an optional minus, digits, a point, digits.</summary>
internal static class DecimalText
{
    /// <summary>Compares the numbers that two texts begin with, behind blanks; none counts as zero.</summary>
    public static int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        bool isLeftNegative = Split(left, out ReadOnlySpan<byte> leftWhole, out ReadOnlySpan<byte> leftFraction);
        bool isRightNegative = Split(right, out ReadOnlySpan<byte> rightWhole, out ReadOnlySpan<byte> rightFraction);
        if (isLeftNegative != isRightNegative)
        {
            return isLeftNegative ? -1 : 1;
        }

        int order = leftWhole.Length != rightWhole.Length ? leftWhole.Length.CompareTo(rightWhole.Length) : leftWhole.SequenceCompareTo(rightWhole);
        order = order != 0 ? order : leftFraction.SequenceCompareTo(rightFraction);
        return isLeftNegative ? -order : order;
    }

    /// <summary>True for a whole number with perhaps a sign and blanks around it; the number then stands alone.</summary>
    public static bool IsWhole(string text, out byte[] number)
    {
        ReadOnlySpan<char> trimmed = text.AsSpan().Trim(" \t\n");
        ReadOnlySpan<char> digits = trimmed is ['+' or '-', ..] ? trimmed[1..] : trimmed;
        bool isWhole = digits.Length > 0 && !digits.ContainsAnyExceptInRange('0', '9');
        number = isWhole ? System.Text.Encoding.ASCII.GetBytes((trimmed[0] == '-' ? "-" : "") + digits.ToString()) : [];
        return isWhole;
    }

    /// <summary>Takes a number apart: no zeros in front of the whole part and none behind the fraction.</summary>
    /// <returns>True for a number below zero.</returns>
    private static bool Split(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> whole, out ReadOnlySpan<byte> fraction)
    {
        text = text.TrimStart(" \t\n"u8);
        bool isNegative = !text.IsEmpty && text[0] == '-';
        text = isNegative ? text[1..] : text;
        int length = CountDigits(text);
        whole = text[..length].TrimStart((byte)'0');
        fraction = [];
        if (length < text.Length && text[length] == '.')
        {
            ReadOnlySpan<byte> rest = text[(length + 1)..];
            fraction = rest[..CountDigits(rest)].TrimEnd((byte)'0');
        }

        return isNegative && (whole.Length > 0 || fraction.Length > 0);
    }

    private static int CountDigits(ReadOnlySpan<byte> text)
    {
        int length = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return length < 0 ? text.Length : length;
    }
}
