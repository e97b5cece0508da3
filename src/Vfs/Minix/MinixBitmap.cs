using System.Numerics;
using System.Runtime.InteropServices;
using KernelSockets.Vfs.Cache;

namespace KernelSockets.Vfs.Minix;

/// <summary>The inode map or the zone map: a bit for each, set when in use. Bit 0 is reserved; the bits behind the last are set.</summary>
/// <remarks>
/// Under the file system's lock. All of it is in memory. What is returned stays set, and so is not taken again, until <see cref="Release"/>: by then the
/// device no longer holds anything that leads to it.
/// </remarks>
internal sealed class MinixBitmap
{
    private const int BitsPerByte = 8;
    private const int BitsPerWord = 64;

    private readonly BlockCache _cache;
    private readonly uint _firstBlock;
    private readonly uint _bitCount;
    private readonly int _blockCount;
    private readonly ulong[] _bits;
    private readonly ulong[] _returned;
    private readonly bool[] _isChanged;
    private uint _hint = 1;
    private uint _free;
    private uint _returnedCount;

    /// <summary>A map, all zeros so far.</summary>
    /// <param name="cache">The way to the device.</param>
    /// <param name="firstBlock">Where it begins.</param>
    /// <param name="bitCount">Bits, the reserved one among them.</param>
    public MinixBitmap(BlockCache cache, uint firstBlock, uint bitCount)
    {
        _cache = cache;
        _firstBlock = firstBlock;
        _bitCount = bitCount;
        uint bitsPerBlock = (uint)(cache.BlockSize * BitsPerByte);
        _blockCount = (int)(((long)bitCount + bitsPerBlock - 1) / bitsPerBlock);
        _bits = new ulong[_blockCount * cache.BlockSize / sizeof(ulong)];
        _returned = new ulong[_bits.Length];
        _isChanged = new bool[_blockCount];
    }

    /// <summary>Bits that are free, or will be when everything is written.</summary>
    public uint FreeCount => _free + _returnedCount;

    /// <summary>True when bits wait for <see cref="Release"/>.</summary>
    public bool HasReturned => _returnedCount > 0;

    private Span<byte> Bytes => MemoryMarshal.AsBytes(_bits.AsSpan());

    private int WordsPerBlock => _cache.BlockSize / sizeof(ulong);

    /// <summary>Reads the map; once, when mounting.</summary>
    /// <returns><see cref="Errno.EIO"/>.</returns>
    public Errno Load()
    {
        Errno error = _cache.ReadThrough(_firstBlock, Bytes);
        if (error != Errno.Success)
        {
            return error;
        }

        long used = 0;
        foreach (ulong word in _bits)
        {
            used += BitOperations.PopCount(word);
        }

        for (long bit = _bitCount; bit < (long)_bits.Length * BitsPerWord; bit++)
        {
            used -= IsSet(_bits, (uint)bit) ? 1 : 0;
        }

        _free = (uint)(_bitCount - used);
        return Errno.Success;
    }

    /// <summary>Takes a wished bit if it is free, else the first free one from where the last was found, and round.</summary>
    /// <param name="wished">The bit that suits best; 0 for none.</param>
    /// <param name="bit">The bit, from 1.</param>
    /// <returns><see cref="Errno.ENOSPC"/>; more may be free after <see cref="Release"/>.</returns>
    public Errno Take(uint wished, out uint bit)
    {
        bit = wished;
        bool isFound = wished > 0 && wished < _bitCount && !IsSet(_bits, wished);
        if (!isFound && !TryFindFree(_hint, _bitCount, out bit) && !TryFindFree(1, _hint, out bit))
        {
            return Errno.ENOSPC;
        }

        Flip(bit);
        _hint = bit + 1 < _bitCount ? bit + 1 : 1;
        _free -= _free > 0 ? 1u : 0;
        return Errno.Success;
    }

    /// <summary>Returns a bit.</summary>
    /// <returns><see cref="Errno.EUCLEAN"/> when it was free, was returned before, or is none.</returns>
    public Errno Return(uint bit)
    {
        if (bit == 0 || bit >= _bitCount || !IsSet(_bits, bit) || IsSet(_returned, bit))
        {
            return Errno.EUCLEAN;
        }

        _returned[bit / BitsPerWord] |= Mask(bit);
        _returnedCount++;
        return Errno.Success;
    }

    /// <summary>Makes what was returned free to be taken. Only when nothing on the device leads to it any more.</summary>
    public void Release()
    {
        for (int word = 0; word < _returned.Length && _returnedCount > 0; word++)
        {
            if (_returned[word] != 0)
            {
                uint count = (uint)BitOperations.PopCount(_returned[word]);
                _bits[word] &= ~_returned[word];
                _returned[word] = 0;
                _isChanged[word / WordsPerBlock] = true;
                _hint = Math.Min(_hint, Math.Max((uint)word * BitsPerWord, 1));
                _returnedCount -= count;
                _free += count;
            }
        }
    }

    /// <summary>True for a bit that is in use and has not been returned.</summary>
    public bool IsTaken(uint bit) => bit < _bitCount && IsSet(_bits, bit) && !IsSet(_returned, bit);

    /// <summary>Writes the changed blocks of the map.</summary>
    /// <returns><see cref="Errno.EIO"/>; what could not be written stays changed.</returns>
    public Errno WriteChanged()
    {
        Errno first = Errno.Success;
        for (int block = 0; block < _blockCount; block++)
        {
            int end = block;
            while (end < _blockCount && _isChanged[end])
            {
                end++;
            }

            if (end == block)
            {
                continue;
            }

            Errno error = _cache.WriteThrough(_firstBlock + block, Bytes[(block * _cache.BlockSize)..(end * _cache.BlockSize)]);
            _isChanged.AsSpan(block, end - block).Fill(error != Errno.Success);
            first = first == Errno.Success ? error : first;
            block = end;
        }

        return first;
    }

    /// <summary>Makes an empty map: the reserved bit and those behind the last are set.</summary>
    public void Clear()
    {
        _bits.AsSpan().Clear();
        _bits[0] = 1;
        for (long bit = _bitCount; bit < (long)_bits.Length * BitsPerWord; bit++)
        {
            _bits[bit / BitsPerWord] |= Mask((uint)bit);
        }

        _free = _bitCount - 1;
        _isChanged.AsSpan().Fill(true);
    }

    private static ulong Mask(uint bit) => 1UL << (int)(bit % BitsPerWord);

    private static bool IsSet(ulong[] bits, uint bit) => (bits[bit / BitsPerWord] & Mask(bit)) != 0;

    private void Flip(uint bit)
    {
        _bits[bit / BitsPerWord] ^= Mask(bit);
        _isChanged[bit / BitsPerWord / (uint)WordsPerBlock] = true;
    }

    private bool TryFindFree(uint from, uint to, out uint bit)
    {
        for (uint word = from / BitsPerWord; (ulong)word * BitsPerWord < to; word++)
        {
            ulong free = ~_bits[word];
            free &= word == from / BitsPerWord ? ulong.MaxValue << (int)(from % BitsPerWord) : ulong.MaxValue;
            if (free != 0)
            {
                bit = (word * BitsPerWord) + (uint)BitOperations.TrailingZeroCount(free);
                return bit < to;
            }
        }

        bit = 0;
        return false;
    }
}
