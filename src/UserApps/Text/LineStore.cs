namespace KernelSockets.UserApps.Text;

/// <summary>All lines of some files in memory, packed in blocks, and their stable sorting (a merge sort from small runs up).</summary>
internal sealed class LineStore
{
    private const int BlockSize = 1 << 20;

    private readonly List<(byte[] Block, int Start, int Length)> _lines = [];
    private byte[] _block = [];
    private int _used;

    /// <summary>How many there are.</summary>
    public int Count => _lines.Count;

    /// <summary>A line.</summary>
    public ReadOnlySpan<byte> this[int index] => Bytes(_lines[index]);

    /// <summary>Adds a copy of a line.</summary>
    public void Add(ReadOnlySpan<byte> line)
    {
        if (line.Length > _block.Length - _used)
        {
            _block = new byte[Math.Max(BlockSize, line.Length)];
            _used = 0;
        }

        line.CopyTo(_block.AsSpan(_used));
        _lines.Add((_block, _used, line.Length));
        _used += line.Length;
    }

    /// <summary>Sorts; lines that count as equal stay as they are.</summary>
    public void Sort(LineOrder order)
    {
        (byte[] Block, int Start, int Length)[] from = [.. _lines];
        var to = new (byte[] Block, int Start, int Length)[from.Length];
        for (long width = 1; width < from.Length; width *= 2)
        {
            for (long start = 0; start < from.Length; start += 2 * width)
            {
                int middle = (int)Math.Min(start + width, from.Length);
                int end = (int)Math.Min(start + (2 * width), from.Length);
                Merge(from, to, ((int)start, middle, end), order);
            }

            (from, to) = (to, from);
            Thread.Sleep(0); // Ctrl-C strikes here
        }

        _lines.Clear();
        _lines.AddRange(from);
    }

    private static void Merge(
        (byte[] Block, int Start, int Length)[] from, (byte[] Block, int Start, int Length)[] to, (int Start, int Middle, int End) runs, LineOrder order)
    {
        int left = runs.Start;
        int right = runs.Middle;
        for (int i = runs.Start; i < runs.End; i++)
        {
            bool takesLeft = left < runs.Middle && (right == runs.End || order.Compare(Bytes(from[left]), Bytes(from[right])) <= 0);
            to[i] = takesLeft ? from[left++] : from[right++];
        }
    }

    private static ReadOnlySpan<byte> Bytes((byte[] Block, int Start, int Length) line) => line.Block.AsSpan(line.Start, line.Length);
}
