namespace KernelSockets.Simulation.E1000;

/// <summary>A 93C46: 64 words of 16 bits, read through EERD or bit by bit through EECD.</summary>
public sealed class ModelEeprom
{
    /// <summary>Words.</summary>
    public const int Size = 64;

    private const uint Clock = 1 << 0;
    private const uint ChipSelect = 1 << 1;
    private const uint DataIn = 1 << 2;
    private const int CommandBits = 9;
    private const int ReadCommand = 0b110;

    private readonly ushort[] _words = new ushort[Size];
    private uint _wires;
    private int _bitsIn;
    private int _shiftIn;
    private int _bitsOut;
    private bool _isDataHigh;

    /// <summary>An EEPROM with a valid checksum.</summary>
    public ModelEeprom(MacAddress address)
    {
        Span<byte> bytes = stackalloc byte[MacAddress.Size];
        address.Write(bytes);
        for (int i = 0; i < Size - 1; i++)
        {
            _words[i] = (ushort)(i < 3 ? bytes[2 * i] | bytes[(2 * i) + 1] << 8 : 0x1F35 * i);
        }

        FixChecksum();
    }

    /// <summary>False for an EEPROM that never answers.</summary>
    public bool IsAlive { get; set; } = true;

    /// <summary>State of DO.</summary>
    public bool IsDataHigh => !IsAlive || _isDataHigh;

    /// <summary>A word; writing one leaves the checksum wrong until <see cref="FixChecksum"/>.</summary>
    public ushort this[int word]
    {
        get => _words[word];
        set => _words[word] = value;
    }

    /// <summary>Makes the words add up to 0xBABA.</summary>
    public void FixChecksum()
    {
        ushort sum = 0;
        for (int i = 0; i < Size - 1; i++)
        {
            sum += _words[i];
        }

        _words[Size - 1] = (ushort)(0xBABA - sum);
    }

    /// <summary>The three input wires, as EECD has them.</summary>
    public void Drive(uint wires)
    {
        uint old = _wires;
        _wires = wires;
        if ((wires & ChipSelect) == 0)
        {
            _bitsIn = 0;
            _shiftIn = 0;
            _bitsOut = 0;
            _isDataHigh = true;
            return;
        }

        if ((wires & ~old & Clock) != 0)
        {
            ClockUp((wires & DataIn) != 0);
        }
    }

    private void ClockUp(bool data)
    {
        if (_bitsIn < CommandBits)
        {
            // Zeros before the start bit are ignored.
            _bitsIn += _bitsIn > 0 || data ? 1 : 0;
            _shiftIn = _shiftIn << 1 | (data ? 1 : 0);
            _isDataHigh = _bitsIn < CommandBits;
            return;
        }

        bool isRead = _shiftIn >> 6 == ReadCommand;
        int bit = 15 - (_bitsOut++ & 15);
        _isDataHigh = !isRead || (_words[_shiftIn & (Size - 1)] >> bit & 1) != 0;
    }
}
