namespace KernelSockets.Drivers.E1000;

/// <summary>The register sequences of the controller: reset, configuration, start and stop (chapter 14). Knows no frames.</summary>
/// <remarks>Called at start-up by the creating task, later under the device's lock.</remarks>
internal sealed class Controller
{
    /// <summary>Least time between two interrupts: 195 × 256 ns = 50 µs (§13.4.18). The first after a pause is not delayed.</summary>
    private const uint InterruptThrottling = 195;

    /// <summary>TIDV, 64 µs: sent frames are worth an interrupt only in numbers (§13.4.41).</summary>
    private const uint TransmitDelay = 64;

    /// <summary>TADV, 256 µs: the most that TIDV may add up to under load (§13.4.44).</summary>
    private const uint TransmitAbsoluteDelay = 256;

    /// <summary>
    /// RDTR and RADV 0: an interrupt at once, since ITR bounds the rate. A value above 0 can stop receive interrupts for good on some
    /// parts.
    /// </summary>
    private const uint NoReceiveDelay = 0;

    /// <summary>How long transfers under way may take to end once both engines are off.</summary>
    private static readonly TimeSpan s_quiesceTime = TimeSpan.FromMilliseconds(10);

    /// <summary>Registers must not be touched for 1 µs after a reset (§13.4.1).</summary>
    private static readonly TimeSpan s_resetQuietTime = TimeSpan.FromMicroseconds(10);

    private static readonly TimeSpan s_resetTimeout = TimeSpan.FromMilliseconds(20);

    /// <summary>The EEPROM's contents take up to 5 ms to load (§14.3).</summary>
    private static readonly TimeSpan s_eepromLoadTime = TimeSpan.FromMilliseconds(5);

    private const int MulticastHashMask = 0xFFF;
    private const int MulticastHashShift = 5;
    private const int MulticastBitMask = 31;

    private readonly RegisterSpace _registers;
    private readonly uint[] _multicastTable = new uint[Register.MulticastTableLength];
    private readonly Clock _clock;
    private readonly Chip _chip;
    private readonly BoundedWait _wait;
    private TransmitControl _transmitControl;

    /// <summary>Wraps the register file; touches nothing yet.</summary>
    public Controller(RegisterSpace registers, Clock clock, Chip chip)
    {
        _registers = registers;
        _clock = clock;
        _chip = chip;
        _wait = new BoundedWait(registers, clock);
    }

    /// <summary>False once the device has left the bus.</summary>
    public bool IsPresent => _registers.Read(Register.Status) != Register.Absent;

    /// <summary>STATUS.</summary>
    public DeviceStatus ReadStatus() => (DeviceStatus)_registers.Read(Register.Status);

    /// <summary>Reads the pending causes, which clears them.</summary>
    /// <remarks>To be read with interrupts on: VirtualBox does not clear ICR while all are masked, and the same causes would come again at once.</remarks>
    public InterruptCauses ReadCauses() => (InterruptCauses)_registers.Read(Register.InterruptCauseRead);

    /// <summary>Turns interrupts off, all by default.</summary>
    public void MaskInterrupts(InterruptCauses causes = InterruptCauses.All) => _registers.Write(Register.InterruptMaskClear, (uint)causes);

    /// <summary>Turns interrupts on; one that is pending already is raised at once.</summary>
    public void UnmaskInterrupts(InterruptCauses causes) => _registers.Write(Register.InterruptMaskSet, (uint)causes);

    /// <summary>Stops both engines and resets the device; afterwards it owns no memory and raises no interrupt.</summary>
    /// <returns><see cref="Errno.ENODEV"/> when it has left the bus, <see cref="Errno.EIO"/> when the reset does not end.</returns>
    public Errno Reset()
    {
        MaskInterrupts();
        StopEngines();
        uint control = _registers.Read(Register.Control);
        if (control == Register.Absent)
        {
            return Errno.ENODEV;
        }

        _registers.Write(_chip.ResetRegister, control | (uint)DeviceControl.Reset);
        _wait.Delay(s_resetQuietTime);
        if (!_wait.TryReadUntil(Register.Control, (uint)DeviceControl.Reset, 0, s_resetTimeout, out uint value))
        {
            return value == Register.Absent ? Errno.ENODEV : Errno.EIO;
        }

        LoadEeprom();
        MaskInterrupts();
        _ = ReadCauses();
        return Errno.Success;
    }

