namespace KernelSockets.Sockets;

/// <summary>The buffers that an array of iovec points to. The seam for scatter and gather: pointers in the kernel, arrays in tests.</summary>
/// <remarks>Checked before it is made: every buffer is there and stays there during the call.</remarks>
public abstract class IoVectorMemory
{
    /// <summary>How many buffers.</summary>
    public abstract int Count { get; }

    /// <summary>One of them.</summary>
    /// <param name="index">From 0.</param>
    public abstract Span<byte> this[int index] { get; }
}
