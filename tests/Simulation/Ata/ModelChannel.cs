using KernelSockets.Simulation.E1000;

namespace KernelSockets.Simulation.Ata;

/// <summary>
/// An IDE channel with its drives, register by register, written from ATA/ATAPI-7 vol. 1 and 2 and the 82371SB data sheet. What these forbid is a
/// <see cref="DriverErrorException"/>.
/// </summary>
public sealed partial class ModelChannel
{
    private const byte Err = 0x01;
    private const byte Drq = 0x08;
    private const byte Seek = 0x10;
    private const byte Fault = 0x20;
    private const byte Ready = 0x40;
    private const byte Busy = 0x80;
    private const byte Idle = Ready | Seek;
    private const byte SoftReset = 4;
    private const byte NoInterrupt = 2;

    /// <summary>Reads within 400 ns of a command or selection, which may still show what was before.</summary>
    private const int UnsettledReads = 3;

    private static readonly TimeSpan s_resetTime = TimeSpan.FromMilliseconds(5);

    private readonly SimulatedTime _time;
    private readonly ModelDrive?[] _drives;
    private readonly byte[] _status = new byte[2];
    private readonly byte[] _error = new byte[2];
    private readonly byte[] _registers = new byte[8];
    private readonly byte[] _older = new byte[8];
    private byte _control;
    private byte _staleStatus;
    private int _staleReads;
    private Instant _resetStart;
    private Instant _quietUntil;
    private int _generation;
    private bool _isSigned;

    /// <summary>A channel at rest.</summary>
    /// <param name="time">Whose events its work is.</param>
    /// <param name="memory">What its bus master reaches.</param>
    /// <param name="first">The first drive.</param>
    /// <param name="second">The second drive.</param>
    public ModelChannel(SimulatedTime time, ModelDmaAllocator memory, ModelDrive? first, ModelDrive? second = null)
    {
        _time = time;
        _drives = [first, second];
        Line = new ModelInterruptLine(time);
        BusMaster = new ModelBusMaster(memory, TryRunDma);
        Command = new ModelPorts
        {
            Name = "command block",
            OnRead8 = ReadCommandBlock,
            OnRead16 = ReadData,
            OnWrite8 = WriteCommandBlock,
            OnWrite16 = WriteData,
        };
        Control = new ModelPorts { Name = "control block", OnRead8 = _ => ReadStatus(), OnWrite8 = (_, value) => WriteControl(value) };
        Sign();
    }

    /// <summary>Command block.</summary>
    public PortSpace Command { get; }

    /// <summary>Control block.</summary>
    public PortSpace Control { get; }

    /// <summary>Bus master.</summary>
    public ModelBusMaster BusMaster { get; }

    /// <summary>Interrupt.</summary>
    public ModelInterruptLine Line { get; }

    /// <summary>True for a bus that nothing drives: it reads as ones.</summary>
    public bool IsFloating { get; init; }

    /// <summary>How long a command takes.</summary>
    public TimeSpan Latency { get; set; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Decides what goes wrong with a command.</summary>
    public Func<ModelCommand, ModelFault> OnCommand { get; set; } = static _ => ModelFault.None;

    /// <summary>Commands so far.</summary>
    public List<ModelCommand> Commands { get; } = [];

    /// <summary>Resets so far.</summary>
    public int Resets { get; private set; }

    private int Selected => (_registers[6] >> 4) & 1;

    private ModelDrive? Drive => _drives[Selected];

    private bool IsEmpty => _drives[0] is null && _drives[1] is null;

    private ref byte Status => ref _status[Selected];

    private byte ReadCommandBlock(int offset)
    {
        if (offset == 7)
        {
            return ReadStatus();
        }

        if (offset == 0)
        {
            throw new DriverErrorException("the data register has 16 bits");
        }

        CheckQuiet();
        if (Drive is not null && (Status & Busy) != 0)
        {
            throw new DriverErrorException($"register {offset} read while the drive is busy");
        }

        return IsFloating ? (byte)0xFF : IsEmpty ? (byte)0
            : offset == 1 ? _error[Selected]
            : offset is 4 or 5 && _isSigned ? Signature(offset)
            : _registers[offset];
    }

    private byte ReadStatus()
    {
        CheckQuiet();
        if (IsFloating)
        {
            return 0xFF;
        }

        if (_staleReads > 0)
        {
            _staleReads--;
            return _staleStatus;
        }

        return Drive is null ? (byte)0 : Status;
    }

    private void WriteCommandBlock(int offset, byte value)
    {
        CheckQuiet();
        if (offset == 0 || (_control & SoftReset) != 0)
        {
            throw new DriverErrorException($"write of 8 bits to register {offset}, control 0x{_control:x2}");
        }

        if (Drive is not null && (Status & (Busy | Drq)) != 0)
        {
            throw new DriverErrorException($"write to register {offset} with status 0x{Status:x2}");
        }

        if (offset == 7)
        {
            Unsettle();
            Start(value);
            return;
        }

        if (offset == 6)
        {
            Unsettle();
        }

        _isSigned &= offset == 6;
        _older[offset] = _registers[offset];
        _registers[offset] = value;
    }

    private void WriteControl(byte value)
    {
        if ((value & ~(SoftReset | NoInterrupt)) != 0)
        {
            throw new DriverErrorException($"device control 0x{value:x2}");
        }

        bool wasReset = (_control & SoftReset) != 0;
        bool isReset = (value & SoftReset) != 0;
        _control = value;
        if (isReset && !wasReset)
        {
            _resetStart = _time.Now;
            _generation++;
            _staleReads = 0;
            Abandon();
            _status[0] = _status[1] = Busy;
        }
        else if (wasReset && !isReset)
        {
            Release();
        }
    }

    private void Release()
    {
        if (_time.Now - _resetStart < TimeSpan.FromMicroseconds(5))
        {
            throw new DriverErrorException("SRST was held for less than 5 µs");
        }

        Resets++;
        _quietUntil = _time.Now + TimeSpan.FromMilliseconds(2);
        _registers[6] = 0;
        After(s_resetTime, Sign);
    }

    /// <summary>What LBA Mid and High tell after a reset (ATA/ATAPI-7 vol. 2 §11.2); a drive without a second one answers for it.</summary>
    private byte Signature(int offset) => (Drive ?? _drives[0]) is not { IsPacket: true } ? (byte)0 : offset == 4 ? (byte)0x14 : (byte)0xEB;

    /// <summary>Both drives leave a reset.</summary>
    private void Sign()
    {
        _isSigned = true;
        for (int i = 0; i < _drives.Length; i++)
        {
            _error[i] = 1;
            _status[i] = _drives[i] switch
            {
                null => 0,
                { IsDead: true } => Busy,
                { IsPacket: true } => 0,
                _ => Idle,
            };
        }
    }

    private void CheckQuiet()
    {
        if (_time.Now < _quietUntil)
        {
            throw new DriverErrorException("a register was touched within 2 ms of a reset");
        }
    }

    private void Unsettle()
    {
        _staleStatus = Drive is null ? (byte)0 : Status;
        _staleReads = UnsettledReads;
    }

    /// <summary>Runs later, unless a reset comes first.</summary>
    private void After(TimeSpan delay, Action action)
    {
        int generation = _generation;
        _time.After(delay, () =>
        {
            if (generation == _generation)
            {
                action();
            }
        });
    }

    private void Interrupt(bool isLost = false)
    {
        if (!isLost && (_control & NoInterrupt) == 0)
        {
            BusMaster.Interrupt();
            Line.Signal();
        }
    }
}