    /// <summary>Finds the station address: the EEPROM's, else the one that hardware or firmware left in RAL and RAH.</summary>
    /// <returns>False when neither holds a unicast address.</returns>
    public bool TryReadAddress(out MacAddress address)
    {
        bool found = (_chip.HasEepromRead && new RegisterEeprom(_registers, _clock).TryReadAddress(out address) && IsUsable(address))
            || (new MicrowireEeprom(_registers, _clock, _chip.HasEepromArbitration).TryReadAddress(out address) && IsUsable(address));
        if (!found)
        {
            return TryReadFilterAddress(out address);
        }

        if (_chip.HasTwoPorts && (ReadStatus() & DeviceStatus.SecondPort) != 0)
        {
            address = OtherPort(address);
        }

        return true;
    }

    /// <summary>
    /// Writes all registers but those that start the engines. Nothing is left to reset values: QEMU's device keeps its registers.
    /// </summary>
    /// <param name="address">The station address.</param>
    /// <param name="receiveRing">Bus address of the receive descriptors.</param>
    /// <param name="transmitRing">Bus address of the transmit descriptors.</param>
    public void Configure(MacAddress address, ulong receiveRing, ulong transmitRing)
    {
        ConfigureLink();
        ConfigureFilters(address);
        ConfigureReceiver(receiveRing);
        ConfigureTransmitter(transmitRing);
        if (_chip.Is82540OrLater)
        {
            _registers.Write(Register.InterruptThrottling, InterruptThrottling);
            uint management = _registers.Read(Register.ManagementControl);
            _registers.Write(Register.ManagementControl, management & ~(uint)ManagementControl.AnswerArp);
        }
    }

    /// <summary>Starts both engines. RDT is to be written after this (§14.4).</summary>
    /// <param name="isPromiscuous">See <see cref="SetReceiveFilter"/>.</param>
    public void StartEngines(bool isPromiscuous)
    {
        _transmitControl = TransmitControl.Enable | TransmitControl.PadShortPackets | TransmitControl.CollisionThreshold
            | TransmitControl.CollisionDistance | TransmitControl.RetransmitLateCollision;
        _registers.Write(Register.TransmitControl, (uint)_transmitControl);
        SetReceiveFilter(isPromiscuous);
    }

    /// <summary>Writes RCTL with the receiver on: 2 KiB buffers, no long frames, no bad frames, no VLAN filter.</summary>
    /// <remarks>Written as seldom as can be: QEMU holds received frames back for a second after each write.</remarks>
    /// <param name="isPromiscuous">Take every good frame on the wire.</param>
    public void SetReceiveFilter(bool isPromiscuous)
    {
        ReceiveControl control = ReceiveControl.Enable | ReceiveControl.AcceptBroadcast;
        control |= _chip.Is82540OrLater ? ReceiveControl.StripCrc : 0;
        control |= isPromiscuous ? ReceiveControl.UnicastPromiscuous | ReceiveControl.MulticastPromiscuous : 0;
        _registers.Write(Register.ReceiveControl, (uint)control);
    }

