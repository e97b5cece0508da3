namespace KernelSockets;

/// <summary>Use of physical memory, in bytes.</summary>
/// <param name="Total">All usable memory of the machine.</param>
/// <param name="Free">Frames that nobody uses.</param>
/// <param name="Image">The kernel image.</param>
/// <param name="PageTables">Frames that hold page tables.</param>
/// <param name="Mapped">Frames behind mapped virtual memory: managed heap, stacks, native heap.</param>
/// <param name="HeapLimit">The managed heap's hard limit.</param>
/// <param name="PacketBuffers">Packet buffers in all, a count.</param>
/// <param name="FreePacketBuffers">Packet buffers that nobody holds, a count.</param>
public sealed record MemoryStatistics(
    long Total, long Free, long Image, long PageTables, long Mapped, long HeapLimit, int PacketBuffers, int FreePacketBuffers);
