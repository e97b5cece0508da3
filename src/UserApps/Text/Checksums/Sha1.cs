using System.Buffers.Binary;
using System.Numerics;

namespace KernelSockets.UserApps.Text.Checksums;

/// <summary>SHA-1 (FIPS 180-4 §6.1), for lists that others have made: it is no protection against a forger.</summary>
internal sealed class Sha1() : BlockDigest(Initial, isBigEndian: true)
{
    private const int Rounds = 80;

    /// <summary>§5.3.1.</summary>
    private static ReadOnlySpan<uint> Initial => [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];

    /// <inheritdoc/>
    protected override void Compress(ReadOnlySpan<byte> block, Span<uint> state)
    {
        Span<uint> w = stackalloc uint[Rounds];
        for (int t = 0; t < Rounds; t++)
        {
            w[t] = t < 16 ? BinaryPrimitives.ReadUInt32BigEndian(block[(4 * t)..]) : BitOperations.RotateLeft(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
        }

        uint a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
        for (int t = 0; t < Rounds; t++)
        {
            (uint f, uint k) = (t / 20) switch
            {
                0 => ((b & c) ^ (~b & d), 0x5a827999u),
                1 => (b ^ c ^ d, 0x6ed9eba1u),
                2 => ((b & c) ^ (b & d) ^ (c & d), 0x8f1bbcdcu),
                _ => (b ^ c ^ d, 0xca62c1d6u),
            };
            (e, d, c, b, a) = (d, c, BitOperations.RotateLeft(b, 30), a, BitOperations.RotateLeft(a, 5) + f + e + k + w[t]);
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
    }
}
