using System.Buffers.Binary;
using KernelSockets.Simulation.E1000;

namespace KernelSockets.Simulation;

/// <summary>What a card does that cuts TCP data into segments (82540EM, §3.5): a frame for each, with headers of its own.</summary>
public static class TcpSegmentation
{
    private const int EthernetHeader = 14;
    private const int TransportChecksum = 16;
    private const byte WithoutEndFlags = 0xFF - 0x01 - 0x08; // FIN, PSH: in the last segment only

    /// <summary>Cuts a packet.</summary>
    /// <param name="packet">Ethernet, IPv4 and TCP header, and all the data. The TCP checksum is the sum of the pseudo header without the length.</param>
    /// <param name="transportStart">Place of the TCP header.</param>
    /// <param name="headerLength">Bytes of all headers.</param>
    /// <param name="segmentSize">Data in each segment, in bytes.</param>
    /// <param name="sink">Gets each frame.</param>
    public static void Cut(ReadOnlySpan<byte> packet, int transportStart, int headerLength, int segmentSize, FrameHandler sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        int payload = packet.Length - headerLength;
        int count = (payload + segmentSize - 1) / segmentSize;
        for (int i = 0; i < count; i++)
        {
            int offset = i * segmentSize;
            byte[] frame = [.. packet[..headerLength], .. packet.Slice(headerLength + offset, Math.Min(segmentSize, payload - offset))];
            FillInternet(frame.AsSpan(EthernetHeader), transportStart - EthernetHeader, i);
            FillTransport(frame.AsSpan(transportStart), offset, i == count - 1);
            sink(frame);
        }
    }

    private static void FillInternet(Span<byte> internet, int headerLength, int number)
    {
        BinaryPrimitives.WriteUInt16BigEndian(internet[2..], (ushort)internet.Length);
        BinaryPrimitives.WriteUInt16BigEndian(internet[4..], (ushort)(BinaryPrimitives.ReadUInt16BigEndian(internet[4..]) + number));
        internet[10..12].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(internet[10..], (ushort)~OnesComplement.Sum(internet[..headerLength], 0));
    }

    private static void FillTransport(Span<byte> transport, int offset, bool isLast)
    {
        BinaryPrimitives.WriteUInt32BigEndian(transport[4..], BinaryPrimitives.ReadUInt32BigEndian(transport[4..]) + (uint)offset);
        transport[13] &= isLast ? byte.MaxValue : WithoutEndFlags;
        uint pseudoHeader = BinaryPrimitives.ReadUInt16BigEndian(transport[TransportChecksum..]) + (uint)transport.Length;
        transport.Slice(TransportChecksum, 2).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(transport[TransportChecksum..], (ushort)~OnesComplement.Sum(transport, pseudoHeader));
    }
}
