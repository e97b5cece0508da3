namespace KernelSockets.Wire;

/// <summary>A TCP sequence number: counts bytes modulo 2^32 (RFC 9293 §3.4). Comparisons mean "before" and "after" within half the circle.</summary>
/// <param name="Value">The number as it is on the wire.</param>
public readonly record struct SequenceNumber(uint Value)
{
    /// <summary>The number <paramref name="count"/> bytes on.</summary>
    public static SequenceNumber operator +(SequenceNumber number, int count) => new(number.Value + (uint)count);

    /// <summary>Bytes from <paramref name="right"/> on to <paramref name="left"/>; negative when left lies before.</summary>
    public static int operator -(SequenceNumber left, SequenceNumber right) => (int)(left.Value - right.Value);

    /// <summary>The number <paramref name="count"/> bytes before.</summary>
    public static SequenceNumber operator -(SequenceNumber number, int count) => new(number.Value - (uint)count);

    /// <summary>True when <paramref name="left"/> lies before <paramref name="right"/>.</summary>
    public static bool operator <(SequenceNumber left, SequenceNumber right) => left - right < 0;

    /// <summary>True when <paramref name="left"/> lies after <paramref name="right"/>.</summary>
    public static bool operator >(SequenceNumber left, SequenceNumber right) => left - right > 0;

    /// <summary>True when <paramref name="left"/> does not lie after <paramref name="right"/>.</summary>
    public static bool operator <=(SequenceNumber left, SequenceNumber right) => left - right <= 0;

    /// <summary>True when <paramref name="left"/> does not lie before <paramref name="right"/>.</summary>
    public static bool operator >=(SequenceNumber left, SequenceNumber right) => left - right >= 0;

    /// <summary>The later of two.</summary>
    public static SequenceNumber Max(SequenceNumber left, SequenceNumber right) => left >= right ? left : right;

    /// <summary>The earlier of two.</summary>
    public static SequenceNumber Min(SequenceNumber left, SequenceNumber right) => left <= right ? left : right;

    /// <summary>Named form of <c>+</c>.</summary>
    public SequenceNumber Add(int count) => this + count;

    /// <summary>Named form of <c>-</c>.</summary>
    public int Subtract(SequenceNumber earlier) => this - earlier;
}
