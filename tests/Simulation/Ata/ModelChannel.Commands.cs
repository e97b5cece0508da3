using KernelSockets.Simulation.E1000;

namespace KernelSockets.Simulation.Ata;

/// <content>What the drives do with commands: the protocols of ATA/ATAPI-7 vol. 2 §11.</content>
public sealed partial class ModelChannel
{
    private const int SectorSize = BlockDevice.SectorSize;

    private static readonly TimeSpan s_blockTime = TimeSpan.FromMicroseconds(10);

    private ModelCommand _current;
    private ModelFault _fault;
    private byte[] _data = [];
    private int _position;
    private bool _isWaitingForBusMaster;

    private void Start(byte code)
    {
        if (Drive is not { } drive)
        {
            return;
        }

        if (!drive.IsPacket && (Status & Ready) == 0)
        {
            throw new DriverErrorException($"command 0x{code:x2} to a drive that is not ready");
        }

        _current = Decode(code);
        Commands.Add(_current);
        _fault = OnCommand(_current);
        _error[Selected] = 0;
        Status = Busy;
        if (_fault == ModelFault.NoAnswer)
        {
            return;
        }

        if (Refusal(drive) is { } refusal)
        {
            After(Latency, () => Fail(refusal));
            return;
        }

        switch (code)
        {
            case ModelCommand.Identify or ModelCommand.IdentifyPacket:
                _data = drive.Identify();
                After(Latency, OfferBlock);
                break;
            case ModelCommand.Flush or ModelCommand.FlushExt:
                After(Latency, Complete);
                break;
            default:
                StartTransfer(drive);
                break;
        }
    }

    private ModelCommand Decode(byte code)
    {
        ModelCommand command = new(code, Selected == 1, 0, 0);
        if (!command.IsTransfer)
        {
            return command;
        }

        if ((_registers[6] & 0x40) == 0)
        {
            throw new DriverErrorException("an address that is not LBA");
        }

        long low = _registers[3] | (_registers[4] << 8) | (_registers[5] << 16);
        long sector = command.IsExtended
            ? low | ((long)_older[3] << 24) | ((long)_older[4] << 32) | ((long)_older[5] << 40)
            : low | ((long)(_registers[6] & 15) << 24);
        int count = command.IsExtended ? (_older[2] << 8) | _registers[2] : _registers[2];
        return command with { Sector = sector, Count = count == 0 ? command.IsExtended ? 65536 : 256 : count };
    }

    /// <summary>The Error register of a command that cannot be carried out.</summary>
    private byte? Refusal(ModelDrive drive)
    {
        const byte Abort = 4;
        const byte NotFound = 0x10;
        const byte Medium = 0x40;
        const byte Cable = 0x84;
        bool isKnown = _current.IsTransfer || _current.Code is ModelCommand.Identify || (_current.Code is ModelCommand.Flush or ModelCommand.FlushExt && drive.HasFlush);
        if (_current.Code == ModelCommand.IdentifyPacket)
        {
            return drive.IsPacket ? null : Abort;
        }

        if (drive.IsPacket || !isKnown || (_current.IsExtended && !drive.IsExtended))
        {
            return Abort;
        }

        return _fault switch
        {
            ModelFault.MediumError => Medium,
            ModelFault.Abort => Abort,
            ModelFault.CableError => Cable,
            _ => _current.IsTransfer && _current.Sector + _current.Count > drive.Sectors ? NotFound : null,
        };
    }

    private void StartTransfer(ModelDrive drive)
    {
        _position = 0;
        _data = new byte[_current.Count * SectorSize];
        for (int i = 0; i < _current.Count && !_current.IsWrite; i++)
        {
            drive.Read(_current.Sector + i, _data.AsSpan(i * SectorSize));
        }

        if (_current.IsDma)
        {
            _isWaitingForBusMaster = true;
            TryRunDma();
        }
        else
        {
            After(_current.IsWrite ? s_blockTime : Latency, OfferBlock);
        }
    }

    private void TryRunDma()
    {
        if (_isWaitingForBusMaster && BusMaster.IsStarted)
        {
            _isWaitingForBusMaster = false;
            After(Latency, RunDma);
        }
    }

    private void RunDma()
    {
        if (_fault == ModelFault.BusError)
        {
            BusMaster.Fail();
            return;
        }

        bool isShort = _fault == ModelFault.ShortTransfer;
        BusMaster.Move(_data.AsSpan(0, isShort ? _data.Length / 2 : _data.Length), !_current.IsWrite, !isShort);
        Complete();
    }

    /// <summary>The next block can be transferred word by word.</summary>
    private void OfferBlock()
    {
        if (_fault == ModelFault.DeviceFault)
        {
            Complete();
            return;
        }

        Status = Idle | Drq;
        if (!_current.IsWrite || _position > 0)
        {
            Interrupt(_fault == ModelFault.LostInterrupt);
        }
    }

    private ushort ReadData(int offset)
    {
        CheckDataAccess(offset, isWrite: false);
        ushort word = (ushort)(_data[_position] | (_data[_position + 1] << 8));
        Advance();
        return word;
    }

    private void WriteData(int offset, ushort value)
    {
        CheckDataAccess(offset, isWrite: true);
        _data[_position] = (byte)value;
        _data[_position + 1] = (byte)(value >> 8);
        Advance();
    }

    private void CheckDataAccess(int offset, bool isWrite)
    {
        CheckQuiet();
        if (offset != 0 || Drive is null || (Status & (Busy | Drq)) != Drq || _current.IsDma || _current.IsWrite != isWrite)
        {
            throw new DriverErrorException($"access of 16 bits to register {offset} with status 0x{Status:x2} in command 0x{_current.Code:x2}");
        }
    }

    private void Advance()
    {
        _position += sizeof(ushort);
        if (_position % SectorSize != 0)
        {
            return;
        }

        Unsettle();
        if (_position < _data.Length)
        {
            Status = Busy;
            After(s_blockTime, OfferBlock);
        }
        else if (_current.IsWrite)
        {
            Status = Busy;
            After(Latency, Complete);
        }
        else
        {
            _position = 0;
            Status = Idle;
        }
    }

    /// <summary>The command has been carried out.</summary>
    private void Complete()
    {
        if (_fault == ModelFault.DeviceFault)
        {
            Status = Idle | Fault;
            Interrupt();
            return;
        }

        for (int i = 0; i < _current.Count && _current.IsWrite && !(_current.IsDma && _fault == ModelFault.ShortTransfer); i++)
        {
            Drive!.Write(_current.Sector + i, _data.AsSpan(i * SectorSize, SectorSize));
        }

        if (_current.Code is ModelCommand.Flush or ModelCommand.FlushExt)
        {
            Drive!.Flush();
        }

        _position = 0;
        Status = Idle;
        Interrupt(_fault == ModelFault.LostInterrupt);
    }

    private void Fail(byte error)
    {
        _isWaitingForBusMaster = false;
        _error[Selected] = error;
        Status = Idle | Err;
        Interrupt();
    }

    private void Abandon()
    {
        _isWaitingForBusMaster = false;
        _position = 0;
        _data = [];
    }
}
