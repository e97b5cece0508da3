using static KernelSockets.Simulation.E1000.ModelRegisters;

namespace KernelSockets.Simulation.E1000;

/// <summary>
/// The Intel 82540EM as a driver sees it: register file, interrupt causes, EEPROM, PHY, filters, descriptor rings and DMA, after the "PCI/PCI-X
/// Family of Gigabit Ethernet Controllers Software Developer's Manual (8254x)". What the manual forbids is thrown as
/// <see cref="DriverErrorException"/> instead of being put up with.
/// </summary>
/// <remarks>This file holds the register file and interrupts; receive and transmit are in files of their own. Thread-safe.</remarks>
public sealed partial class Model82540Em : RegisterSpace
{
    private const uint CtrlSlu = 1u << 6;
    private const uint CtrlReset = 1u << 26;
    private const uint CtrlExtEepromReset = 1u << 13;
    private const uint StatusFullDuplex = 1u << 0;
    private const uint StatusLinkUp = 1u << 1;
    private const uint StatusGigabit = 2u << 6;
    private const uint EecdWires = 7;
    private const uint EecdDataOut = 1u << 3;
    private const uint EecdRequest = 1u << 6;
    private const uint EecdGrant = 1u << 7;
    private const uint EecdPresent = 1u << 8;
    private const uint EerdStart = 1u << 0;
    private const uint EerdDone = 1u << 4;
    private const uint MdicReady = 1u << 28;
    private const uint MdicError = 1u << 30;
    private const uint EngineEnable = 1u << 1;
    private const uint AddressValid = 1u << 31;
    private const uint Garbage = 0xDEAD_BEE0;

    private static readonly TimeSpan s_accessTime = TimeSpan.FromTicks(1);
    private static readonly TimeSpan s_resetTime = TimeSpan.FromMicroseconds(1);
    private static readonly TimeSpan s_eepromTime = TimeSpan.FromMicroseconds(30);
    private static readonly TimeSpan s_mdioTime = TimeSpan.FromMicroseconds(60);

    private readonly Lock _gate = new();
    private readonly uint[] _values = new uint[FileSize / sizeof(uint)];
    private readonly RegisterAccess?[] _access = new RegisterAccess?[FileSize / sizeof(uint)];
    private readonly uint[] _mustBeZero = new uint[FileSize / sizeof(uint)];
    private readonly ModelDmaAllocator _memory;
    private readonly BusClock _clock;
    private readonly ModelOptions _options;
    private uint _causes;
    private uint _mask;
    private bool _isCableConnected = true;
    private Instant _quietUntil = Instant.Zero;
    private Instant _eepromReadyAt = Instant.Never;
    private Instant _mdioReadyAt = Instant.Never;

    /// <summary>A device after power-up.</summary>
    /// <param name="memory">The memory it can reach.</param>
    /// <param name="clock">Time; register accesses take some.</param>
    /// <param name="address">The address in the EEPROM.</param>
    /// <param name="options">What device it is.</param>
    public Model82540Em(ModelDmaAllocator memory, BusClock clock, MacAddress address, ModelOptions options)
    {
        _memory = memory;
        _clock = clock;
        _options = options;
        Eeprom = new ModelEeprom(address);
        _fifo = new Queue<QueuedFrame>();
        for (uint offset = 0; offset < FileSize; offset += sizeof(uint))
        {
            _access[offset / sizeof(uint)] = Find(offset, options.Is82543);
            _mustBeZero[offset / sizeof(uint)] = MustBeZero(offset);
        }

        PowerUp();
    }

    /// <summary>The EEPROM.</summary>
    public ModelEeprom Eeprom { get; }

    /// <summary>The PHY.</summary>
    public ModelPhy Phy { get; } = new();

    /// <summary>Called with the new level of the interrupt line when it changes.</summary>
    public Action<bool>? InterruptChanged { get; set; }

    /// <summary>Level of the interrupt line.</summary>
    public bool IsInterruptAsserted { get; private set; }

    /// <summary>Called before each register access with the offset and whether it is a write: the place for a race.</summary>
    public Action<uint, bool>? BeforeAccess { get; set; }

    /// <summary>Register accesses so far.</summary>
    public long AccessCount { get; private set; }

