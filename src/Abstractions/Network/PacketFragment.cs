namespace KernelSockets;

/// <summary>Data of a packet that lie in another buffer.</summary>
/// <param name="Holder">The buffer; the packet has a reference to it.</param>
/// <param name="Offset">Place of the first byte in its memory.</param>
/// <param name="Length">Bytes.</param>
public readonly record struct PacketFragment(PacketBuffer Holder, int Offset, int Length)
{
    /// <summary>Address of the first byte as the device sees it.</summary>
    public ulong BusAddress => Holder.Memory.BusAddress + (uint)Offset;

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Data => Holder.Memory.Span.Slice(Offset, Length);
}
