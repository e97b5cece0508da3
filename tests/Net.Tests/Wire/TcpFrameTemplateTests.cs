using System.Buffers.Binary;

namespace KernelSockets.Net.Tests.Wire;

/// <summary>What passes for the next segment of a stream.</summary>
public sealed class TcpFrameTemplateTests
{
    private const int TcpOffset = EthernetHeader.Size + Ipv4Header.MinimumSize;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void NextSegments_MatchAndAreValid(bool hasTimestamps)
    {
        TcpFrameTemplate template = new();
        Assert.True(template.TrySet(Make(hasTimestamps, 1000, 1, 5, TcpFlags.Ack, 700)));
        Random random = new(1);
        for (int i = 0; i < 20_000; i++)
        {
            uint sequence = (uint)random.NextInt64(1L << 32);
            uint stamp = (uint)random.NextInt64(1L << 32);
            byte[] frame = Make(hasTimestamps, sequence, (ushort)random.Next(1 << 16), stamp, TcpFlags.Ack | (i % 2 == 0 ? TcpFlags.Psh : 0), random.Next(13, 1400));
            Assert.True(template.Matches(frame) && template.AreChecksumsValid(frame));
            Assert.Equal((sequence, TcpOffset + (hasTimestamps ? 32 : 20)), (TcpFrameTemplate.Sequence(frame).Value, template.HeaderSize));
            Assert.True(!hasTimestamps || TcpFrameTemplate.Timestamp(frame) == stamp);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AnyBitThatIsWrong_IsFound(bool hasTimestamps)
    {
        TcpFrameTemplate template = new();
        Assert.True(template.TrySet(Make(hasTimestamps, 1000, 1, 5, TcpFlags.Ack, 700)));
        byte[] frame = Make(hasTimestamps, 1700, 2, 6, TcpFlags.Ack, 100);
        for (int bit = 0; bit < frame.Length * 8; bit++)
        {
            frame[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(template.Matches(frame) && template.AreChecksumsValid(frame), $"bit {bit}");
            frame[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        for (int length = 0; length < frame.Length; length++)
        {
            Assert.False(template.Matches(frame.AsSpan(0, length)));
        }

        Assert.False(template.Matches([.. frame, 0]));
        Assert.True(template.Matches(frame));
    }

    [Fact]
    public void FramesThatAreNotPlain_AreNoTemplate()
    {
        TcpFrameTemplate template = new();
        byte[] frame = Make(hasTimestamps: true, 1, 1, 1, TcpFlags.Ack, 700);
        Assert.True(template.TrySet(frame));
        Assert.False(template.TrySet(frame.AsSpan(0, 66)));
        Assert.False(template.Matches(frame));
        foreach ((int place, byte value) in ((int, byte)[])[(14, 0x46), (20, 0x20), (21, 1), (46, 0x90), (47, 0x11), (47, 0x12), (47, 0x14), (47, 0x30), (47, 0x08), (54, 0), (57, 8)])
        {
            byte[] other = [.. frame];
            other[place] = value;
            Assert.False(template.TrySet(other), $"{place}");
        }
    }

    private static byte[] Make(bool hasTimestamps, uint sequence, ushort identification, uint stamp, TcpFlags flags, int length)
    {
        int headerSize = hasTimestamps ? 32 : 20;
        byte[] segment = new byte[headerSize + length];
        new Random((int)sequence).NextBytes(segment.AsSpan(headerSize));
        BinaryPrimitives.WriteUInt16BigEndian(segment, 4000);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), 80);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(8), 77);
        segment[12] = (byte)(headerSize << 2);
        segment[13] = (byte)flags;
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(14), 500);
        if (hasTimestamps)
        {
            BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(20), 0x0101_080A);
            BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(24), stamp);
        }

        TcpFields.WriteChecksum(segment, Tester.Self4, Tester.Node4);
        Ipv4Fields ip = Tester.ToNode with { Protocol = Ipv4Protocol.Tcp, DontFragment = true, Identification = identification };
        return Frames.Ethernet(Tester.NodeMac, Tester.SelfMac, EtherType.Ipv4, Frames.Datagram(ip, segment));
    }
}
