using System.Buffers.Binary;

namespace KernelSockets.Wire;

/// <summary>A checked view of a UDP header and what follows it (RFC 768).</summary>
/// <remarks>
/// <code>
///    0             2                  4        6          8
///    | source port | destination port | length | checksum | data
/// </code>
/// </remarks>
public readonly ref struct UdpHeader
{
    /// <summary>Bytes of the header.</summary>
    public const int Size = 8;

    /// <summary>Place of the checksum.</summary>
    public const int ChecksumOffset = 6;

    /// <summary>Most bytes of data: what an IPv4 datagram without options has left.</summary>
    public const int MaximumData = Ipv4Header.MaximumDatagram - Ipv4Header.MinimumSize - Size;

    internal const int DestinationPortOffset = 2;
    internal const int LengthOffset = 4;

    private readonly ReadOnlySpan<byte> _bytes;

    private UdpHeader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Source port; 0 for none.</summary>
    public ushort SourcePort => BinaryPrimitives.ReadUInt16BigEndian(_bytes);

    /// <summary>Destination port.</summary>
    public ushort DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(_bytes[DestinationPortOffset..]);

    /// <summary>Checksum; 0 when the sender made none.</summary>
    public ushort Checksum => BinaryPrimitives.ReadUInt16BigEndian(_bytes[ChecksumOffset..]);

    /// <summary>Header and data.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The data, as long as the length field says.</summary>
    public ReadOnlySpan<byte> Data => _bytes[Size..];

    /// <summary>Looks at the payload of a datagram; bytes behind the length are ignored. The checksum is not checked here.</summary>
    /// <returns>False when it is shorter than a header, or the length field is below 8 or beyond the payload (RFC 1122 §4.1.3).</returns>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out UdpHeader header)
    {
        header = default;
        if (bytes.Length < Size)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[LengthOffset..]);
        if (length < Size || length > bytes.Length)
        {
            return false;
        }

        header = new UdpHeader(bytes[..length]);
        return true;
    }

    /// <summary>Looks at the start of a datagram that an ICMP error quotes, of which only the header must be there (RFC 792).</summary>
    public static bool TryParseQuotation(ReadOnlySpan<byte> bytes, out UdpHeader header)
    {
        header = new UdpHeader(bytes);
        return bytes.Length >= Size;
    }

    /// <summary>True when the checksum is right, or there is none.</summary>
    /// <param name="source">IP source.</param>
    /// <param name="destination">IP destination.</param>
    public bool IsChecksumValid(Ipv4Address source, Ipv4Address destination) =>
        Checksum == 0 || InternetChecksum.Finish(InternetChecksum.Sum(_bytes, PseudoHeader.Sum(source, destination, Ipv4Protocol.Udp, _bytes.Length))) == 0;

    /// <summary>Writes a header whose checksum is still to come: 0.</summary>
    /// <param name="header">Where to: <see cref="Size"/> bytes.</param>
    /// <param name="sourcePort">Source port.</param>
    /// <param name="destinationPort">Destination port.</param>
    /// <param name="dataLength">Bytes that will follow.</param>
    public static void EmitWithoutChecksum(Span<byte> header, ushort sourcePort, ushort destinationPort, int dataLength)
    {
        BinaryPrimitives.WriteUInt16BigEndian(header, sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(header[DestinationPortOffset..], destinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(header[LengthOffset..], (ushort)(Size + dataLength));
        BinaryPrimitives.WriteUInt16BigEndian(header[ChecksumOffset..], 0);
    }

    /// <summary>Writes a header with its checksum.</summary>
    /// <param name="header">Where to: <see cref="Size"/> bytes.</param>
    /// <param name="source">IP source.</param>
    /// <param name="sourcePort">Source port.</param>
    /// <param name="destination">IP destination.</param>
    /// <param name="destinationPort">Destination port.</param>
    /// <param name="data">What will follow.</param>
    public static void Emit(
        Span<byte> header, Ipv4Address source, ushort sourcePort, Ipv4Address destination, ushort destinationPort, ReadOnlySpan<byte> data)
    {
        int length = Size + data.Length;
        EmitWithoutChecksum(header, sourcePort, destinationPort, data.Length);
        ulong sum = InternetChecksum.Sum(header[..Size], PseudoHeader.Sum(source, destination, Ipv4Protocol.Udp, length));
        ushort checksum = InternetChecksum.Finish(InternetChecksum.Sum(data, sum));
        BinaryPrimitives.WriteUInt16BigEndian(header[ChecksumOffset..], checksum == 0 ? ushort.MaxValue : checksum);
    }
}
