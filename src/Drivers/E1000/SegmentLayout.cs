using System.Buffers.Binary;

namespace KernelSockets.Drivers.E1000;

/// <summary>Places of the headers in a packet that the hardware cuts into segments: IPv4 and TCP behind Ethernet.</summary>
/// <param name="InternetStart">IPCSS: first byte of the IPv4 header.</param>
/// <param name="InternetChecksum">IPCSO: its checksum.</param>
/// <param name="TransportStart">TUCSS: first byte of the TCP header.</param>
/// <param name="TransportChecksum">TUCSO: its checksum.</param>
/// <param name="HeaderLength">HDRLEN: bytes of all headers.</param>
internal readonly record struct SegmentLayout(int InternetStart, int InternetChecksum, int TransportStart, int TransportChecksum, int HeaderLength)
{
    private const int TotalLengthOffset = 2; // in the IPv4 header (RFC 791 §3.1)
    private const int ChecksumOffset = 10;

    /// <summary>Finds them, and clears what the hardware fills in for each segment: total length and header checksum (§3.5.4).</summary>
    /// <param name="packet">The packet; its data are the headers.</param>
    public static SegmentLayout Prepare(PacketBuffer packet)
    {
        int transport = packet.ChecksumStart - packet.Start;
        Span<byte> internet = packet.Data[Frame.HeaderSize..transport];
        BinaryPrimitives.WriteUInt16BigEndian(internet[TotalLengthOffset..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(internet[ChecksumOffset..], 0);
        return new SegmentLayout(
            Frame.HeaderSize, Frame.HeaderSize + ChecksumOffset, transport, packet.ChecksumField - packet.Start, packet.Length);
    }
}
