namespace KernelSockets;

/// <summary>Buffers of one size; taking and returning one allocates nothing once as many exist as are in use at a time.</summary>
/// <remarks>
/// One of fixed size has all packet buffers of the machine, allocated once. One that grows has buffers for what is kept longer;
/// <see cref="Trim"/> gives them back, all together: neighbours in memory are freed together only. Thread-safe: driver task and socket callers take
/// and return buffers concurrently.
/// </remarks>
public sealed class PacketBufferPool
{
    /// <summary>Bytes a buffer: two to a page, room for a full Ethernet frame with VLAN tag, FCS and headroom.</summary>
    public const int BufferSize = 2048;

    private readonly Lock _gate = new();
    private readonly DmaAllocator _allocator;
    private readonly int _size;
    private readonly int _kept;
    private readonly PacketBuffer?[] _free;
    private int _freeCount;
    private int _total;
    private int _mostInUse; // since the last Trim

    private PacketBufferPool(DmaAllocator allocator, int size, int maximum, int kept)
    {
        _allocator = allocator;
        _size = size;
        _kept = kept;
        _free = new PacketBuffer?[maximum];
        Maximum = maximum;
    }

    /// <summary>Buffers that there may be.</summary>
    public int Maximum { get; }

    /// <summary>Buffers in all.</summary>
    public int Total => Volatile.Read(ref _total);

    /// <summary>Buffers that somebody holds.</summary>
    public int InUse => Total - Free;

    /// <summary>Buffers that nobody holds.</summary>
    public int Free => Volatile.Read(ref _freeCount);

    /// <summary>How often <see cref="TryTake"/> found the pool empty.</summary>
    public long Exhausted { get; private set; }

    /// <summary>Allocates the pool.</summary>
    /// <param name="count">Buffers wanted.</param>
    /// <param name="allocator">Where their memory comes from.</param>
    /// <param name="pool">The pool; null when memory is short.</param>
    /// <returns><see cref="Errno.Success"/> or <see cref="Errno.ENOMEM"/>.</returns>
    public static Errno TryCreate(int count, DmaAllocator allocator, out PacketBufferPool? pool)
    {
        ArgumentNullException.ThrowIfNull(allocator);
        PacketBufferPool candidate = new(allocator, BufferSize, count, count);
        pool = null;
        for (int i = 0; i < count; i++)
        {
            PacketBuffer? buffer = candidate.TryMake();
            if (buffer is null)
            {
                return Errno.ENOMEM;
            }

            candidate._free[candidate._freeCount++] = buffer;
        }

        pool = candidate;
        return Errno.Success;
    }

    /// <summary>A pool that is empty at first and grows as buffers are taken, with memory from where this one's comes from.</summary>
    /// <param name="size">Bytes a buffer, a power of two up to <see cref="DmaAllocator.MaximumSize"/>.</param>
    /// <param name="maximum">Buffers that may be in use.</param>
    /// <param name="kept">Buffers that are always kept: <see cref="Trim"/> does nothing where there are no more.</param>
    public PacketBufferPool MakeGrowing(int size, int maximum, int kept) => new(_allocator, size, maximum, kept);

    /// <summary>Takes an empty buffer with one reference, the caller's.</summary>
    /// <returns>The buffer, or null when all are in use or memory is short; that is counted in <see cref="Exhausted"/>.</returns>
    public PacketBuffer? TryTake()
    {
        lock (_gate)
        {
            PacketBuffer? buffer = _freeCount > 0 ? _free[--_freeCount] : TryMake();
            if (buffer is null)
            {
                Exhausted++;
                return null;
            }

            buffer.Reset();
            _mostInUse = Math.Max(_mostInUse, _total - _freeCount);
            return buffer;
        }
    }

    /// <summary>
    /// For a pool that grows, to be called from time to time: gives all buffers back when nobody holds one, if there are more than are to be kept and
    /// no more than those were in use at a time since the last call.
    /// </summary>
    /// <returns>False when there still are more: to be called again.</returns>
    public bool Trim()
    {
        lock (_gate)
        {
            if (_freeCount == _total && _total > _kept && _mostInUse <= _kept)
            {
                _free.AsSpan(0, _freeCount).Clear();
                _freeCount = 0;
                _total = 0;
            }

            _mostInUse = _total - _freeCount;
            return _total <= _kept;
        }
    }

    internal void Return(PacketBuffer buffer)
    {
        lock (_gate)
        {
            _free[_freeCount++] = buffer;
        }
    }

    private PacketBuffer? TryMake()
    {
        if (_total == Maximum || _allocator.Allocate(_size, _size) is not { } memory)
        {
            return null;
        }

        _total++;
        return new PacketBuffer(this, memory);
    }
}
