namespace KernelSockets.Simulation;

/// <summary>What the calling thread has allocated since a moment, to show that a data path allocates nothing.</summary>
public readonly struct AllocationMeter
{
    /// <summary>
    /// Bytes that say nothing: when another thread has a collection made, the rest of this thread's allocation buffer, 8 KiB at most, counts as allocated.
    /// Even the smallest object for each of ten thousand frames would be far above.
    /// </summary>
    public const long Noise = 32 * 1024;

    private readonly long _before;

    private AllocationMeter(long before) => _before = before;

    /// <summary>True when nothing was allocated.</summary>
    public bool IsQuiet => GC.GetAllocatedBytesForCurrentThread() - _before <= Noise;

    /// <summary>Starts to count.</summary>
    public static AllocationMeter Start() => new(GC.GetAllocatedBytesForCurrentThread());
}
