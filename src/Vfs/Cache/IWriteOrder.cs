namespace KernelSockets.Vfs.Cache;

/// <summary>A file system's rule for what may reach the device when.</summary>
internal interface IWriteOrder
{
    /// <summary>Composes what a changed block is to be on the device after a stage of writing back.</summary>
    /// <param name="stage">The stage, from 0.</param>
    /// <param name="kind">What the block holds.</param>
    /// <param name="isFresh">True while the device holds garbage in its place.</param>
    /// <param name="onDevice">What the device holds; empty for kinds of which that is not kept.</param>
    /// <param name="current">What it will hold in the end.</param>
    /// <param name="image">What it holds after this stage.</param>
    /// <returns>False when the block is not written in this stage.</returns>
    bool TryCompose(int stage, BlockKind kind, bool isFresh, ReadOnlySpan<byte> onDevice, ReadOnlySpan<byte> current, Span<byte> image);
}
