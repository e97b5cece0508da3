namespace KernelSockets.Drivers.Ata;

/// <summary>What answers at a place of a channel.</summary>
internal enum DeviceKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A hard disk.</summary>
    Disk,

    /// <summary>An ATAPI device.</summary>
    Packet,
}

/// <summary>The command protocols (ATA/ATAPI-7 vol. 2 §11), one attempt each. Under the channel's lock.</summary>
internal sealed class CommandRunner
{
    /// <summary>A drive may have to spin up first.</summary>
    private static readonly TimeSpan s_commandTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Nothing is spun up to tell a packet device's name; a missing device never answers.</summary>
    private static readonly TimeSpan s_packetTimeout = TimeSpan.FromMilliseconds(500);

    /// <summary>Emptying a cache takes longer (ATA/ATAPI-7 vol. 1 §6.14 says that it may).</summary>
    private static readonly TimeSpan s_flushTimeout = TimeSpan.FromSeconds(60);

    /// <summary>From a reset to the end of BSY: 31 s (ATA/ATAPI-7 vol. 2 §11.2).</summary>
    private static readonly TimeSpan s_resetTimeout = TimeSpan.FromSeconds(31);

    /// <summary>SRST is held for 5 µs at least.</summary>
    private static readonly TimeSpan s_resetHold = TimeSpan.FromMicroseconds(5);

    /// <summary>After it status is left alone for 2 ms.</summary>
    private static readonly TimeSpan s_resetQuiet = TimeSpan.FromMilliseconds(2);

    /// <summary>LBA Mid and High of a packet device.</summary>
    private const byte PacketMid = 0x14;
    private const byte PacketHigh = 0xEB;

    private readonly ChannelResources _resources;
    private readonly TaskFile _registers;
    private readonly ChannelWait _wait;
    private BusMaster? _busMaster;

    public CommandRunner(ChannelResources resources)
    {
        _resources = resources;
        _registers = new TaskFile(resources.Command, resources.Control);
        _wait = new ChannelWait(_registers, resources.Line, resources.Clock);
    }

    /// <summary>Interrupts that were found missing.</summary>
    public long LostInterrupts => _wait.LostInterrupts;

    /// <summary>Allocates what DMA needs.</summary>
    /// <returns>False when there is no bus master or no memory for it.</returns>
    public bool TryPrepareDma()
    {
        if (_busMaster is null && _resources.BusMaster is { } ports)
        {
            _busMaster = BusMaster.TryCreate(ports, _resources.Memory);
        }

        return _busMaster is not null;
    }

    /// <summary>Resets both devices by SRST, with interrupts on afterwards.</summary>
    /// <returns>False when nothing is at the channel, or a device stays busy.</returns>
    public bool TryReset()
    {
        _registers.SetControl(ControlBits.SoftReset);
        _wait.Delay(s_resetHold);
        _registers.SetControl(0);
        _wait.Delay(s_resetQuiet);
        return _registers.AlternateStatus != AtaStatus.Floating && _wait.TryReach(AtaStatus.Busy, AtaStatus.None, s_resetTimeout, out _);
    }

    /// <summary>Finds out what a device is; after a reset.</summary>
    /// <param name="isSecond">Which.</param>
    /// <param name="identity">Filled with what it tells of itself.</param>
    public DeviceKind Identify(bool isSecond, Span<byte> identity)
    {
        _registers.Select(isSecond);
        if (_registers.AlternateStatus == AtaStatus.Floating || !_wait.TryReach(AtaStatus.Busy, AtaStatus.None, s_resetTimeout, out AtaStatus status))
        {
            return DeviceKind.None;
        }

        // A packet device is not ready before its first command: its status is that of no device, for which the other one may show its own signature.
        bool isPacket = _registers.Signature is (PacketMid, PacketHigh);
        if (status == AtaStatus.None && !isPacket)
        {
            return DeviceKind.None;
        }

        _registers.Issue(new TaskCommand(isPacket ? AtaCommand.IdentifyPacketDevice : AtaCommand.IdentifyDevice, isSecond));
        if (!_wait.TryReach(AtaStatus.DataRequest, AtaStatus.DataRequest, isPacket ? s_packetTimeout : s_commandTimeout, out status))
        {
            // Whoever is busy would not let the other device be selected.
            _ = (status & AtaStatus.Busy) == 0 || TryReset();
            return DeviceKind.None;
        }

        if ((status & (AtaStatus.DataRequest | AtaStatus.Error)) != AtaStatus.DataRequest)
        {
            return DeviceKind.None;
        }

        _ = _registers.Status;
        _registers.ReadData(identity);
        return isPacket ? DeviceKind.Packet : DeviceKind.Disk;
    }

