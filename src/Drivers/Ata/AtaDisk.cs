namespace KernelSockets.Drivers.Ata;

/// <summary>A hard disk at an IDE channel. Several tasks may use it at once; the channel carries out one command at a time.</summary>
public sealed class AtaDisk : BlockDevice
{
    /// <summary>Sectors that LBA28 commands reach.</summary>
    private const long ShortLimit = 1L << 28;

    private readonly AtaChannel _channel;

    internal AtaDisk(AtaChannel channel, string name, bool isSecond, in IdentifyData identity, bool usesDma)
    {
        _channel = channel;
        Name = name;
        IsSecond = isSecond;
        Model = identity.Model;
        SectorCount = identity.SectorCount;
        SupportsExtended = identity.SupportsExtended;
        FlushCommand = identity.SupportsFlushExtended && identity.SupportsExtended ? AtaCommand.FlushCacheExt
            : identity.SupportsFlush ? AtaCommand.FlushCache
            : (byte)0;
        UsesDma = usesDma;
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override long SectorCount { get; }

    /// <summary>What it calls itself.</summary>
    public string Model { get; }

    /// <summary>True for the second device of its channel.</summary>
    public bool IsSecond { get; }

    /// <summary>True while data goes by the bus master; false when the processor moves every word.</summary>
    public bool UsesDma { get; internal set; }

    /// <summary>Requests in a row whose data went by the processor only after the bus master had failed.</summary>
    internal int DmaFailures { get; set; }

    /// <summary>True when the drive's cache may hold what <see cref="Flush"/> has to put on the medium.</summary>
    internal bool IsCacheDirty { get; set; }

    /// <summary>The command that empties its cache; 0 when it has none.</summary>
    internal byte FlushCommand { get; }

    private bool SupportsExtended { get; }

    /// <inheritdoc/>
    public override Errno Read(long sector, Span<byte> destination)
    {
        Errno error = CheckRange(sector, destination.Length);
        return error == Errno.Success ? _channel.Move(this, Transfer.Read(sector, destination)) : error;
    }

    /// <inheritdoc/>
    public override Errno Write(long sector, ReadOnlySpan<byte> source)
    {
        Errno error = CheckRange(sector, source.Length);
        return error == Errno.Success ? _channel.Move(this, Transfer.Write(sector, source)) : error;
    }

    /// <inheritdoc/>
    public override Errno Flush() => _channel.Flush(this);

    /// <summary>The command for a transfer: 48-bit ones only where they are needed.</summary>
    internal TaskCommand Command(in Transfer transfer, bool isDma)
    {
        bool isExtended = SupportsExtended && transfer.Sector + transfer.Count > ShortLimit;
        byte code = (isDma, transfer.IsWrite, isExtended) switch
        {
            (false, false, false) => AtaCommand.ReadSectors,
            (false, false, true) => AtaCommand.ReadSectorsExt,
            (false, true, false) => AtaCommand.WriteSectors,
            (false, true, true) => AtaCommand.WriteSectorsExt,
            (true, false, false) => AtaCommand.ReadDma,
            (true, false, true) => AtaCommand.ReadDmaExt,
            (true, true, false) => AtaCommand.WriteDma,
            (true, true, true) => AtaCommand.WriteDmaExt,
        };
        return new TaskCommand(code, IsSecond, isExtended, transfer.Sector, transfer.Count);
    }
}