    /// <summary>True for a device whose reset bit never clears.</summary>
    public bool IsResetStuck { get; set; }

    /// <summary>True for an EERD that never gets done, while EECD works.</summary>
    public bool IsEepromReadDead { get; set; }

    /// <summary>False for a device that does not copy its address from the EEPROM to RAL and RAH on a reset.</summary>
    public bool LoadsAddress { get; set; } = true;

    /// <summary>Resets seen.</summary>
    public int ResetCount { get; private set; }

    /// <summary>True once the device has left the bus.</summary>
    public bool IsRemoved { get; private set; }

    /// <summary>STATUS.LU.</summary>
    public bool IsLinkUp => (Peek(STATUS) & StatusLinkUp) != 0;

    /// <summary>Causes that are unmasked.</summary>
    public uint InterruptMask => _mask;

    /// <inheritdoc/>
    public override uint Read(uint offset)
    {
        BeforeAccess?.Invoke(offset, false);
        lock (_gate)
        {
            if (!BeginAccess(offset))
            {
                return uint.MaxValue;
            }

            if (_access[offset / sizeof(uint)] is null or RegisterAccess.WriteOnly)
            {
                throw new DriverErrorException($"read of register 0x{offset:x4}, which cannot be read");
            }

            return IsStatistic(offset) ? ReadStatistic(offset) : ReadRegister(offset);
        }
    }

    /// <inheritdoc/>
    public override void Write(uint offset, uint value)
    {
        BeforeAccess?.Invoke(offset, true);
        lock (_gate)
        {
            if (!BeginAccess(offset))
            {
                return;
            }

            if (_access[offset / sizeof(uint)] is null or RegisterAccess.ReadOnly)
            {
                throw new DriverErrorException($"write of 0x{value:x8} to register 0x{offset:x4}, which cannot be written");
            }

            if ((value & _mustBeZero[offset / sizeof(uint)]) != 0)
            {
                throw new DriverErrorException($"write of 0x{value:x8} to register 0x{offset:x4} sets reserved bits");
            }

            WriteRegister(offset, value);
        }
    }

    /// <summary>A register's value, without side effects.</summary>
    public uint Peek(uint offset)
    {
        lock (_gate)
        {
            return offset switch
            {
                ICR => _causes,
                IMS => _mask,
                _ => _values[offset / sizeof(uint)],
            };
        }
    }

    /// <summary>Plugs the cable in or pulls it out.</summary>
    public void SetCable(bool isConnected)
    {
        lock (_gate)
        {
            _isCableConnected = isConnected;
            Phy.IsLinkUp = isConnected;
            UpdateLink();
        }
    }

    /// <summary>Sets STATUS.SPEED (0 to 2 for 10, 100 and 1000 Mb/s) and STATUS.FD, as negotiation would.</summary>
    public void SetLinkMode(uint speed, bool isFullDuplex)
    {
        lock (_gate)
        {
            uint kept = _values[STATUS / sizeof(uint)] & ~(3u << 6 | StatusFullDuplex);
            _values[STATUS / sizeof(uint)] = kept | speed << 6 | (isFullDuplex ? StatusFullDuplex : 0);
        }
    }

    /// <summary>Sets a bit of STATUS that the model has no cause for by itself.</summary>
    public void SetStatusBit(uint bit, bool isSet)
    {
        lock (_gate)
        {
            ref uint status = ref _values[STATUS / sizeof(uint)];
            status = isSet ? status | bit : status & ~bit;
        }
    }

    /// <summary>Pulls the device off the bus: reads give all ones, writes go nowhere, DMA and interrupts stop.</summary>
    public void Remove()
    {
        lock (_gate)
        {
            IsRemoved = true;
            UpdateLine();
        }
    }

    /// <summary>Raises causes as if the device had met them: for storms.</summary>
    public void Raise(uint causes)
    {
        lock (_gate)
        {
            _causes |= causes;
            UpdateLine();
        }
    }

    private bool BeginAccess(uint offset)
    {
        AccessCount++;
        _clock.Advance(s_accessTime);
        if (offset % sizeof(uint) != 0 || offset >= FileSize)
        {
            throw new DriverErrorException($"access to 0x{offset:x}: not a register's offset");
        }

        if (IsRemoved)
        {
            return false;
        }

        return _clock.Peek >= _quietUntil
            ? true
            : throw new DriverErrorException($"access to register 0x{offset:x4} less than 1 µs after a reset");
    }

