namespace KernelSockets.Drivers.E1000;

/// <summary>Reads the EEPROM through EERD, where the hardware does the clocking (§13.4.4); 82544 to 82546.</summary>
internal sealed class RegisterEeprom(RegisterSpace registers, Clock clock) : Eeprom
{
    private const int AddressShift = 8;
    private const int DataShift = 16;

    /// <summary>A word takes about 30 µs at 1 MHz.</summary>
    private static readonly TimeSpan s_timeout = TimeSpan.FromMilliseconds(10);

    private readonly BoundedWait _wait = new(registers, clock);

    /// <inheritdoc/>
    protected override bool TryReadWord(int word, out ushort value)
    {
        registers.Write(Register.EepromRead, (uint)EepromRead.Start | ((uint)word << AddressShift));
        bool done = _wait.TryReadUntil(Register.EepromRead, (uint)EepromRead.Done, (uint)EepromRead.Done, s_timeout, out uint result);
        value = (ushort)(result >> DataShift);
        return done;
    }
}
