using System.Numerics;
using KernelSockets.Vfs.Cache;

namespace KernelSockets.Vfs.Minix;

/// <summary>The inode map or the zone map: a bit for each, set when in use. Bit 0 is reserved; the bits behind the last are set.</summary>
/// <remarks>Under the file system's lock.</remarks>
internal sealed class MinixBitmap
{
    private const int BitsPerByte = 8;
    private const byte Full = 0xFF;

    private readonly BlockCache _cache;
    private readonly uint _firstBlock;
    private readonly uint _bitCount;
    private readonly byte[] _scratch;
    private uint _hint = 1;

    /// <summary>A map.</summary>
    /// <param name="cache">The blocks.</param>
    /// <param name="firstBlock">Where it begins.</param>
    /// <param name="bitCount">Bits, the reserved one among them.</param>
    public MinixBitmap(BlockCache cache, uint firstBlock, uint bitCount)
    {
        _cache = cache;
        _firstBlock = firstBlock;
        _bitCount = bitCount;
        _scratch = new byte[cache.BlockSize];
    }

    /// <summary>Bits that are not set.</summary>
    public uint FreeCount { get; private set; }

    private uint BitsPerBlock => (uint)(_cache.BlockSize * BitsPerByte);

    /// <summary>Counts the free bits; once, when mounting.</summary>
    /// <returns><see cref="Errno.EIO"/>.</returns>
    public Errno Load()
    {
        uint used = 0;
        for (uint start = 0; start < _bitCount; start += BitsPerBlock)
        {
            Errno error = _cache.Read(_firstBlock + (start / BitsPerBlock), 0, _scratch);
            if (error != Errno.Success)
            {
                return error;
            }

            uint bits = Math.Min(BitsPerBlock, _bitCount - start);
            for (uint bit = 0; bit < bits; bit += BitsPerByte)
            {
                int inByte = (int)Math.Min(BitsPerByte, bits - bit);
                used += (uint)BitOperations.PopCount((uint)(_scratch[bit / BitsPerByte] & ((1 << inByte) - 1)));
            }
        }

        FreeCount = _bitCount - used;
        return Errno.Success;
    }

    /// <summary>Sets the first free bit from where the last was found, and round.</summary>
    /// <param name="bit">Its number, from 1.</param>
    /// <returns><see cref="Errno.ENOSPC"/>, <see cref="Errno.EIO"/>.</returns>
    public Errno Take(out uint bit)
    {
        bit = 0;
        if (FreeCount == 0)
        {
            return Errno.ENOSPC;
        }

        Errno error = FindFree(_hint, _bitCount, out bit);
        if (error == Errno.ENOSPC)
        {
            error = FindFree(1, _hint, out bit);
        }

        if (error == Errno.Success)
        {
            error = Change(bit, isSet: true);
        }

        if (error == Errno.Success)
        {
            _hint = bit + 1 < _bitCount ? bit + 1 : 1;
            FreeCount--;
        }

        return error;
    }

    /// <summary>Clears a bit.</summary>
    /// <returns><see cref="Errno.EUCLEAN"/> when it was clear or is none, <see cref="Errno.EIO"/>.</returns>
    public Errno Return(uint bit)
    {
        if (bit == 0 || bit >= _bitCount)
        {
            return Errno.EUCLEAN;
        }

        Errno error = Change(bit, isSet: false);
        if (error == Errno.Success)
        {
            FreeCount++;
            _hint = Math.Min(_hint, bit);
        }

        return error;
    }

    /// <summary>True when a bit is set.</summary>
    public Errno IsTaken(uint bit, out bool isTaken)
    {
        Span<byte> value = stackalloc byte[1];
        (uint block, int offset, int mask) = Locate(bit);
        Errno error = _cache.Read(block, offset, value);
        isTaken = (value[0] & mask) != 0;
        return error;
    }

    private (uint Block, int Offset, int Mask) Locate(uint bit) =>
        (_firstBlock + (bit / BitsPerBlock), (int)(bit % BitsPerBlock / BitsPerByte), 1 << (int)(bit % BitsPerByte));

    private Errno Change(uint bit, bool isSet)
    {
        Span<byte> value = stackalloc byte[1];
        (uint block, int offset, int mask) = Locate(bit);
        Errno error = _cache.Read(block, offset, value);
        if (error != Errno.Success)
        {
            return error;
        }

        if (((value[0] & mask) != 0) == isSet)
        {
            return Errno.EUCLEAN;
        }

        value[0] ^= (byte)mask;
        return _cache.Write(block, offset, value);
    }

    private Errno FindFree(uint from, uint to, out uint bit)
    {
        bit = from;
        while (bit < to)
        {
            Errno error = _cache.Read(_firstBlock + (bit / BitsPerBlock), 0, _scratch);
            if (error != Errno.Success)
            {
                return error;
            }

            uint start = bit / BitsPerBlock * BitsPerBlock;
            uint end = Math.Min(start + BitsPerBlock, to);
            for (; bit < end; bit++)
            {
                byte value = _scratch[(bit - start) / BitsPerByte];
                if (value == Full)
                {
                    bit |= BitsPerByte - 1;
                }
                else if ((value & (1 << (int)(bit % BitsPerByte))) == 0)
                {
                    return Errno.Success;
                }
            }
        }

        return Errno.ENOSPC;
    }
}
