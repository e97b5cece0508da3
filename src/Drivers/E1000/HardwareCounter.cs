namespace KernelSockets.Drivers.E1000;

/// <summary>One statistics register, read so that every event is counted exactly once.</summary>
/// <remarks>
/// The manual's registers are cleared by reading (§13.7); QEMU never clears some of them. Which kind this one is shows when it is first
/// seen above zero: read again at once, a cleared register has fallen, the other kind has not. The device's lock protects it.
/// </remarks>
internal struct HardwareCounter(uint register)
{
    /// <summary>Reads that must not show a fall before the register is taken for one that keeps its value; a cleared register would have to
    /// count a frame between each two of them.</summary>
    private const int ConfirmingReads = 8;

    private Kind _kind;
    private uint _last;

    private enum Kind
    {
        Unknown,
        ClearedByReading,
        Kept,
    }

    /// <summary>Events since the last call; 0 once the device has left the bus, when all registers read as ones.</summary>
    public long Sample(RegisterSpace registers)
    {
        uint value = registers.Read(register);
        return _kind switch
        {
            _ when value == Register.Absent => 0,
            Kind.ClearedByReading => value,
            Kind.Kept => Difference(value),
            _ => value == 0 ? 0 : FindKind(registers, value),
        };
    }

    private long FindKind(RegisterSpace registers, uint first)
    {
        long total = first;
        uint previous = first;
        for (int i = 0; i < ConfirmingReads; i++)
        {
            uint value = registers.Read(register);
            total += value;
            if (value < previous)
            {
                _kind = Kind.ClearedByReading;
                return total;
            }

            previous = value;
        }

        _kind = Kind.Kept;
        return Difference(previous);
    }

    /// <summary>A value that fell means that the device was reset in between.</summary>
    private long Difference(uint value)
    {
        uint last = _last;
        _last = value;
        return value >= last ? value - last : value;
    }
}
