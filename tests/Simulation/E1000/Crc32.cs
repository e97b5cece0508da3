namespace KernelSockets.Simulation.E1000;

/// <summary>The frame check sequence of IEEE 802.3 §3.2.9.</summary>
internal static class Crc32
{
    private const uint ReversedPolynomial = 0xEDB8_8320;

    private static readonly uint[] s_table = MakeTable();

    /// <summary>The CRC of a frame; its first byte on the wire is the low one.</summary>
    public static uint Compute(ReadOnlySpan<byte> frame)
    {
        uint crc = uint.MaxValue;
        foreach (byte octet in frame)
        {
            crc = s_table[(byte)(crc ^ octet)] ^ crc >> 8;
        }

        return ~crc;
    }

    private static uint[] MakeTable()
    {
        uint[] table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            uint value = i;
            for (int bit = 0; bit < 8; bit++)
            {
                value = (value & 1) != 0 ? ReversedPolynomial ^ value >> 1 : value >> 1;
            }

            table[i] = value;
        }

        return table;
    }
}
