using System.Diagnostics;

namespace KernelSockets.Drivers.E1000;

/// <summary>What both rings share: 256 descriptors of 16 bytes in one page, and arithmetic on their indices.</summary>
internal static class DescriptorRing
{
    /// <summary>Descriptors a ring.</summary>
    public const int Length = 256;

    /// <summary>Bytes a ring; RDLEN and TDLEN want a multiple of 128 (§13.4.27, §13.4.38).</summary>
    public const int SizeInBytes = Length * ReceiveDescriptor.Size;

    /// <summary>RDBAL and TDBAL want a multiple of 16 (§13.4.25, §13.4.36).</summary>
    private const int Alignment = 16;

    /// <summary>
    /// Most descriptors that the hardware may own: with one more, head and tail would meet and the ring would look empty (§3.2.6).
    /// </summary>
    public const int MaximumOwned = Length - 1;

    /// <summary>The index that follows, or lies <paramref name="distance"/> on.</summary>
    public static int Advance(int index, int distance = 1) => (index + distance) & (Length - 1);

    /// <summary>Allocates a ring, zeroed.</summary>
    /// <returns>Null when memory is short.</returns>
    public static DmaBlock? Allocate(DmaAllocator allocator)
    {
        // The sizes are constants: the checks cost nothing and stop a wrong layout in the first test.
        Debug.Assert(ReceiveDescriptor.Size == 16 && TransmitDescriptor.Size == 16, "descriptors are 16 bytes, §3.2.3 and §3.3.3");
        Debug.Assert(SizeInBytes <= DmaAllocator.MaximumSize && SizeInBytes % 128 == 0, "a ring is one page, a multiple of 128 bytes");
        return allocator.Allocate(SizeInBytes, Alignment);
    }
}
