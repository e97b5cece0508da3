using System.Buffers.Binary;
using System.Numerics;

namespace KernelSockets.Net;

/// <summary>SipHash-2-4 (Aumasson and Bernstein, 2012): a hash that nobody can predict without the key. For initial sequence numbers and SYN cookies.</summary>
internal sealed class KeyedHash
{
    private const int KeySize = 16;
    private const ulong Initial0 = 0x736F_6D65_7073_6575; // "somepseudorandomlygeneratedbytes"
    private const ulong Initial1 = 0x646F_7261_6E64_6F6D;
    private const ulong Initial2 = 0x6C79_6765_6E65_7261;
    private const ulong Initial3 = 0x7465_6462_7974_6573;
    private const int FinalRounds = 4;

    private readonly ulong _key0;
    private readonly ulong _key1;

    /// <summary>A hash with a random key.</summary>
    public KeyedHash(EntropySource entropy)
    {
        Span<byte> key = stackalloc byte[KeySize];
        entropy.Fill(key);
        _key0 = BinaryPrimitives.ReadUInt64LittleEndian(key);
        _key1 = BinaryPrimitives.ReadUInt64LittleEndian(key[sizeof(ulong)..]);
    }

    /// <summary>A hash with a given key, for the published test vectors.</summary>
    internal KeyedHash(ulong key0, ulong key1)
    {
        _key0 = key0;
        _key1 = key1;
    }

    /// <summary>Hashes a connection's addresses and ports with a number.</summary>
    public ulong Compute(TcpKey key, ulong number)
    {
        const int Size = 20;
        Span<byte> bytes = stackalloc byte[Size];
        key.Local.Write(bytes);
        key.Remote.Write(bytes[4..]);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[8..], key.LocalPort);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[10..], key.RemotePort);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[12..], number);
        return Compute(bytes);
    }

    /// <summary>Hashes bytes.</summary>
    public ulong Compute(ReadOnlySpan<byte> bytes)
    {
        State state = new(_key0, _key1);
        ulong last = (ulong)bytes.Length << 56;
        while (bytes.Length >= sizeof(ulong))
        {
            state.Add(BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        for (int i = 0; i < bytes.Length; i++)
        {
            last |= (ulong)bytes[i] << (8 * i);
        }

        state.Add(last);
        return state.Finish();
    }

    private struct State(ulong key0, ulong key1)
    {
        private ulong _v0 = key0 ^ Initial0;
        private ulong _v1 = key1 ^ Initial1;
        private ulong _v2 = key0 ^ Initial2;
        private ulong _v3 = key1 ^ Initial3;

        public void Add(ulong word)
        {
            _v3 ^= word;
            Round();
            Round();
            _v0 ^= word;
        }

        public ulong Finish()
        {
            _v2 ^= byte.MaxValue;
            for (int i = 0; i < FinalRounds; i++)
            {
                Round();
            }

            return _v0 ^ _v1 ^ _v2 ^ _v3;
        }

        private void Round()
        {
            _v0 += _v1;
            _v1 = BitOperations.RotateLeft(_v1, 13) ^ _v0;
            _v0 = BitOperations.RotateLeft(_v0, 32);
            _v2 += _v3;
            _v3 = BitOperations.RotateLeft(_v3, 16) ^ _v2;
            _v0 += _v3;
            _v3 = BitOperations.RotateLeft(_v3, 21) ^ _v0;
            _v2 += _v1;
            _v1 = BitOperations.RotateLeft(_v1, 17) ^ _v2;
            _v2 = BitOperations.RotateLeft(_v2, 32);
        }
    }
}
