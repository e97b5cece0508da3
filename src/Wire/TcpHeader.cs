using System.Buffers.Binary;

namespace KernelSockets.Wire;

/// <summary>A checked view of a TCP segment (RFC 9293 §3.1).</summary>
/// <remarks>
/// <code>
///    0             2                  4          8                 12            13      14       16         18
///    | source port | destination port | sequence | acknowledgement | data offset | flags | window | checksum | urgent pointer | options | data
/// </code>
/// </remarks>
public readonly ref struct TcpHeader
{
    /// <summary>Bytes without options.</summary>
    public const int MinimumSize = 20;

    /// <summary>Place of the checksum.</summary>
    public const int ChecksumOffset = 16;

    internal const int DestinationPortOffset = 2;
    internal const int SequenceOffset = 4;
    internal const int AcknowledgementOffset = 8;
    internal const int DataOffsetOffset = 12;
    internal const int FlagsOffset = 13;
    internal const int WindowOffset = 14;
    internal const int UrgentPointerOffset = 18;

    private const int NibbleBits = 4;

    private readonly ReadOnlySpan<byte> _bytes;

    private TcpHeader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The sender's port.</summary>
    public ushort SourcePort => BinaryPrimitives.ReadUInt16BigEndian(_bytes);

    /// <summary>The receiver's port.</summary>
    public ushort DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(_bytes[DestinationPortOffset..]);

    /// <summary>Number of the first byte of data, or of SYN.</summary>
    public uint Sequence => BinaryPrimitives.ReadUInt32BigEndian(_bytes[SequenceOffset..]);

    /// <summary>Number of the next byte expected; counts with ACK.</summary>
    public uint Acknowledgement => BinaryPrimitives.ReadUInt32BigEndian(_bytes[AcknowledgementOffset..]);

    /// <summary>Bytes of the header with its options, as it says itself.</summary>
    public int HeaderLength => (_bytes[DataOffsetOffset] >> NibbleBits) * sizeof(uint);

    /// <summary>The control bits.</summary>
    public TcpFlags Flags => (TcpFlags)_bytes[FlagsOffset];

    /// <summary>Bytes that the sender is ready to take, not yet scaled.</summary>
    public ushort Window => BinaryPrimitives.ReadUInt16BigEndian(_bytes[WindowOffset..]);

    /// <summary>Distance to the end of urgent data; counts with URG.</summary>
    public ushort UrgentPointer => BinaryPrimitives.ReadUInt16BigEndian(_bytes[UrgentPointerOffset..]);

    /// <summary>The options.</summary>
    public ReadOnlySpan<byte> Options => _bytes[MinimumSize..HeaderLength];

    /// <summary>The data.</summary>
    public ReadOnlySpan<byte> Data => _bytes[HeaderLength..];

    /// <summary>Looks at the payload of a datagram. The checksum is not checked here.</summary>
    /// <returns>False when it is too short for the header it announces, or announces less than the least.</returns>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out TcpHeader header)
    {
        header = new TcpHeader(bytes);
        return bytes.Length >= MinimumSize && header.HeaderLength >= MinimumSize && header.HeaderLength <= bytes.Length;
    }

    /// <summary>Bytes that an ICMP error quotes at least: ports and sequence number (RFC 792).</summary>
    public const int QuotationSize = 8;

    /// <summary>Looks at the part of a segment that an ICMP error quotes.</summary>
    /// <param name="bytes">What is quoted.</param>
    /// <param name="sourcePort">The sender's port.</param>
    /// <param name="destinationPort">The receiver's port.</param>
    /// <param name="sequence">Its sequence number.</param>
    /// <returns>False when there is too little of it.</returns>
    public static bool TryParseQuotation(ReadOnlySpan<byte> bytes, out ushort sourcePort, out ushort destinationPort, out SequenceNumber sequence)
    {
        bool isLongEnough = bytes.Length >= QuotationSize;
        sourcePort = isLongEnough ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : (ushort)0;
        destinationPort = isLongEnough ? BinaryPrimitives.ReadUInt16BigEndian(bytes[DestinationPortOffset..]) : (ushort)0;
        sequence = isLongEnough ? new SequenceNumber(BinaryPrimitives.ReadUInt32BigEndian(bytes[SequenceOffset..])) : default;
        return isLongEnough;
    }

    /// <summary>True when the checksum is right (RFC 9293 §3.1).</summary>
    public bool IsChecksumValid(Ipv4Address source, Ipv4Address destination) =>
        InternetChecksum.Finish(InternetChecksum.Sum(_bytes, PseudoHeader.Sum(source, destination, Ipv4Protocol.Tcp, _bytes.Length))) == 0;
}

/// <summary>TCP's control bits (RFC 9293 §3.1).</summary>
[Flags]
public enum TcpFlags : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>No more data from the sender.</summary>
    Fin = 0x01,

    /// <summary>Synchronize sequence numbers.</summary>
    Syn = 0x02,

    /// <summary>Reset the connection.</summary>
    Rst = 0x04,

    /// <summary>Push.</summary>
    Psh = 0x08,

    /// <summary>The acknowledgement counts.</summary>
    Ack = 0x10,

    /// <summary>The urgent pointer counts.</summary>
    Urg = 0x20,

    /// <summary>Congestion was seen (RFC 3168).</summary>
    Ece = 0x40,

    /// <summary>The congestion window was reduced (RFC 3168).</summary>
    Cwr = 0x80,
}
