namespace KernelSockets.UserApps.Text;

/// <summary>The order of lines that sort's options tell: by its keys one after the other, and where all are equal by the bytes of the line.</summary>
/// <param name="keys">At least one.</param>
/// <param name="separator">Between fields; null for blanks.</param>
/// <param name="isReverse">-r, for the last resort.</param>
/// <param name="hasLastResort">False with -s and -u: lines with equal keys are equal.</param>
internal sealed class LineOrder(IReadOnlyList<SortKey> keys, byte? separator, bool isReverse, bool hasLastResort)
{
    /// <summary>Below 0 where the left line comes first, 0 where they count as equal.</summary>
    public int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        foreach (SortKey key in keys)
        {
            int order = key.Order.Compare(key.Of(left, separator), key.Of(right, separator));
            if (order != 0)
            {
                return key.Order.IsReverse ? -order : order;
            }
        }

        int last = hasLastResort ? left.SequenceCompareTo(right) : 0;
        return isReverse ? -last : last;
    }
}
