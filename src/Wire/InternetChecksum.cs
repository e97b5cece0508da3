using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace KernelSockets.Wire;

/// <summary>The Internet checksum (RFC 1071), computed 32 bytes a step.</summary>
/// <remarks>
/// A sum is kept in the machine's byte order, since the ones' complement sum commutes with swapping bytes (RFC 1071 §2 (B)), and is
/// swapped once
/// in <see cref="Finish"/>. Sums of several pieces add up as long as every piece but the last has an even length.
/// </remarks>
public static class InternetChecksum
{
    /// <summary>Bytes of a checksum on the wire.</summary>
    public const int Size = sizeof(ushort);

    /// <summary>Adds bytes to a sum.</summary>
    /// <param name="bytes">A piece; an odd length counts as padded with a zero byte.</param>
    /// <param name="sum">What <see cref="Sum"/> gave for the pieces before; 0 at first.</param>
    /// <returns>A partial sum, to be given to <see cref="Sum"/> or <see cref="Finish"/>.</returns>
    public static ulong Sum(ReadOnlySpan<byte> bytes, ulong sum = 0)
    {
        // Each step adds two numbers below 2^32, so the 64-bit sum cannot overflow within any packet.
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        ReadOnlySpan<byte> rest = bytes[(words.Length * sizeof(ulong))..];
        while (words.Length >= 4)
        {
            sum += (uint)words[0] + (words[0] >> 32) + (uint)words[1] + (words[1] >> 32) + (uint)words[2] + (words[2] >> 32) + (uint)words[3] + (words[3] >> 32);
            words = words[4..];
        }

        foreach (ulong word in words)
        {
            sum += (uint)word + (word >> 32);
        }

        if (rest.Length >= sizeof(uint))
        {
            sum += MemoryMarshal.Read<uint>(rest);
            rest = rest[sizeof(uint)..];
        }

        if (rest.Length >= sizeof(ushort))
        {
            sum += MemoryMarshal.Read<ushort>(rest);
            rest = rest[sizeof(ushort)..];
        }

        return rest.Length == 0 ? sum : sum + LastByte(rest[0]);
    }

    /// <summary>Folds a sum into the checksum: the complement of the ones' complement sum.</summary>
    /// <returns>A number to be written in network order.</returns>
    public static ushort Finish(ulong sum)
    {
        ushort checksum = (ushort)~Fold(sum);
        return BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(checksum) : checksum;
    }

    /// <summary>The checksum of one piece whose checksum field is zero.</summary>
    public static ushort Compute(ReadOnlySpan<byte> bytes) => Finish(Sum(bytes));

    /// <summary>True when a piece that includes its checksum field sums to all ones.</summary>
    public static bool IsValid(ReadOnlySpan<byte> bytes) => Fold(Sum(bytes)) == ushort.MaxValue;

    private static uint LastByte(byte value) => BitConverter.IsLittleEndian ? value : (uint)value << 8;

    private static ushort Fold(ulong sum)
    {
        sum = (sum & uint.MaxValue) + (sum >> 32);
        sum = (sum & uint.MaxValue) + (sum >> 32);
        uint folded = (uint)(sum & ushort.MaxValue) + (uint)(sum >> 16);
        folded = (folded & ushort.MaxValue) + (folded >> 16);
        return (ushort)((folded & ushort.MaxValue) + (folded >> 16));
    }
}
