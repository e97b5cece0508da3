using System.Buffers.Binary;

namespace KernelSockets.UserApps.Text.Checksums;

/// <summary>
/// What MD5, SHA-1 and SHA-256 have in common (RFC 1321 §3, FIPS 180-4 §5): blocks of 64 bytes change some words; the end is padded with a one bit, zeros,
/// and the length in bits.
/// </summary>
/// <param name="initial">The words before the first block.</param>
/// <param name="isBigEndian">The order of bytes in words and in the length.</param>
internal abstract class BlockDigest(ReadOnlySpan<uint> initial, bool isBigEndian) : Digest
{
    /// <summary>Bytes of a block.</summary>
    protected const int BlockSize = 64;

    private const int LengthSize = sizeof(ulong);

    private readonly byte[] _block = new byte[BlockSize];
    private readonly uint[] _state = initial.ToArray();
    private ulong _length;

    private int Filled => (int)(_length % BlockSize);

    /// <inheritdoc/>
    public sealed override void Add(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int filled = Filled;
            _length += (ulong)Math.Min(bytes.Length, BlockSize - filled);
            if (filled == 0 && bytes.Length >= BlockSize)
            {
                Compress(bytes[..BlockSize], _state);
                bytes = bytes[BlockSize..];
                continue;
            }

            int count = Math.Min(bytes.Length, BlockSize - filled);
            bytes[..count].CopyTo(_block.AsSpan(filled));
            bytes = bytes[count..];
            if (filled + count == BlockSize)
            {
                Compress(_block, _state);
            }
        }
    }

    /// <inheritdoc/>
    public sealed override byte[] Finish()
    {
        ulong bits = _length * 8;
        Span<byte> padding = stackalloc byte[BlockSize + LengthSize];
        padding.Clear();
        padding[0] = 0x80;
        int length = 1 + ((2 * BlockSize) - LengthSize - 1 - Filled) % BlockSize;
        Span<byte> end = padding.Slice(length, LengthSize);
        if (isBigEndian)
        {
            BinaryPrimitives.WriteUInt64BigEndian(end, bits);
        }
        else
        {
            BinaryPrimitives.WriteUInt64LittleEndian(end, bits);
        }

        Add(padding[..(length + LengthSize)]);
        byte[] digest = new byte[_state.Length * sizeof(uint)];
        for (int i = 0; i < _state.Length; i++)
        {
            uint word = isBigEndian == BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(_state[i]) : _state[i];
            BitConverter.TryWriteBytes(digest.AsSpan(i * sizeof(uint)), word);
        }

        return digest;
    }

    /// <summary>Changes the words by a block.</summary>
    protected abstract void Compress(ReadOnlySpan<byte> block, Span<uint> state);
}
