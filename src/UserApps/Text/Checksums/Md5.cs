using System.Buffers.Binary;
using System.Numerics;

namespace KernelSockets.UserApps.Text.Checksums;

/// <summary>MD5 (RFC 1321), for lists that others have made: it is no protection against a forger.</summary>
internal sealed class Md5() : BlockDigest(Initial, isBigEndian: false)
{
    private const int Rounds = 64;
    private const double TwoTo32 = 4294967296.0;

    private readonly uint[] _constants = MakeConstants();

    /// <summary>§3.3.</summary>
    private static ReadOnlySpan<uint> Initial => [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];

    /// <summary>§3.4: how far each step of a round turns its sum.</summary>
    private static ReadOnlySpan<byte> Shifts => [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];

    /// <inheritdoc/>
    protected override void Compress(ReadOnlySpan<byte> block, Span<uint> state)
    {
        uint a = state[0], b = state[1], c = state[2], d = state[3];
        for (int i = 0; i < Rounds; i++)
        {
            (uint f, int word) = (i / 16) switch
            {
                0 => ((b & c) | (~b & d), i),
                1 => ((d & b) | (~d & c), ((5 * i) + 1) % 16),
                2 => (b ^ c ^ d, ((3 * i) + 5) % 16),
                _ => (c ^ (b | ~d), 7 * i % 16),
            };
            uint sum = a + f + _constants[i] + BinaryPrimitives.ReadUInt32LittleEndian(block[(4 * word)..]);
            (a, d, c, b) = (d, c, b, b + BitOperations.RotateLeft(sum, Shifts[(4 * (i / 16)) + (i % 4)]));
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
    }

    /// <summary>§3.4: the whole part of 2^32 times the absolute sine of 1, 2, and so on.</summary>
    private static uint[] MakeConstants()
    {
        uint[] constants = new uint[Rounds];
        for (int i = 0; i < Rounds; i++)
        {
            constants[i] = (uint)(Math.Abs(Math.Sin(i + 1)) * TwoTo32);
        }

        return constants;
    }
}
