using System.Buffers.Binary;

namespace KernelSockets.Wire;

/// <summary>The pseudo header that the checksums of UDP and TCP cover besides the segment (RFC 768, RFC 9293 §3.1).</summary>
public static class PseudoHeader
{
    private const int Size = 12;
    private const int DestinationOffset = 4;
    private const int ProtocolOffset = 9;
    private const int LengthOffset = 10;

    /// <summary>Its sum, to go on with in <see cref="InternetChecksum.Sum"/>.</summary>
    /// <param name="source">IP source.</param>
    /// <param name="destination">IP destination.</param>
    /// <param name="protocol">The protocol.</param>
    /// <param name="length">Bytes of its header and data.</param>
    public static ulong Sum(Ipv4Address source, Ipv4Address destination, Ipv4Protocol protocol, int length)
    {
        Span<byte> bytes = stackalloc byte[Size];
        source.Write(bytes);
        destination.Write(bytes[DestinationOffset..]);
        bytes[ProtocolOffset - 1] = 0;
        bytes[ProtocolOffset] = (byte)protocol;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[LengthOffset..], (ushort)length);
        return InternetChecksum.Sum(bytes);
    }
}
