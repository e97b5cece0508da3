namespace KernelSockets.Drivers.E1000;

/// <summary>The serial EEPROM behind the controller: 16-bit words, of which the first 64 carry a checksum (chapter 5).</summary>
/// <remarks>Used once, at start-up, by the task that creates the device.</remarks>
internal abstract class Eeprom
{
    /// <summary>Words 00h to 3Fh are under the checksum (§5.6).</summary>
    private const int ChecksummedWords = 0x40;

    /// <summary>What they add up to, modulo 2^16 (§5.6, word 3Fh).</summary>
    private const ushort ChecksumTarget = 0xBABA;

    /// <summary>Words 00h to 02h are the station address, low byte first (§5.6.1).</summary>
    private const int AddressWords = MacAddress.Size / 2;

    /// <summary>Reads the station address, if the EEPROM answers and its checksum is right.</summary>
    public bool TryReadAddress(out MacAddress address)
    {
        Span<byte> bytes = stackalloc byte[MacAddress.Size];
        address = default;
        ushort sum = 0;
        for (int word = 0; word < ChecksummedWords; word++)
        {
            if (!TryReadWord(word, out ushort value))
            {
                return false;
            }

            sum += value;
            if (word < AddressWords)
            {
                bytes[2 * word] = (byte)value;
                bytes[(2 * word) + 1] = (byte)(value >> 8);
            }
        }

        address = MacAddress.Read(bytes);
        return sum == ChecksumTarget;
    }

    /// <summary>Reads one word.</summary>
    /// <returns>False when the EEPROM does not answer.</returns>
    protected abstract bool TryReadWord(int word, out ushort value);
}
