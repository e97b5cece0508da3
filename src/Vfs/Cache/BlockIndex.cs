using System.Numerics;

namespace KernelSockets.Vfs.Cache;

/// <summary>Which slot of a cache holds which block, and which was used last: a hash table with chains and a list, all in arrays.</summary>
/// <remarks>Under the owner's lock. Allocates nothing after its construction.</remarks>
internal sealed class BlockIndex
{
    /// <summary>No slot.</summary>
    public const int None = -1;

    private const ulong GoldenRatio = 0x9E37_79B9_7F4A_7C15;

    private readonly int[] _buckets;
    private readonly long[] _numbers;
    private readonly int[] _chain;
    private readonly int[] _older;
    private readonly int[] _newer;
    private readonly int _shift;
    private int _newest = None;

    /// <summary>An empty index.</summary>
    /// <param name="slots">Slots at most.</param>
    public BlockIndex(int slots)
    {
        int buckets = (int)BitOperations.RoundUpToPowerOf2((uint)slots);
        _shift = 64 - BitOperations.Log2((uint)buckets);
        _buckets = new int[buckets];
        Array.Fill(_buckets, None);
        _numbers = new long[slots];
        _chain = new int[slots];
        _older = new int[slots];
        _newer = new int[slots];
    }

    /// <summary>The slot used longest ago; <see cref="None"/> when there is none.</summary>
    public int Oldest { get; private set; } = None;

    /// <summary>The block in a slot.</summary>
    public long NumberOf(int slot) => _numbers[slot];

    /// <summary>The slot of a block; <see cref="None"/> when it is not held.</summary>
    public int Find(long number)
    {
        int slot = _buckets[BucketOf(number)];
        while (slot != None && _numbers[slot] != number)
        {
            slot = _chain[slot];
        }

        return slot;
    }

    /// <summary>Enters a block as the one used last.</summary>
    public void Add(int slot, long number)
    {
        ref int bucket = ref _buckets[BucketOf(number)];
        _numbers[slot] = number;
        _chain[slot] = bucket;
        bucket = slot;
        LinkNewest(slot);
    }

    /// <summary>Takes a slot out.</summary>
    public void Remove(int slot)
    {
        ref int link = ref _buckets[BucketOf(_numbers[slot])];
        while (link != slot)
        {
            link = ref _chain[link];
        }

        link = _chain[slot];
        Unlink(slot);
    }

    /// <summary>Notes a use.</summary>
    public void Touch(int slot)
    {
        if (slot != _newest)
        {
            Unlink(slot);
            LinkNewest(slot);
        }
    }

    private int BucketOf(long number) => _buckets.Length == 1 ? 0 : (int)(((ulong)number * GoldenRatio) >> _shift);

    private void LinkNewest(int slot)
    {
        _older[slot] = _newest;
        _newer[slot] = None;
        if (_newest != None)
        {
            _newer[_newest] = slot;
        }
        else
        {
            Oldest = slot;
        }

        _newest = slot;
    }

    private void Unlink(int slot)
    {
        int older = _older[slot];
        int newer = _newer[slot];
        if (older != None)
        {
            _newer[older] = newer;
        }
        else
        {
            Oldest = newer;
        }

        if (newer != None)
        {
            _older[newer] = older;
        }
        else
        {
            _newest = older;
        }
    }
}
