namespace KernelSockets.Drivers.E1000;

/// <summary>
/// Reads a Microwire EEPROM (93C46 or 93C66) by moving its four wires through EECD (§5.3, §13.4.3): the only way on the 82543, and the
/// second try where EERD does not answer.
/// </summary>
/// <remarks>
/// A read is chip select, start bit and opcode 110b, the address, then 16 bits of data, most significant first. The EEPROM takes DI
/// and changes DO at the rising edge of SK.
/// </remarks>
internal sealed class MicrowireEeprom(RegisterSpace registers, Clock clock, bool hasArbitration) : Eeprom
{
    private const uint ReadCommand = 0b110;
    private const int CommandBits = 3;
    private const int SmallAddressBits = 6;
    private const int LargeAddressBits = 8;
    private const int DataBits = 16;
    private const EepromControl Wires = EepromControl.Clock | EepromControl.ChipSelect | EepromControl.DataIn;

    /// <summary>Half a clock period: 125 kHz, half of what the slowest part takes at 3.3 V.</summary>
    private static readonly TimeSpan s_halfPeriod = TimeSpan.FromMicroseconds(4);

    private static readonly TimeSpan s_grantTimeout = TimeSpan.FromMilliseconds(5);

    private readonly BoundedWait _wait = new(registers, clock);
    private uint _control;

    /// <inheritdoc/>
    protected override bool TryReadWord(int word, out ushort value)
    {
        value = 0;
        if (!TryAcquire())
        {
            return false;
        }

        bool isLarge = (_control & (uint)EepromControl.LargeMicrowire) != 0;
        Select();
        ShiftOut(ReadCommand, CommandBits);
        ShiftOut((uint)word, isLarge ? LargeAddressBits : SmallAddressBits);
        value = ShiftIn();
        Release();
        return true;
    }

    private bool TryAcquire()
    {
        _control = registers.Read(Register.EepromControl);
        if (_control == Register.Absent)
        {
            return false;
        }

        _control &= ~(uint)(Wires | EepromControl.Request);
        if (!hasArbitration)
        {
            return true;
        }

        Drive(_control | (uint)EepromControl.Request);
        bool granted = _wait.TryReadUntil(
            Register.EepromControl, (uint)EepromControl.Grant, (uint)EepromControl.Grant, s_grantTimeout, out _);
        if (!granted)
        {
            Drive(_control & ~(uint)EepromControl.Request);
        }

        return granted;
    }

    private void Select() => Drive(_control | (uint)EepromControl.ChipSelect);

    private void Release()
    {
        Drive(_control & ~(uint)Wires);
        Drive(_control & ~(uint)EepromControl.Request);
    }

    private void ShiftOut(uint bits, int count)
    {
        for (int i = count - 1; i >= 0; i--)
        {
            uint data = (bits >> i & 1) != 0 ? (uint)EepromControl.DataIn : 0;
            Drive((_control & ~(uint)EepromControl.DataIn) | data);
            Pulse();
        }

        Drive(_control & ~(uint)EepromControl.DataIn);
    }

    private ushort ShiftIn()
    {
        uint value = 0;
        for (int i = 0; i < DataBits; i++)
        {
            Drive(_control | (uint)EepromControl.Clock);
            uint data = registers.Read(Register.EepromControl) & (uint)EepromControl.DataOut;
            Drive(_control & ~(uint)EepromControl.Clock);
            value = value << 1 | (data != 0 ? 1u : 0u);
        }

        return (ushort)value;
    }

    private void Pulse()
    {
        Drive(_control | (uint)EepromControl.Clock);
        Drive(_control & ~(uint)EepromControl.Clock);
    }

    private void Drive(uint control)
    {
        _control = control;
        registers.Write(Register.EepromControl, control);
        _wait.Delay(s_halfPeriod);
    }
}
