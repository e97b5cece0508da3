namespace KernelSockets;

/// <summary>The seam for DMA memory: pinned arrays with physical addresses in the kernel, plain arrays when hosted.</summary>
public abstract class DmaAllocator
{
    /// <summary>The largest block, and the boundary that no block crosses: one page.</summary>
    public const int MaximumSize = 4096;

    /// <summary>Allocates a zeroed block. A block lives as long as it is referenced. Drivers allocate at start-up only.</summary>
    /// <param name="size">1 to <see cref="MaximumSize"/> bytes.</param>
    /// <param name="alignment">A power of two up to <see cref="MaximumSize"/>, for the bus address.</param>
    /// <returns>The block, or null when memory is short.</returns>
    public abstract DmaBlock? Allocate(int size, int alignment);
}
