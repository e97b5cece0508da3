using System.Buffers;
using KernelSockets.Kernel.Nucleus;

namespace KernelSockets.Kernel.Storage;

/// <summary>A module that the boot loader has put into memory, where it lies: the frame allocator leaves its frames alone.</summary>
internal sealed unsafe class BootModule : MemoryManager<byte>
{
    private readonly byte* _start;
    private readonly int _length;

    private BootModule(byte* start, int length)
    {
        _start = start;
        _length = length;
    }

    /// <summary>Takes over the first module.</summary>
    /// <returns>Null when there is none, or it does not lie in memory.</returns>
    public static BootModule? TryOpen()
    {
        if (BootInformation.ModuleCount == 0)
        {
            return null;
        }

        MemoryRange range = BootInformation.Module(0);
        bool isInMemory = range.Start < range.End && range.End <= FrameAllocator.HighestAddress && range.End - range.Start <= int.MaxValue;

        // SAFETY: the direct map shows all physical memory, and nobody else uses these frames.
        return isInMemory ? new BootModule((byte*)(PageTables.DirectMap + range.Start), (int)(range.End - range.Start)) : null;
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan() =>
        // SAFETY: as in TryOpen; the mapping lasts as long as the machine.
        new(_start, _length);

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)_length);

        // SAFETY: it never moves.
        return new MemoryHandle(_start + elementIndex);
    }

    /// <inheritdoc/>
    public override void Unpin()
    {
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
    }
}
