namespace KernelSockets.Simulation;

/// <summary>The sum of the Internet checksum (RFC 1071), written once more so that the stack's own is judged by another.</summary>
public static class OnesComplement
{
    /// <summary>Adds 16-bit words; an odd last byte is the high one.</summary>
    /// <param name="bytes">The words, big-endian.</param>
    /// <param name="initial">What has been added before.</param>
    /// <returns>The folded sum, 0 to 65535; its complement is the checksum.</returns>
    public static uint Sum(ReadOnlySpan<byte> bytes, uint initial)
    {
        uint sum = initial;
        for (int i = 0; i < bytes.Length; i++)
        {
            sum += (i & 1) == 0 ? (uint)bytes[i] << 8 : bytes[i];
        }

        while (sum >> 16 != 0)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return sum;
    }
}