    /// <summary>
    /// Sets which multicast frames pass: each address sets one of 4,096 bits (§13.5.1, with RCTL.MO = 0), so that others which share its bit pass, too.
    /// </summary>
    /// <remarks>All bits are set for all groups: unlike RCTL.MPE that costs no write of RCTL, see <see cref="SetReceiveFilter"/>.</remarks>
    /// <param name="groups">Wanted destination addresses.</param>
    /// <param name="acceptsAll">True to want all of them.</param>
    /// <param name="isRunning">False to keep them for the next <see cref="Configure"/> only.</param>
    public void SetMulticastFilter(ReadOnlySpan<MacAddress> groups, bool acceptsAll, bool isRunning)
    {
        Span<uint> table = stackalloc uint[(int)Register.MulticastTableLength];
        table.Fill(acceptsAll ? uint.MaxValue : 0);
        Span<byte> bytes = stackalloc byte[MacAddress.Size];
        foreach (MacAddress group in groups)
        {
            group.Write(bytes);
            int hash = (bytes[4] >> 4 | bytes[5] << 4) & MulticastHashMask;
            table[hash >> MulticastHashShift] |= 1u << (hash & MulticastBitMask);
        }

        for (int i = 0; i < table.Length; i++)
        {
            bool isChange = _multicastTable[i] != table[i];
            _multicastTable[i] = table[i];
            if (isChange && isRunning)
            {
                WriteMulticastTable(i);
            }
        }
    }

    /// <summary>Fits the collision distance to the link: only half duplex at 1000 Mb/s needs another (§13.4.33).</summary>
    public void SetCollisionDistance(DeviceStatus status)
    {
        bool isGigabit = (status & DeviceStatus.SpeedMask) > DeviceStatus.Speed100;
        bool isGigabitHalf = isGigabit && (status & DeviceStatus.FullDuplex) == 0;
        TransmitControl wanted = _transmitControl & ~(TransmitControl.CollisionDistance | TransmitControl.CollisionDistanceGigabitHalf);
        wanted |= isGigabitHalf ? TransmitControl.CollisionDistanceGigabitHalf : TransmitControl.CollisionDistance;
        if (wanted != _transmitControl)
        {
            _transmitControl = wanted;
            _registers.Write(Register.TransmitControl, (uint)wanted);
        }
    }

    private static bool IsUsable(MacAddress address) => !address.IsMulticast && address != MacAddress.Any;

    private static MacAddress OtherPort(MacAddress address)
    {
        Span<byte> bytes = stackalloc byte[MacAddress.Size];
        address.Write(bytes);
        bytes[^1] ^= 1;
        return MacAddress.Read(bytes);
    }

    private bool TryReadFilterAddress(out MacAddress address)
    {
        Span<byte> bytes = stackalloc byte[MacAddress.Size];
        uint low = _registers.Read(Register.ReceiveAddressLow);
        uint high = _registers.Read(Register.ReceiveAddressHigh);
        for (int i = 0; i < MacAddress.Size; i++)
        {
            bytes[i] = (byte)(i < sizeof(uint) ? low >> (8 * i) : high >> (8 * (i - sizeof(uint))));
        }

        address = MacAddress.Read(bytes);
        return (high & (uint)ReceiveAddressHighBits.Valid) != 0 && high != Register.Absent && IsUsable(address);
    }

    /// <summary>Registers are written only where an engine runs: see <see cref="SetReceiveFilter"/>.</summary>
    private void StopEngines()
    {
        bool isReceiving = (_registers.Read(Register.ReceiveControl) & (uint)ReceiveControl.Enable) != 0;
        bool isSending = (_registers.Read(Register.TransmitControl) & (uint)TransmitControl.Enable) != 0;
        if (isReceiving)
        {
            _registers.Write(Register.ReceiveControl, 0);
        }

        if (isSending)
        {
            _registers.Write(Register.TransmitControl, (uint)TransmitControl.PadShortPackets);
        }

        if ((isReceiving || isSending) && IsPresent)
        {
            _wait.Delay(s_quiesceTime);
        }
    }

    private void LoadEeprom()
    {
        if (_chip.NeedsEepromReload)
        {
            uint extended = _registers.Read(Register.ExtendedControl);
            _registers.Write(Register.ExtendedControl, extended | (uint)ExtendedControl.EepromReset);
        }

        _wait.Delay(s_eepromLoadTime);
    }

