namespace KernelSockets.UserApps.Text;

/// <summary>Bytes that wait, first in first out: a ring that grows with what it has to hold.</summary>
internal sealed class ByteQueue
{
    private const int FirstCapacity = 65_536;

    private byte[] _ring = new byte[FirstCapacity];
    private int _start;

    /// <summary>How many wait.</summary>
    public int Length { get; private set; }

    /// <summary>Adds bytes behind the others.</summary>
    /// <exception cref="OutOfMemoryException">More than an array can hold.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        Grow((long)Length + bytes.Length);
        int at = (_start + Length) % _ring.Length;
        int first = Math.Min(bytes.Length, _ring.Length - at);
        bytes[..first].CopyTo(_ring.AsSpan(at));
        bytes[first..].CopyTo(_ring);
        Length += bytes.Length;
    }

    /// <summary>Takes bytes from the front and writes them; a count below 1 takes none.</summary>
    /// <param name="output">Null to drop them.</param>
    /// <param name="count">Not more than there are.</param>
    public void MoveTo(ByteWriter? output, long count)
    {
        if (count < 1)
        {
            return;
        }

        int first = (int)Math.Min(count, _ring.Length - _start);
        output?.Write(_ring.AsSpan(_start, first));
        output?.Write(_ring.AsSpan(0, (int)count - first));
        _start = (int)((_start + count) % _ring.Length);
        Length -= (int)count;
    }

    private void Grow(long needed)
    {
        if (needed <= _ring.Length)
        {
            return;
        }

        if (needed > Array.MaxLength)
        {
            throw new InsufficientMemoryException();
        }

        byte[] larger = new byte[Math.Min(Math.Max(needed, 2L * _ring.Length), Array.MaxLength)];
        int first = Math.Min(Length, _ring.Length - _start);
        _ring.AsSpan(_start, first).CopyTo(larger);
        _ring.AsSpan(0, Length - first).CopyTo(larger.AsSpan(first));
        (_ring, _start) = (larger, 0);
    }
}
