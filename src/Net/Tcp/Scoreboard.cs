namespace KernelSockets.Net;

/// <summary>What is known of the segments under way: sent when, how often, acknowledged selectively, lost (RFC 6675, RFC 8985).</summary>
/// <remarks>
/// A ring in sequence order without gaps, from SND.UNA to SND.NXT. Under the stack's gate; allocates only when it grows, and holds no ring while
/// nothing is under way.
/// </remarks>
internal sealed class Scoreboard
{
    private readonly RingPool<SentSegment> _rings;
    private SentSegment[] _ring = [];
    private int _first;

    /// <param name="rings">Where rings come from.</param>
    public Scoreboard(RingPool<SentSegment> rings) => _rings = rings;

    /// <summary>Segments under way.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes under way, sacked and lost ones counted.</summary>
    public int Bytes { get; private set; }

    /// <summary>Bytes that the peer has though something before them is missing.</summary>
    public int SackedBytes { get; private set; }

    /// <summary>Bytes that are taken as lost and not sent again yet.</summary>
    public int LostBytes { get; private set; }

    /// <summary>Bytes that are taken to be in the network (RFC 6675's pipe).</summary>
    public int Pipe => Bytes - SackedBytes - LostBytes;

    /// <summary>A segment, the oldest first. Marks are changed by the methods below.</summary>
    public ref SentSegment this[int index] => ref _ring[(_first + index) & (_ring.Length - 1)];

    /// <summary>A segment has been sent for the first time.</summary>
    public void Add(SequenceNumber start, int length, Instant now)
    {
        if (Count == _ring.Length)
        {
            Resize(Math.Max(_rings.Smallest, Count * 2));
        }

        Count++;
        this[Count - 1] = new SentSegment { Start = start, Length = length, SentAt = now };
        Bytes += length;
    }

    /// <summary>Takes the oldest segment off.</summary>
    public void RemoveFirst()
    {
        ref SentSegment segment = ref this[0];
        Bytes -= segment.Length;
        SackedBytes -= segment.IsSacked ? segment.Length : 0;
        LostBytes -= segment.IsLost ? segment.Length : 0;
        _first = (_first + 1) & (_ring.Length - 1);
        Count--;
        if (Count == 0)
        {
            ReplaceRing([]);
        }
    }

    /// <summary>Cuts bytes off the front of the oldest segment: a part of it is acknowledged.</summary>
    public void ShortenFirst(int bytes)
    {
        ref SentSegment segment = ref this[0];
        segment.Start += bytes;
        segment.Length -= bytes;
        Bytes -= bytes;
        SackedBytes -= segment.IsSacked ? bytes : 0;
        LostBytes -= segment.IsLost ? bytes : 0;
    }

    /// <summary>Splits a segment in two: segments have become smaller.</summary>
    public void Split(int index, int length)
    {
        SentSegment whole = this[index];
        Add(whole.Start, 0, whole.SentAt); // makes room at the end
        for (int i = Count - 1; i > index + 1; i--)
        {
            this[i] = this[i - 1];
        }

        this[index] = whole with { Length = length };
        this[index + 1] = whole with { Start = whole.Start + length, Length = whole.Length - length };
    }

    /// <summary>Index of the segment that a number lies in; <see cref="Count"/> when it lies behind all.</summary>
    public int Find(SequenceNumber number)
    {
        int low = 0;
        int high = Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (this[middle].End <= number)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>The peer has a segment, or, after it has thrown it away, has not.</summary>
    public void MarkSacked(int index, bool isSacked)
    {
        ref SentSegment segment = ref this[index];
        if (segment.IsSacked == isSacked)
        {
            return;
        }

        MarkLost(index, isLost: false);
        segment.IsSacked = isSacked;
        SackedBytes += isSacked ? segment.Length : -segment.Length;
    }

    /// <summary>A segment is taken as lost, or is not any more.</summary>
    public void MarkLost(int index, bool isLost)
    {
        ref SentSegment segment = ref this[index];
        if (segment.IsLost != isLost)
        {
            segment.IsLost = isLost;
            LostBytes += isLost ? segment.Length : -segment.Length;
        }
    }

    /// <summary>A segment has been sent again.</summary>
    public void MarkRetransmitted(int index, Instant now)
    {
        MarkLost(index, isLost: false);
        ref SentSegment segment = ref this[index];
        segment.SentAt = now;
        segment.Retransmissions++;
    }

    /// <summary>Index of the first segment that is lost; -1 for none.</summary>
    public int FirstLost()
    {
        for (int i = 0; LostBytes > 0 && i < Count; i++)
        {
            if (this[i].IsLost)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        ReplaceRing([]);
        Count = Bytes = SackedBytes = LostBytes = 0;
    }

    private void Resize(int capacity)
    {
        SentSegment[] larger = _rings.Take(capacity);
        for (int i = 0; i < Count; i++)
        {
            larger[i] = this[i];
        }

        ReplaceRing(larger);
    }

    private void ReplaceRing(SentSegment[] other)
    {
        _rings.Return(_ring);
        _ring = other;
        _first = 0;
    }
}

/// <summary>A segment under way.</summary>
internal record struct SentSegment
{
    /// <summary>Its first number.</summary>
    public SequenceNumber Start { get; set; }

    /// <summary>What it occupies in sequence space, a FIN counted.</summary>
    public int Length { get; set; }

    /// <summary>When it was sent last.</summary>
    public Instant SentAt { get; set; }

    /// <summary>Times it was sent again.</summary>
    public int Retransmissions { get; set; }

    /// <summary>A SACK block covers it.</summary>
    public bool IsSacked { get; set; }

    /// <summary>It is taken as lost and not sent again yet.</summary>
    public bool IsLost { get; set; }

    /// <summary>The number behind its last.</summary>
    public readonly SequenceNumber End => Start + Length;
}