    private uint ReadRegister(uint offset)
    {
        switch (offset)
        {
            case ICR:
                return ReadCauses();
            case IMS:
                return _mask;
            case CTRL_DUP:
                return _values[CTRL / sizeof(uint)];
            case EECD:
                return ReadEecd();
            case EERD when _clock.Peek >= _eepromReadyAt && Eeprom.IsAlive && !IsEepromReadDead:
                return _values[EERD / sizeof(uint)] | EerdDone;
            case MDIC when _clock.Peek >= _mdioReadyAt && Phy.IsAlive:
                return _values[MDIC / sizeof(uint)] | MdicReady;
            default:
                return _values[offset / sizeof(uint)];
        }
    }

    private void WriteRegister(uint offset, uint value)
    {
        ref uint register = ref _values[offset / sizeof(uint)];
        switch (offset)
        {
            case CTRL or CTRL_DUP:
                WriteControl(value, isReset: (value & CtrlReset) != 0 && offset == (_options.ResetsAtDuplicate ? CTRL_DUP : CTRL));
                return;
            case CTRL_EXT:
                register = value & ~CtrlExtEepromReset;
                LoadAddress((value & CtrlExtEepromReset) != 0);
                return;
            case ICR:
                _causes &= ~value;
                UpdateLine();
                return;
            case ICS:
                Raise(value);
                return;
            case IMS:
                _mask |= value;
                UpdateLine();
                return;
            case IMC:
                _mask &= ~value;
                UpdateLine();
                return;
            case EECD:
                register = value & (EecdWires | EecdRequest);
                Eeprom.Drive(CanDriveEeprom ? value & EecdWires : 0);
                return;
            case EERD:
                WriteEerd(value);
                return;
            case MDIC:
                WriteMdic(value);
                return;
            case TIDV when value == 0:
                throw new DriverErrorException("TIDV of 0 is not allowed (§13.4.41)");
            case >= RDBAL and <= RDT or RCTL:
                WriteReceive(offset, value);
                return;
            case >= TDBAL and <= TDT or TCTL:
                WriteTransmit(offset, value);
                return;
            default:
                register = value;
                return;
        }
    }

    private uint ReadCauses()
    {
        uint value = _causes;
        if (_mask != 0 || !_options.ClearsCausesOnlyWhenUnmasked)
        {
            _causes = 0;
            UpdateLine();
        }

        return value;
    }

    private void UpdateLine()
    {
        bool level = (_causes & _mask) != 0 && !IsRemoved;
        if (level != IsInterruptAsserted)
        {
            IsInterruptAsserted = level;
            InterruptChanged?.Invoke(level);
        }
    }

    private void WriteControl(uint value, bool isReset)
    {
        if (isReset)
        {
            ResetCount++;
            _quietUntil = _clock.Peek + s_resetTime;
            if (!_options.IgnoresReset)
            {
                Reset();
            }

            if (IsResetStuck)
            {
                _values[CTRL / sizeof(uint)] |= CtrlReset;
                return;
            }
        }

        _values[CTRL / sizeof(uint)] = isReset && !_options.IgnoresReset ? 0 : value & ~CtrlReset;
        UpdateLink();
    }

    private void UpdateLink()
    {
        ref uint status = ref _values[STATUS / sizeof(uint)];
        bool isSetUp = _options.LinkIgnoresSetLinkUp || (_values[CTRL / sizeof(uint)] & CtrlSlu) != 0;
        bool isUp = _isCableConnected && Phy.IsLinkUp && isSetUp;
        if (isUp != ((status & StatusLinkUp) != 0))
        {
            status ^= StatusLinkUp;
            Raise(CauseLink);
            RunTransmit();
        }
    }

    private bool CanDriveEeprom => _options.Is82543 || (_values[EECD / sizeof(uint)] & EecdRequest) != 0;

    private uint ReadEecd()
    {
        uint value = _values[EECD / sizeof(uint)] | EecdPresent;
        value |= !_options.Is82543 && (value & EecdRequest) != 0 && Eeprom.IsAlive ? EecdGrant : 0;
        return CanDriveEeprom && Eeprom.IsDataHigh ? value | EecdDataOut : value;
    }

