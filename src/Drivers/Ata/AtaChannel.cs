namespace KernelSockets.Drivers.Ata;

/// <summary>
/// One of a controller's two channels: carries out the commands of its drives, one at a time under its lock, and gives a request up only after a few
/// attempts, with resets between them where the device does not answer.
/// </summary>
/// <remarks>Called from tasks, which block on the channel's interrupt. Allocates nothing after detection, but for lines of the log.</remarks>
public sealed class AtaChannel
{
    /// <summary>Bytes that one command moves at most.</summary>
    public const int MaximumTransfer = BusMaster.Capacity;

    /// <summary>Attempts at one command. A drive with DMA gets half of them by the bus master, and the rest without.</summary>
    internal const int MaximumAttempts = 4;

    /// <summary>Requests in a row that only went without DMA, after which it is not tried any more.</summary>
    internal const int MaximumDmaFailures = 3;

    private readonly ChannelResources _resources;
    private readonly CommandRunner _runner;
    private readonly Lock _gate = new();

    /// <summary>A channel whose drives are not known yet.</summary>
    public AtaChannel(ChannelResources resources)
    {
        ArgumentNullException.ThrowIfNull(resources);
        _resources = resources;
        _runner = new CommandRunner(resources);
    }

    /// <summary>Interrupts that were found missing.</summary>
    public long LostInterrupts => _runner.LostInterrupts;

    /// <summary>Resets since the drives were found.</summary>
    public long Resets { get; private set; }

    /// <summary>Attempts that failed.</summary>
    public long FailedAttempts { get; private set; }

    /// <summary>Resets the channel and finds its drives. Once, at start-up.</summary>
    /// <param name="firstNumber">Number of the first device; the first is <c>ata</c> with this number, the second with the next.</param>
    /// <returns>Its hard disks; packet devices and what else is there are reported and left alone.</returns>
    public IReadOnlyList<AtaDisk> Detect(int firstNumber)
    {
        _gate.EnterUninterrupted();
        try
        {
            List<AtaDisk> disks = [];
            if (!_runner.TryReset())
            {
                return disks;
            }

            foreach (bool isSecond in (ReadOnlySpan<bool>)[false, true])
            {
                if (Identify($"ata{firstNumber + (isSecond ? 1 : 0)}", isSecond) is { } disk)
                {
                    disks.Add(disk);
                }
            }

            return disks;
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Reads or writes sectors that lie inside the disk, in as many commands as needed.</summary>
    internal Errno Move(AtaDisk disk, in Transfer transfer)
    {
        Errno error = Errno.Success;
        for (int offset = 0; offset < transfer.Length && error == Errno.Success; offset += MaximumTransfer)
        {
            error = MovePart(disk, transfer.Slice(offset, Math.Min(MaximumTransfer, transfer.Length - offset)));
        }

        return error;
    }

    /// <summary>Empties the drive's cache, if anything has been written since that was last done.</summary>
    internal Errno Flush(AtaDisk disk)
    {
        _gate.EnterUninterrupted();
        try
        {
            if (!disk.IsCacheDirty || disk.FlushCommand == 0)
            {
                return Errno.Success;
            }

            AttemptResult result = default;
            for (int attempt = 0; attempt < MaximumAttempts; attempt++)
            {
                // A flush that stops at a sector goes on behind it when it is given again (ATA/ATAPI-7 vol. 1 §6.14).
                result = _runner.Execute(new TaskCommand(disk.FlushCommand, disk.IsSecond));
                if (result.IsDone)
                {
                    disk.IsCacheDirty = false;
                    return Errno.Success;
                }

                if (!TryRecover(disk, result))
                {
                    break;
                }
            }

            _resources.Complain($"{disk.Name}: the cache cannot be written: {result.Describe()}");
            return Errno.EIO;
        }
        finally
        {
            _gate.Exit();
        }
    }

    private Errno MovePart(AtaDisk disk, in Transfer transfer)
    {
        _gate.EnterUninterrupted();
        try
        {
            AttemptResult result = default;
            bool usesDma = disk.UsesDma;
            for (int attempt = 0; attempt < MaximumAttempts; attempt++)
            {
                bool isDma = usesDma && attempt < MaximumAttempts / 2;
                result = isDma ? _runner.MoveByBusMaster(disk, transfer) : _runner.MoveByProcessor(disk, transfer);
                if (result.IsDone)
                {
                    disk.IsCacheDirty |= transfer.IsWrite;
                    JudgeDma(disk, hasFailed: usesDma && !isDma);
                    return Errno.Success;
                }

                if (!TryRecover(disk, result))
                {
                    break;
                }
            }

            _resources.Complain(
                $"{disk.Name}: {(transfer.IsWrite ? "write" : "read")} of {transfer.Count} sectors at {transfer.Sector} failed: {result.Describe()}");
            return Errno.EIO;
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>DMA is to blame only where the same request goes without it; a bad sector fails either way.</summary>
    private void JudgeDma(AtaDisk disk, bool hasFailed)
    {
        disk.DmaFailures = hasFailed ? disk.DmaFailures + 1 : 0;
        if (disk.DmaFailures == MaximumDmaFailures)
        {
            disk.UsesDma = false;
            _resources.Complain($"{disk.Name}: DMA keeps failing: PIO from now on");
        }
    }

    /// <summary>Makes the drive ready for another attempt.</summary>
    /// <returns>False when there is no use in one: the channel does not come back from a reset.</returns>
    private bool TryRecover(AtaDisk disk, in AttemptResult result)
    {
        FailedAttempts++;
        if (result.Outcome == Outcome.Refused)
        {
            return true;
        }

        Resets++;
        if (_runner.TryReset())
        {
            return true;
        }

        _resources.Complain($"{disk.Name}: no answer to a reset");
        return false;
    }

    private AtaDisk? Identify(string name, bool isSecond)
    {
        Span<byte> bytes = stackalloc byte[IdentifyData.Size];
        switch (_runner.Identify(isSecond, bytes))
        {
            case DeviceKind.Packet:
                _resources.Inform($"{name}: {new IdentifyData(bytes).Model}, a packet device (CD-ROM or the like), left alone");
                return null;
            case DeviceKind.Disk:
                return Accept(name, isSecond, new IdentifyData(bytes));
            default:
                return null;
        }
    }

    private AtaDisk? Accept(string name, bool isSecond, in IdentifyData identity)
    {
        if (!identity.SupportsLba || !identity.HasUsualSectors || identity.SectorCount == 0)
        {
            _resources.Inform($"{name}: {identity.Model}: not a disk of 512-byte sectors with LBA; left alone");
            return null;
        }

        AtaDisk disk = new(this, name, isSecond, identity, identity.IsDmaSelected && _runner.TryPrepareDma());
        _resources.Inform($"{name}: {disk.Model}, {disk.SectorCount} sectors, {(disk.UsesDma ? "DMA" : "PIO")}");
        return disk;
    }
}
