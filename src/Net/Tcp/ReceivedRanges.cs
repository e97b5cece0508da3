namespace KernelSockets.Net;

/// <summary>What has been received beyond a hole: ranges that neither touch nor overlap, the one that changed last first (RFC 2018 §4).</summary>
/// <remarks>Bounded, since a peer that sends every second byte would make any number of them. Under the stack's gate.</remarks>
internal sealed class ReceivedRanges
{
    /// <summary>Most ranges.</summary>
    internal const int Capacity = 256;

    private SackBlock[] _ranges = [];

    /// <summary>How many.</summary>
    public int Count { get; private set; }

    /// <summary>One of them, the newest first.</summary>
    public SackBlock this[int index] => _ranges[index];

    /// <summary>The number behind the last byte of all; there has to be one.</summary>
    public SequenceNumber End { get; private set; }

    /// <summary>True when a range covers all of another.</summary>
    public bool Covers(SequenceNumber left, SequenceNumber right)
    {
        for (int i = 0; i < Count && left < End; i++)
        {
            if (_ranges[i].Left <= left && right <= _ranges[i].Right)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Adds a range, joins it with those it touches, and puts the result in front.</summary>
    /// <returns>False when there are too many: the data are to be dropped.</returns>
    public bool TryAdd(SequenceNumber left, SequenceNumber right)
    {
        if (Count > 0 && left == _ranges[0].Right && left == End)
        {
            _ranges[0] = new SackBlock(_ranges[0].Left, right); // what comes most of the time: the next segment behind the last hole
            End = right;
            return true;
        }

        int kept = 0;
        for (int i = 0; i < Count; i++)
        {
            SackBlock range = _ranges[i];
            if (range.Left <= right && left <= range.Right)
            {
                left = SequenceNumber.Min(left, range.Left);
                right = SequenceNumber.Max(right, range.Right);
            }
            else
            {
                _ranges[kept++] = range;
            }
        }

        Count = kept;
        if (Count == Capacity)
        {
            return false;
        }

        if (Count == _ranges.Length)
        {
            Array.Resize(ref _ranges, Math.Max(4, Count * 2));
        }

        Array.Copy(_ranges, 0, _ranges, 1, Count);
        _ranges[0] = new SackBlock(left, right);
        End = Count == 0 ? right : SequenceNumber.Max(End, right);
        Count++;
        return true;
    }

    /// <summary>Data have been received in order up to a number: how far they go together with the ranges; those are dropped.</summary>
    public SequenceNumber Absorb(SequenceNumber next)
    {
        bool hasGrown = true;
        while (hasGrown)
        {
            hasGrown = false;
            for (int i = Count - 1; i >= 0; i--)
            {
                if (_ranges[i].Left > next)
                {
                    continue;
                }

                hasGrown |= _ranges[i].Right > next;
                next = SequenceNumber.Max(next, _ranges[i].Right);
                RemoveAt(i);
            }
        }

        return next;
    }

    /// <summary>Forgets them all.</summary>
    public void Clear() => Count = 0;

    private void RemoveAt(int index)
    {
        Count--;
        Array.Copy(_ranges, index + 1, _ranges, index, Count - index);
    }
}
