using System.Buffers.Binary;

namespace KernelSockets.UserApps.Text.Checksums;

/// <summary>cksum's CRC (POSIX, XCU cksum): of the bytes and behind them their number, least byte first and without zeros at its end.</summary>
internal sealed class PosixCrc : Digest
{
    private const uint Polynomial = 0x04C11DB7;

    private readonly uint[] _table = MakeTable();
    private uint _crc;

    /// <summary>Bytes so far.</summary>
    public long Length { get; private set; }

    /// <inheritdoc/>
    public override void Add(ReadOnlySpan<byte> bytes)
    {
        Length += bytes.Length;
        foreach (byte value in bytes)
        {
            Take(value);
        }
    }

    /// <inheritdoc/>
    public override byte[] Finish()
    {
        for (long rest = Length; rest > 0; rest >>= 8)
        {
            Take((byte)rest);
        }

        byte[] digest = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(digest, ~_crc);
        return digest;
    }

    private static uint[] MakeTable()
    {
        uint[] table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            uint value = i << 24;
            for (int bit = 0; bit < 8; bit++)
            {
                value = (value & 0x80000000) != 0 ? (value << 1) ^ Polynomial : value << 1;
            }

            table[i] = value;
        }

        return table;
    }

    private void Take(byte value) => _crc = (_crc << 8) ^ _table[(_crc >> 24) ^ value];
}
