namespace KernelSockets;

/// <summary>The seam for randomness: the kernel's generator, or a seeded one when hosted.</summary>
public abstract class EntropySource
{
    /// <summary>Fills <paramref name="destination"/> with unpredictable bytes. Never fails, never blocks.</summary>
    public abstract void Fill(Span<byte> destination);

    /// <summary>32 unpredictable bits.</summary>
    public uint NextUInt32()
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        Fill(bytes);
        return BitConverter.ToUInt32(bytes);
    }
}