    private void WriteEerd(uint value)
    {
        uint word = value >> 8 & 0xFF;
        uint data = word < ModelEeprom.Size ? Eeprom[(int)word] : 0u;
        _values[EERD / sizeof(uint)] = (value & 0xFF00) | data << 16;
        _eepromReadyAt = (value & EerdStart) != 0 ? _clock.Peek + s_eepromTime : Instant.Never;
    }

    private void WriteMdic(uint value)
    {
        int register = (int)(value >> 16 & 31);
        bool isInternal = (value >> 21 & 31) == 1;
        bool ok = false;
        switch (value >> 26 & 3)
        {
            case 1:
                ok = isInternal && Phy.TryWrite(register, (ushort)value);
                UpdateLink();
                break;
            case 2:
                ok = isInternal & Phy.TryRead(register, out ushort data);
                value = (value & 0xFFFF_0000) | data;
                break;
            default:
                throw new DriverErrorException($"MDIC operation in 0x{value:x8} is neither read nor write");
        }

        _values[MDIC / sizeof(uint)] = (value & ~(MdicReady | MdicError)) | (ok ? 0 : MdicError);
        _mdioReadyAt = _clock.Peek + s_mdioTime;
    }

    private void PowerUp()
    {
        _values[STATUS / sizeof(uint)] = StatusFullDuplex | StatusGigabit;

        // Not initialized by any reset (§13.5.1, §13.4.25): what the driver does not write stays nonsense.
        _values.AsSpan((int)MTA / sizeof(uint), TableLength).Fill(Garbage);
        foreach (uint offset in (ReadOnlySpan<uint>)[RDBAL, RDBAH, TDBAL, TDBAH])
        {
            _values[offset / sizeof(uint)] = Garbage;
        }

        LoadAddress(true);
        UpdateLink();
    }

    /// <summary>§14.2: all but MTA, the base addresses and the PHY goes back to the start; the EEPROM is loaded again.</summary>
    private void Reset()
    {
        foreach (uint offset in (ReadOnlySpan<uint>)[RCTL, TCTL, RDLEN, RDH, RDT, RDTR, TDLEN, TDH, TDT, TIDV, RADV, TADV, ITR, RXCSUM])
        {
            _values[offset / sizeof(uint)] = 0;
        }

        _values.AsSpan((int)CRCERRS / sizeof(uint), 64).Clear();
        _causes = 0;
        _mask = 0;
        _fifo.Clear();
        _fifoUsed = 0;
        _given.AsSpan().Clear();
        _isReceiverUsed = false;
        _isTransmitterUsed = false;
        _cutter.Clear();
        IsTransmitterHung = false;
        LoadAddress(!_options.Is82543);
        UpdateLine();
    }

    private void LoadAddress(bool isLoading)
    {
        if (isLoading && LoadsAddress && Eeprom.IsAlive)
        {
            _values[RAL / sizeof(uint)] = Eeprom[0] | (uint)Eeprom[1] << 16;
            _values[RAH / sizeof(uint)] = Eeprom[2] | AddressValid;
        }
    }

    private uint ReadStatistic(uint offset)
    {
        ref uint register = ref _values[offset / sizeof(uint)];
        uint value = register;
        if (!_options.KeepsSomeCounters || !IsKeptByQemu(offset))
        {
            register = 0;
        }

        return value;
    }

    private void Count(uint offset)
    {
        ref uint register = ref _values[offset / sizeof(uint)];
        register += register == uint.MaxValue ? 0u : 1u;
    }

    /// <summary>Adds to a pair of registers, low first.</summary>
    private void CountOctets(uint low, int octets)
    {
        ref uint lowRegister = ref _values[low / sizeof(uint)];
        ref uint highRegister = ref _values[(low / sizeof(uint)) + 1];
        ulong sum = ((ulong)highRegister << 32 | lowRegister) + (uint)octets;
        lowRegister = (uint)sum;
        highRegister = (uint)(sum >> 32);
    }

    private ulong RingBase(uint low) => (ulong)_values[(low / sizeof(uint)) + 1] << 32 | _values[low / sizeof(uint)];
}