    /// <summary>
    /// §14.3: the MAC follows the PHY. On the 82543 the external PHY would have to be asked bit by bit; the link is set to 1000 Mb/s full
    /// duplex there, which is what its emulations offer.
    /// </summary>
    private void ConfigureLink()
    {
        const DeviceControl Cleared = DeviceControl.LinkReset | DeviceControl.PhyReset | DeviceControl.InvertLossOfSignal
            | DeviceControl.VlanMode | DeviceControl.ForceSpeed | DeviceControl.ForceDuplex
            | DeviceControl.ReceiveFlowControl | DeviceControl.TransmitFlowControl;
        const DeviceControl Forced = DeviceControl.ForceSpeed | DeviceControl.ForceDuplex
            | DeviceControl.Speed1000 | DeviceControl.FullDuplex;

        DeviceControl control = (DeviceControl)_registers.Read(Register.Control) & ~Cleared;
        control |= DeviceControl.SetLinkUp;
        control = _chip.HasInternalPhy ? control | DeviceControl.AutoSpeedDetection : (control & ~DeviceControl.SpeedMask) | Forced;
        _registers.Write(Register.Control, (uint)control);

        _registers.Write(Register.FlowControlAddressLow, 0);
        _registers.Write(Register.FlowControlAddressHigh, 0);
        _registers.Write(Register.FlowControlType, 0);
        _registers.Write(Register.FlowControlTransmitTimer, 0);
        _registers.Write(Register.FlowControlThresholdLow, 0);
        _registers.Write(Register.FlowControlThresholdHigh, 0);
    }

    /// <summary>§14.4: our address, and nothing else.</summary>
    private void ConfigureFilters(MacAddress address)
    {
        Span<byte> bytes = stackalloc byte[MacAddress.Size];
        address.Write(bytes);
        uint low = bytes[0] | (uint)bytes[1] << 8 | (uint)bytes[2] << 16 | (uint)bytes[3] << 24;
        uint high = bytes[4] | (uint)bytes[5] << 8 | (uint)ReceiveAddressHighBits.Valid;
        for (uint i = 0; i < Register.ReceiveAddressCount; i++)
        {
            _registers.Write(Register.ReceiveAddressLow + (8 * i), i == 0 ? low : 0);
            _registers.Write(Register.ReceiveAddressHigh + (8 * i), i == 0 ? high : 0);
        }

        for (int i = 0; i < _multicastTable.Length; i++)
        {
            WriteMulticastTable(i);
        }
    }

    private void WriteMulticastTable(int index) => _registers.Write(Register.MulticastTable + (4 * (uint)index), _multicastTable[index]);

    /// <summary>§14.4.</summary>
    private void ConfigureReceiver(ulong ring)
    {
        _registers.Write(Register.ReceiveDelayTimer, NoReceiveDelay);
        if (_chip.Is82540OrLater)
        {
            _registers.Write(Register.ReceiveAbsoluteDelay, NoReceiveDelay);
        }

        _registers.Write(Register.ReceiveDescriptorBaseLow, (uint)ring);
        _registers.Write(Register.ReceiveDescriptorBaseHigh, (uint)(ring >> 32));
        _registers.Write(Register.ReceiveDescriptorLength, DescriptorRing.SizeInBytes);
        _registers.Write(Register.ReceiveDescriptorHead, 0);
        _registers.Write(Register.ReceiveDescriptorTail, 0);
        _registers.Write(Register.ReceiveChecksum, (uint)(ReceiveChecksum.Ip | ReceiveChecksum.Transport));
    }

    /// <summary>§14.5.</summary>
    private void ConfigureTransmitter(ulong ring)
    {
        _registers.Write(Register.TransmitDescriptorBaseLow, (uint)ring);
        _registers.Write(Register.TransmitDescriptorBaseHigh, (uint)(ring >> 32));
        _registers.Write(Register.TransmitDescriptorLength, DescriptorRing.SizeInBytes);
        _registers.Write(Register.TransmitDescriptorHead, 0);
        _registers.Write(Register.TransmitDescriptorTail, 0);
        _registers.Write(Register.TransmitGap, _chip.TransmitGap);
        _registers.Write(Register.TransmitDelayTimer, TransmitDelay);
        if (_chip.Is82540OrLater)
        {
            _registers.Write(Register.TransmitAbsoluteDelay, TransmitAbsoluteDelay);
        }
    }
}
