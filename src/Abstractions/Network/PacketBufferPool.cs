namespace KernelSockets;

/// <summary>All packet buffers of the machine, allocated once; taking and returning one allocates nothing.</summary>
/// <remarks>Thread-safe: driver task and socket callers take and return buffers concurrently.</remarks>
public sealed class PacketBufferPool
{
    /// <summary>Bytes a buffer: two to a page, room for a full Ethernet frame with VLAN tag, FCS and headroom.</summary>
    public const int BufferSize = 2048;

    private readonly Lock _gate = new();
    private readonly PacketBuffer[] _free;
    private int _freeCount;

    private PacketBufferPool(PacketBuffer[] slots) => _free = slots;

    /// <summary>Buffers in all.</summary>
    public int Total => _free.Length;

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
        PacketBufferPool candidate = new(new PacketBuffer[count]);
        pool = null;
        for (int i = 0; i < count; i++)
        {
            DmaBlock? memory = allocator.Allocate(BufferSize, BufferSize);
            if (memory is null)
            {
                return Errno.ENOMEM;
            }

            candidate._free[i] = new PacketBuffer(candidate, memory);
        }

        candidate._freeCount = count;
        pool = candidate;
        return Errno.Success;
    }

    /// <summary>Takes an empty buffer with one reference, the caller's.</summary>
    /// <returns>The buffer, or null when all are in use; that is counted in <see cref="Exhausted"/>.</returns>
    public PacketBuffer? TryTake()
    {
        lock (_gate)
        {
            if (_freeCount == 0)
            {
                Exhausted++;
                return null;
            }

            PacketBuffer buffer = _free[--_freeCount];
            buffer.Reset();
            return buffer;
        }
    }

    internal void Return(PacketBuffer buffer)
    {
        lock (_gate)
        {
            _free[_freeCount++] = buffer;
        }
    }
}
