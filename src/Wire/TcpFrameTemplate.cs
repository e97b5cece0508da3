using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KernelSockets.Wire;

/// <summary>
/// The headers of one Ethernet frame with a plain TCP segment with data (no IP options, no fragment, ACK and perhaps PSH, no options but perhaps timestamps), to tell
/// whether another frame differs from it only where the next segment of the same stream does.
/// </summary>
/// <remarks>
/// <code>
///      Ethernet          IPv4                                                   TCP                                             with timestamps
///   0 | to, from, type | 14 v/hl tos len* id* frag ttl proto sum* src dst | 34 ports seq* ack offset flags* window sum* urg* | 54 NOP NOP 8 10 TSval* TSecr* | data
/// </code>
/// Fields with a star may differ: of the flags PSH, which has no meaning to a receiver that never holds data back; the urgent pointer says nothing without URG.
/// </remarks>
public sealed class TcpFrameTemplate
{
    private const int TotalLengthOffset = EthernetHeader.Size + Ipv4Header.TotalLengthOffset;
    private const int IdentificationOffset = EthernetHeader.Size + Ipv4Header.IdentificationOffset;
    private const int FragmentOffset = EthernetHeader.Size + Ipv4Header.FragmentOffsetOffset;
    private const int HeaderChecksumOffset = EthernetHeader.Size + Ipv4Header.ChecksumOffset;
    private const int SourceOffset = EthernetHeader.Size + Ipv4Header.SourceOffset;
    private const int DestinationOffset = EthernetHeader.Size + Ipv4Header.DestinationOffset;
    private const int TransportOffset = EthernetHeader.Size + Ipv4Header.MinimumSize;
    private const int OptionsOffset = TransportOffset + TcpHeader.MinimumSize;
    private const int TimestampOffset = OptionsOffset + sizeof(uint);
    private const int StampedSize = OptionsOffset + TcpOptions.PaddedTimestampsSize;
    private const int Words = StampedSize / sizeof(ulong);

    private const byte VersionAndLength = (Ipv4Header.Version << 4) | (Ipv4Header.MinimumSize / Ipv4Header.WordSize);
    private const ushort FragmentMask = Ipv4Header.MoreFragmentsFlag | Ipv4Header.FragmentOffsetMask;
    private const uint TimestampsStart = 0x0101_080A; // NOP, NOP, kind, length (RFC 7323 appendix A)

    private readonly ulong[] _words = new ulong[Words];
    private readonly ulong[] _masks = new ulong[Words];
    private ulong _pseudoHeader; // its sum without the length
    private uint _variable; // sum of the IP header's fields that differ

    /// <summary>Bytes of all headers; 0 while nothing matches.</summary>
    public int HeaderSize { get; private set; }

    private static ReadOnlySpan<byte> Mask =>
    [
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF,
        0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00,
        0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF ^ (int)TcpFlags.Psh,
        0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF,
        0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    ];

    /// <summary>Takes the headers of a frame over.</summary>
    /// <param name="frame">A frame that has been checked, checksums too, and carries a TCP segment.</param>
    /// <returns>False when it is not a plain one; nothing matches then.</returns>
    public bool TrySet(ReadOnlySpan<byte> frame)
    {
        HeaderSize = 0;
        if (frame.Length <= StampedSize || frame[EthernetHeader.Size] != VersionAndLength)
        {
            return false;
        }

        int size = TransportOffset + TcpHeaderLength(frame);
        bool isStamped = size == StampedSize && BinaryPrimitives.ReadUInt32BigEndian(frame[OptionsOffset..]) == TimestampsStart;
        bool isFragment = (BinaryPrimitives.ReadUInt16BigEndian(frame[FragmentOffset..]) & FragmentMask) != 0;
        bool isPlain = ((TcpFlags)frame[TransportOffset + TcpHeader.FlagsOffset] | TcpFlags.Psh) == (TcpFlags.Ack | TcpFlags.Psh);
        if (isFragment || !isPlain || !(isStamped || size == OptionsOffset))
        {
            return false;
        }

        Span<byte> masks = MemoryMarshal.AsBytes(_masks.AsSpan());
        Mask.CopyTo(masks);
        masks[Math.Min(size, masks.Length)..].Clear();
        MemoryMarshal.Cast<byte, ulong>(frame)[..Words].CopyTo(_words);
        _variable = SumVariable(frame);
        _pseudoHeader = PseudoHeader.Sum(Ipv4Address.Read(frame[SourceOffset..]), Ipv4Address.Read(frame[DestinationOffset..]), Ipv4Protocol.Tcp, 0);
        HeaderSize = size;
        return true;
    }

    /// <summary>True for a frame with data whose headers differ only where those of the next segment do. Checksums are not looked at.</summary>
    public bool Matches(ReadOnlySpan<byte> frame)
    {
        if (HeaderSize == 0 || frame.Length <= StampedSize || EthernetHeader.Size + BinaryPrimitives.ReadUInt16BigEndian(frame[TotalLengthOffset..]) != frame.Length)
        {
            return false;
        }

        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(frame)[..Words];
        ReadOnlySpan<ulong> expected = _words.AsSpan(0, Words);
        ReadOnlySpan<ulong> masks = _masks.AsSpan(0, Words);
        ulong difference = 0;
        for (int i = 0; i < words.Length; i++)
        {
            difference |= (words[i] ^ expected[i]) & masks[i];
        }

        return difference == 0;
    }

    /// <summary>True when both checksums of a frame that matches are right. That of the IP header follows from the one before: all else in the header is the same.</summary>
    public bool AreChecksumsValid(ReadOnlySpan<byte> frame)
    {
        ReadOnlySpan<byte> segment = frame[TransportOffset..];
        ulong sum = InternetChecksum.Sum(segment, _pseudoHeader + BinaryPrimitives.ReverseEndianness((ushort)segment.Length));
        return (SumVariable(frame) % ushort.MaxValue) == (_variable % ushort.MaxValue) && InternetChecksum.Finish(sum) == 0;
    }

    /// <summary>Sequence number of a frame that matches.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SequenceNumber Sequence(ReadOnlySpan<byte> frame) => new(BinaryPrimitives.ReadUInt32BigEndian(frame[(TransportOffset + TcpHeader.SequenceOffset)..]));

    /// <summary>TSval of a frame that matches, when it has timestamps.</summary>
    public static uint Timestamp(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt32BigEndian(frame[TimestampOffset..]);

    private static int TcpHeaderLength(ReadOnlySpan<byte> frame) => (frame[TransportOffset + TcpHeader.DataOffsetOffset] >> 4) * sizeof(uint);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint SumVariable(ReadOnlySpan<byte> frame) =>
        (uint)(MemoryMarshal.Read<ushort>(frame[TotalLengthOffset..]) + MemoryMarshal.Read<ushort>(frame[IdentificationOffset..]) + MemoryMarshal.Read<ushort>(frame[HeaderChecksumOffset..]));
}
