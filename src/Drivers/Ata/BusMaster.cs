namespace KernelSockets.Drivers.Ata;

/// <summary>
/// The bus master of one channel, with a buffer that every transfer goes through: callers' memory is neither pinned nor contiguous. Under the
/// channel's lock. ("Programming Interface for Bus Master IDE Controller" 1.0.)
/// </summary>
internal sealed class BusMaster
{
    /// <summary>Pieces of the buffer: 64 KiB, which take one command.</summary>
    public const int PageCount = 16;

    /// <summary>Bytes in one transfer at most.</summary>
    public const int Capacity = PageCount * DmaAllocator.MaximumSize;

    private const int DescriptorSize = 8;

    /// <summary>Marks the last descriptor, in its second half.</summary>
    private const uint EndOfTable = 1u << 31;

    /// <summary>The bus master's addresses have 32 bits.</summary>
    private const ulong AddressLimit = 1ul << 32;

    private readonly PortSpace _ports;
    private readonly DmaBlock _table;
    private readonly DmaBlock[] _pages;

    private BusMaster(PortSpace ports, DmaBlock table, DmaBlock[] pages)
    {
        _ports = ports;
        _table = table;
        _pages = pages;
    }

    /// <summary>What it is doing.</summary>
    public BusMasterStatus Status => (BusMasterStatus)_ports.Read8(BusMasterRegister.Status);

    /// <summary>Allocates the descriptor table and the buffer.</summary>
    /// <returns>Null when there is not enough memory below 4 GiB.</returns>
    public static BusMaster? TryCreate(PortSpace ports, DmaAllocator allocator)
    {
        DmaBlock? table = TryAllocate(allocator, PageCount * DescriptorSize, sizeof(uint));
        DmaBlock[] pages = new DmaBlock[PageCount];
        for (int i = 0; i < PageCount && table is not null; i++)
        {
            if (TryAllocate(allocator, DmaAllocator.MaximumSize, DmaAllocator.MaximumSize) is not { } page)
            {
                return null;
            }

            pages[i] = page;
        }

        return table is null ? null : new BusMaster(ports, table, pages);
    }

    /// <summary>Makes it ready for a transfer, before the drive gets its command.</summary>
    /// <param name="length">Bytes, at most <see cref="Capacity"/>.</param>
    /// <param name="isToMemory">True to read from the drive.</param>
    public void Prepare(int length, bool isToMemory)
    {
        int last = (length - 1) / DmaAllocator.MaximumSize;
        for (int i = 0; i <= last; i++)
        {
            int count = Math.Min(DmaAllocator.MaximumSize, length - (i * DmaAllocator.MaximumSize));
            _table.WriteUInt32(i * DescriptorSize, (uint)_pages[i].BusAddress);
            _table.WriteUInt32((i * DescriptorSize) + sizeof(uint), (uint)count | (i == last ? EndOfTable : 0));
        }

        _ports.Write32(BusMasterRegister.Table, (uint)_table.BusAddress);
        _ports.Write8(BusMasterRegister.Command, isToMemory ? BusMasterRegister.ToMemory : (byte)0);
        Clear(Status);
    }

    /// <summary>Starts the transfer, after the drive has got its command.</summary>
    public void Start() =>
        _ports.Write8(BusMasterRegister.Command, (byte)(_ports.Read8(BusMasterRegister.Command) | BusMasterRegister.Start));

    /// <summary>Ends the transfer.</summary>
    /// <returns>How it went: a transfer of the whole length leaves <see cref="BusMasterStatus.Active"/> and <see cref="BusMasterStatus.Error"/> off.</returns>
    public BusMasterStatus Stop()
    {
        // The bit that tells of unused memory is lost with the stop.
        BusMasterStatus status = Status;
        _ports.Write8(BusMasterRegister.Command, (byte)(_ports.Read8(BusMasterRegister.Command) & ~BusMasterRegister.Start));
        Clear(status);
        return status;
    }

    /// <summary>Takes bytes out of the buffer.</summary>
    public void CopyTo(Span<byte> destination)
    {
        for (int i = 0; !destination.IsEmpty; i++)
        {
            int count = Math.Min(DmaAllocator.MaximumSize, destination.Length);
            _pages[i].Span[..count].CopyTo(destination);
            destination = destination[count..];
        }
    }

    /// <summary>Puts bytes into the buffer.</summary>
    public void CopyFrom(ReadOnlySpan<byte> source)
    {
        for (int i = 0; !source.IsEmpty; i++)
        {
            int count = Math.Min(DmaAllocator.MaximumSize, source.Length);
            source[..count].CopyTo(_pages[i].Span);
            source = source[count..];
        }
    }

    private static DmaBlock? TryAllocate(DmaAllocator allocator, int size, int alignment) =>
        allocator.Allocate(size, alignment) is { } block && block.BusAddress + (uint)size <= AddressLimit ? block : null;

    private void Clear(BusMasterStatus status) =>
        _ports.Write8(BusMasterRegister.Status, (byte)((status & BusMasterStatus.DmaCapable) | BusMasterStatus.Error | BusMasterStatus.Interrupt));
}
