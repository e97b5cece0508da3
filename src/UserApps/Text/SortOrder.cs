namespace KernelSockets.UserApps.Text;

/// <summary>How a part of a line is compared: sort's ordering options.</summary>
/// <param name="IsNumeric">-n.</param>
/// <param name="IsReverse">-r.</param>
/// <param name="FoldsCase">-f.</param>
/// <param name="IsDictionary">-d: only blanks, letters and digits.</param>
/// <param name="IgnoresUnprintable">-i.</param>
internal readonly record struct SortOrder(bool IsNumeric, bool IsReverse, bool FoldsCase, bool IsDictionary, bool IgnoresUnprintable)
{
    /// <summary>Adds an option.</summary>
    /// <returns>False when the letter is none of these.</returns>
    public bool TryAdd(char option, out SortOrder order)
    {
        order = option switch
        {
            'n' => this with { IsNumeric = true },
            'r' => this with { IsReverse = true },
            'f' => this with { FoldsCase = true },
            'd' => this with { IsDictionary = true },
            'i' => this with { IgnoresUnprintable = true },
            _ => this,
        };
        return "nrfdi".Contains(option, StringComparison.Ordinal);
    }

    /// <summary>Compares two keys; -r is not yet taken into account.</summary>
    public int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (IsNumeric)
        {
            return DecimalText.Compare(left, right);
        }

        return FoldsCase || IsDictionary || IgnoresUnprintable ? CompareMapped(left, right) : left.SequenceCompareTo(right);
    }

    private int CompareMapped(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        int i = 0;
        int j = 0;
        while (true)
        {
            while (i < left.Length && IsIgnored(left[i]))
            {
                i++;
            }

            while (j < right.Length && IsIgnored(right[j]))
            {
                j++;
            }

            if (i == left.Length || j == right.Length)
            {
                return (i < left.Length ? 1 : 0) - (j < right.Length ? 1 : 0);
            }

            int difference = FoldsCase ? ByteClass.ToUpper(left[i]) - ByteClass.ToUpper(right[j]) : left[i] - right[j];
            if (difference != 0)
            {
                return difference;
            }

            i++;
            j++;
        }
    }

    private bool IsIgnored(byte value) =>
        (IsDictionary && !char.IsAsciiLetterOrDigit((char)value) && !ByteClass.IsBlank(value)) || (IgnoresUnprintable && (value is < 0x20 or >= 0x7F));
}
