namespace KernelSockets.Net;

/// <summary>The memory that the data of all connections of a stack share: chunks of one size, bounded in number, reused, which a device can read from.</summary>
/// <remarks>
/// Under the stack's gate. Allocates nothing once as many chunks exist as are in use at a time; many that nobody has needed for a while are given back.
/// </remarks>
internal sealed class TcpMemory
{
    /// <summary>Bytes a chunk.</summary>
    internal const int ChunkSize = 4096;

    /// <summary>Between two looks at chunks that nobody needs.</summary>
    internal static readonly TimeSpan TrimInterval = TimeSpan.FromSeconds(1);

    private const int MostKept = 1024;
    private const int MostHeldKept = 64;

    private readonly PacketBufferPool _chunks;
    private readonly TimerWheel _timers;
    private readonly Clock _clock;
    private readonly StackTimer _timer;
    private readonly SocketMemory _packets;
    private readonly Stack<HeldSegments> _held = new();

    /// <param name="pool">The pool of packets; where its memory comes from, that of chunks does, too.</param>
    /// <param name="packets">Counts the packets that sockets hold.</param>
    /// <param name="maximumBytes">What all connections together may hold.</param>
    /// <param name="timers">For looking at what is not needed.</param>
    /// <param name="clock">Time.</param>
    public TcpMemory(PacketBufferPool pool, SocketMemory packets, long maximumBytes, TimerWheel timers, Clock clock)
    {
        _packets = packets;
        _chunks = pool.MakeGrowing(ChunkSize, (int)Math.Max(1, maximumBytes / ChunkSize), MostKept);
        _timers = timers;
        _clock = clock;
        _timer = new CallbackTimer(Trim);
    }

    /// <summary>Chunks that may be in use.</summary>
    public int MaximumChunks => _chunks.Maximum;

    /// <summary>Chunks in use.</summary>
    public int ChunksInUse => _chunks.InUse;

    /// <summary>Times that none was left.</summary>
    public long Exhausted => _chunks.Exhausted;

    /// <summary>True when so much is in use that buffers should not grow (Linux's tcp_mem pressure).</summary>
    public bool IsUnderPressure => ChunksInUse > MaximumChunks / 4 * 3;

    /// <summary>Slots for <see cref="StreamBuffer"/>, up to 4 MiB of data.</summary>
    public RingPool<PacketBuffer?> Slots { get; } = new(smallest: 1, sizes: 11, mostKept: 64);

    /// <summary>Takes a chunk; its content is undefined.</summary>
    /// <returns>Null when none is left; that is counted. Given back by <see cref="PacketBuffer.Release"/>.</returns>
    public PacketBuffer? TryTake()
    {
        PacketBuffer? chunk = _chunks.TryTake();
        if (_chunks.Total > MostKept && !_timer.IsScheduled)
        {
            _timers.Schedule(_timer, _clock.Now + TrimInterval);
        }

        return chunk;
    }

    /// <summary>An empty queue for packets that are held.</summary>
    public HeldSegments TakeHeld() => _held.TryPop(out HeldSegments? held) ? held : new HeldSegments(_packets);

    /// <summary>Gives one back.</summary>
    /// <param name="held">Empty.</param>
    public void ReturnHeld(HeldSegments held)
    {
        if (_held.Count < MostHeldKept)
        {
            _held.Push(held);
        }
    }

    private void Trim(Instant now)
    {
        if (!_chunks.Trim())
        {
            _timers.Schedule(_timer, now + TrimInterval);
        }
    }
}
