using KernelSockets.Kernel.Nucleus;

namespace KernelSockets.Kernel;

/// <summary>The nucleus's random number generator.</summary>
internal sealed unsafe class KernelEntropy : EntropySource
{
    /// <inheritdoc/>
    public override void Fill(Span<byte> destination)
    {
        // SAFETY: the span is pinned while the nucleus writes exactly its length.
        fixed (byte* bytes = destination)
        {
            Gateway.FillRandom(bytes, (ulong)destination.Length);
        }
    }
}