    /// <summary>A command without data.</summary>
    public AttemptResult Execute(in TaskCommand command)
    {
        if (!TryIssue(command, out AttemptResult result))
        {
            return result;
        }

        return _wait.TryReach(AtaStatus.Busy, AtaStatus.None, s_flushTimeout, out AtaStatus status) ? Judge(_registers.Status) : new(Outcome.TimeOut, status);
    }

    /// <summary>A transfer that the bus master makes.</summary>
    public AttemptResult MoveByBusMaster(AtaDisk disk, in Transfer transfer)
    {
        BusMaster busMaster = _busMaster!;
        busMaster.CopyFrom(transfer.Source);
        busMaster.Prepare(transfer.Length, isToMemory: !transfer.IsWrite);
        if (!TryIssue(disk.Command(transfer, isDma: true), out AttemptResult result))
        {
            return result;
        }

        busMaster.Start();
        bool isFinished = _wait.TryFinish(busMaster, s_commandTimeout);
        BusMasterStatus moved = busMaster.Stop();
        AtaStatus status = _registers.Status;
        if (!isFinished)
        {
            return new AttemptResult(Outcome.TimeOut, status);
        }

        result = Judge(status);
        bool hasMoved = (moved & (BusMasterStatus.Error | BusMasterStatus.Active)) == 0 && (status & (AtaStatus.Busy | AtaStatus.DataRequest)) == 0;
        if (result.IsDone && !hasMoved)
        {
            return new AttemptResult(Outcome.BusError, status);
        }

        if (result.IsDone)
        {
            busMaster.CopyTo(transfer.Destination);
        }

        return result;
    }

    /// <summary>A transfer that the processor makes, word by word.</summary>
    public AttemptResult MoveByProcessor(AtaDisk disk, in Transfer transfer)
    {
        if (!TryIssue(disk.Command(transfer, isDma: false), out AttemptResult result))
        {
            return result;
        }

        for (int offset = 0; offset < transfer.Length; offset += BlockDevice.SectorSize)
        {
            if (!_wait.TryReach(AtaStatus.DataRequest, AtaStatus.DataRequest, s_commandTimeout, out AtaStatus status))
            {
                return new AttemptResult(Outcome.TimeOut, status);
            }

            result = Judge(_registers.Status);
            if (!result.IsDone)
            {
                return result;
            }

            if (transfer.IsWrite)
            {
                _registers.WriteData(transfer.Source.Slice(offset, BlockDevice.SectorSize));
            }
            else
            {
                _registers.ReadData(transfer.Destination.Slice(offset, BlockDevice.SectorSize));
            }
        }

        return _wait.TryReach(AtaStatus.DataRequest, AtaStatus.None, s_commandTimeout, out AtaStatus last)
            ? Judge(_registers.Status)
            : new AttemptResult(Outcome.TimeOut, last);
    }

    private bool TryIssue(in TaskCommand command, out AttemptResult result)
    {
        result = default;
        if (!TryBeReady(AtaStatus.None, out AtaStatus status))
        {
            result = new AttemptResult(Outcome.TimeOut, status);
            return false;
        }

        _registers.Select(command.IsSecond);
        if (!TryBeReady(AtaStatus.Ready, out status))
        {
            result = new AttemptResult(Outcome.TimeOut, status);
            return false;
        }

        _registers.Issue(command);
        return true;
    }

    /// <summary>Waits until the selected device is neither busy nor in a transfer; an error of the last command does not matter.</summary>
    private bool TryBeReady(AtaStatus wanted, out AtaStatus status)
    {
        const AtaStatus Idle = AtaStatus.DataRequest | AtaStatus.Busy;
        return _wait.TryReach(Idle | wanted, wanted, s_commandTimeout, out status) && (status & (Idle | wanted)) == wanted;
    }

    private AttemptResult Judge(AtaStatus status)
    {
        if ((status & AtaStatus.DeviceFault) != 0)
        {
            return new AttemptResult(Outcome.Fault, status, _registers.Error);
        }

        return (status & AtaStatus.Error) != 0 ? new AttemptResult(Outcome.Refused, status, _registers.Error) : new AttemptResult(Outcome.Done, status);
    }
}
