using System.Numerics;

namespace KernelSockets.Vfs;

/// <summary>Which descriptors are in use: one bit each, and a bit for each full word, so that the lowest free one is found in a few steps.</summary>
/// <remarks>Protected by the lock of its <see cref="FileTable"/>.</remarks>
internal sealed class DescriptorSet
{
    private const int WordBits = 64;

    private readonly ulong[] _used;
    private readonly ulong[] _full;
    private readonly int _capacity;

    /// <summary>An empty set.</summary>
    public DescriptorSet(int capacity)
    {
        _capacity = capacity;
        _used = new ulong[(capacity + WordBits - 1) / WordBits];
        _full = new ulong[(_used.Length + WordBits - 1) / WordBits];
    }

    /// <summary>Marks one as used.</summary>
    public void Add(int fd)
    {
        int word = fd / WordBits;
        _used[word] |= 1ul << (fd % WordBits);
        if (_used[word] == ulong.MaxValue)
        {
            _full[word / WordBits] |= 1ul << (word % WordBits);
        }
    }

    /// <summary>Marks one as free.</summary>
    public void Remove(int fd)
    {
        int word = fd / WordBits;
        _used[word] &= ~(1ul << (fd % WordBits));
        _full[word / WordBits] &= ~(1ul << (word % WordBits));
    }

    /// <summary>Finds the lowest free one.</summary>
    /// <param name="minimum">Not below this.</param>
    /// <param name="fd">It; -1 when there is none.</param>
    public bool TryFindFree(int minimum, out int fd)
    {
        int word = minimum / WordBits;
        ulong free = ~_used[word] & (ulong.MaxValue << (minimum % WordBits));
        if (free == 0)
        {
            word = NextWithRoom(word + 1);
            free = word < _used.Length ? ~_used[word] : 0;
        }

        fd = free == 0 ? -1 : (word * WordBits) + BitOperations.TrailingZeroCount(free);
        if (fd >= _capacity)
        {
            fd = -1;
        }

        return fd >= 0;
    }

    private int NextWithRoom(int word)
    {
        int group = word / WordBits;
        ulong mask = ulong.MaxValue << (word % WordBits);
        for (; group < _full.Length; group++, mask = ulong.MaxValue)
        {
            ulong withRoom = ~_full[group] & mask;
            if (withRoom != 0)
            {
                return (group * WordBits) + BitOperations.TrailingZeroCount(withRoom);
            }
        }

        return _used.Length;
    }
}
