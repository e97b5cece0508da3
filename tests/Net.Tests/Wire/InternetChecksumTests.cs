using FsCheck.Xunit;

namespace KernelSockets.Net.Tests;

public sealed class InternetChecksumTests
{
    [Fact]
    public void Compute_ExampleOfRfc1071_IsTheComplementOfDdf2() =>
        Assert.Equal(0xFFFF - 0xDDF2, InternetChecksum.Compute([0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7]));

    [Property(MaxTest = 500)]
    public bool Compute_AnyBytes_IsWhatTwoBytesAStepGive(byte[] bytes) => InternetChecksum.Compute(bytes) == Reference(bytes);

    [Property]
    public bool Compute_AllOnesOfAnyLength_DoesNotOverflow(ushort length)
    {
        byte[] bytes = new byte[length];
        Array.Fill(bytes, byte.MaxValue);
        return InternetChecksum.Compute(bytes) == Reference(bytes);
    }

    [Property]
    public bool Sum_OfPieces_IsTheSumOfTheWhole(byte[] bytes, byte cut)
    {
        int even = Math.Min(cut & ~1, bytes.Length & ~1);
        ulong sum = InternetChecksum.Sum(bytes.AsSpan(even), InternetChecksum.Sum(bytes.AsSpan(0, even)));
        return InternetChecksum.Finish(sum) == Reference(bytes);
    }

    [Property]
    public bool IsValid_ChecksumInPlace_IsTrueAndFalseAfterAFlip(byte[] bytes, ushort place)
    {
        byte[] message = [0, 0, .. bytes];
        ushort checksum = InternetChecksum.Compute(message);
        message[0] = (byte)(checksum >> 8);
        message[1] = (byte)checksum;
        bool wasValid = InternetChecksum.IsValid(message);
        message[place % message.Length] ^= 0x10;
        return wasValid && !InternetChecksum.IsValid(message);
    }

    private static ushort Reference(byte[] bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            sum += i % 2 == 0 ? (uint)bytes[i] << 8 : bytes[i];
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
