using System.Buffers.Binary;
using KernelSockets.Simulation;

namespace KernelSockets.Net.Tests;

/// <summary>Transport checksums that are computed in software: when a card cannot, and when a tap listens.</summary>
public sealed class PartialChecksumTests
{
    private const int TcpSize = 20;
    private const int UdpSize = 8;
    private const int TcpField = 16;
    private const int UdpField = 6;

    [Theory]
    [InlineData(UdpSize, UdpField, 0xFFFF)] // RFC 768: 0 would mean that there is none
    [InlineData(TcpSize, TcpField, 0x0000)] // RFC 1624 §3
    public void Zero_IsWrittenAsTheProtocolWantsIt(int size, int field, int expected)
    {
        // All that is summed up is the pseudo header's FFFF.
        Assert.Equal(expected, Completed(size, field, pseudoHeader: 0xFFFF, firstWord: 0));
    }

    [Theory]
    [InlineData(UdpSize, UdpField)]
    [InlineData(TcpSize, TcpField)]
    public void AnyOther_IsTheComplementOfTheSum(int size, int field)
    {
        Assert.Equal(0xFFFF - (0x0101 + 0x1020), Completed(size, field, pseudoHeader: 0x0101, firstWord: 0x1020));
    }

    private static int Completed(int size, int field, ulong pseudoHeader, ushort firstWord)
    {
        Assert.Equal(Errno.Success, PacketBufferPool.TryCreate(1, new ArrayDmaAllocator(), out PacketBufferPool? pool));
        PacketBuffer packet = pool!.TryTake()!;
        packet.Reserve(34);
        Span<byte> segment = packet.Append(size);
        segment.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(segment, firstWord);
        PartialChecksum.Leave(packet, field, pseudoHeader);
        PartialChecksum.Complete(packet);
        Assert.False(packet.IsChecksumPartial);
        int checksum = BinaryPrimitives.ReadUInt16BigEndian(segment[field..]);
        packet.Release();
        Assert.Equal(1, pool.Free);
        return checksum;
    }
}
