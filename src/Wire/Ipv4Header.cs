using System.Buffers.Binary;

namespace KernelSockets.Wire;

/// <summary>A checked view of an IPv4 header and what follows it (RFC 791 §3.1).</summary>
/// <remarks>
/// <code>
///    0         1         2                    4
///    | Ver/IHL |   TOS   |    Total length    |
///    |   Identification  | Flags, offset / 8  |
///    |   TTL   | Protocol|  Header checksum   |
///    |             Source address             |
///    |           Destination address          |
///    |        Options, up to 40 bytes         |
/// </code>
/// </remarks>
public readonly ref struct Ipv4Header
{
    /// <summary>Bytes of a header without options.</summary>
    public const int MinimumSize = 20;

    /// <summary>Bytes of a header with all options it can hold.</summary>
    public const int MaximumSize = 60;

    /// <summary>Bytes of options a header can hold.</summary>
    public const int MaximumOptions = MaximumSize - MinimumSize;

    /// <summary>The largest datagram.</summary>
    public const int MaximumDatagram = ushort.MaxValue;

    /// <summary>Fragment offsets count in units of this many bytes.</summary>
    public const int FragmentUnit = 8;

    internal const int TypeOfServiceOffset = 1;
    internal const int TotalLengthOffset = 2;
    internal const int IdentificationOffset = 4;
    internal const int FragmentOffsetOffset = 6;
    internal const int TimeToLiveOffset = 8;
    internal const int ProtocolOffset = 9;
    internal const int ChecksumOffset = 10;
    internal const int SourceOffset = 12;
    internal const int DestinationOffset = 16;
    internal const ushort DontFragmentFlag = 0x4000;
    internal const ushort MoreFragmentsFlag = 0x2000;
    internal const ushort FragmentOffsetMask = 0x1FFF;
    internal const byte Version = 4;
    internal const int WordSize = 4;

    private readonly ReadOnlySpan<byte> _bytes;

    private Ipv4Header(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Bytes of the header, options included.</summary>
    public int HeaderLength => (_bytes[0] & 0xF) * WordSize;

    /// <summary>Differentiated services and congestion notification (RFC 2474, RFC 3168).</summary>
    public byte TypeOfService => _bytes[TypeOfServiceOffset];

    /// <summary>Bytes of header and payload.</summary>
    public int TotalLength => BinaryPrimitives.ReadUInt16BigEndian(_bytes[TotalLengthOffset..]);

    /// <summary>Tells the fragments of one datagram from those of another (RFC 6864).</summary>
    public ushort Identification => BinaryPrimitives.ReadUInt16BigEndian(_bytes[IdentificationOffset..]);

    /// <summary>DF.</summary>
    public bool DontFragment => (FlagsAndOffset & DontFragmentFlag) != 0;

    /// <summary>MF.</summary>
    public bool MoreFragments => (FlagsAndOffset & MoreFragmentsFlag) != 0;

    /// <summary>Where in the datagram this fragment's payload belongs, in bytes.</summary>
    public int FragmentOffset => (FlagsAndOffset & FragmentOffsetMask) * FragmentUnit;

    /// <summary>True for any piece of a larger datagram.</summary>
    public bool IsFragment => (FlagsAndOffset & (MoreFragmentsFlag | FragmentOffsetMask)) != 0;

    /// <summary>Hops left.</summary>
    public byte TimeToLive => _bytes[TimeToLiveOffset];

    /// <summary>What it carries.</summary>
    public Ipv4Protocol Protocol => (Ipv4Protocol)_bytes[ProtocolOffset];

    /// <summary>Who sent it.</summary>
    public Ipv4Address Source => Ipv4Address.Read(_bytes[SourceOffset..]);

    /// <summary>Who shall get it.</summary>
    public Ipv4Address Destination => Ipv4Address.Read(_bytes[DestinationOffset..]);

    /// <summary>Options; empty for most datagrams.</summary>
    public ReadOnlySpan<byte> Options => _bytes[MinimumSize..HeaderLength];

    /// <summary>The header's bytes.</summary>
    public ReadOnlySpan<byte> HeaderBytes => _bytes[..HeaderLength];

    /// <summary>The payload: up to the total length, or what a quotation in an ICMP error holds of it.</summary>
    public ReadOnlySpan<byte> Payload => _bytes[HeaderLength..];

    /// <summary>The header followed by the payload, without padding.</summary>
    public ReadOnlySpan<byte> Datagram => _bytes;

    /// <summary>True when the header's checksum is right (RFC 1122 §3.2.1.2).</summary>
    public bool IsChecksumValid => InternetChecksum.IsValid(HeaderBytes);

    /// <summary>All fields as a value.</summary>
    public Ipv4Fields Fields => new()
    {
        TypeOfService = TypeOfService,
        TotalLength = TotalLength,
        Identification = Identification,
        DontFragment = DontFragment,
        MoreFragments = MoreFragments,
        FragmentOffset = FragmentOffset,
        TimeToLive = TimeToLive,
        Protocol = Protocol,
        Source = Source,
        Destination = Destination,
    };

    private ushort FlagsAndOffset => BinaryPrimitives.ReadUInt16BigEndian(_bytes[FragmentOffsetOffset..]);

    /// <summary>
    /// Looks at the payload of an IPv4 frame; bytes behind the total length are padding. The checksum is not checked here.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out Ipv4Header header) => Parse(bytes, out header) == Ipv4HeaderFault.None;

    /// <summary>As <see cref="TryParse"/>, but says what is wrong.</summary>
    public static Ipv4HeaderFault Parse(ReadOnlySpan<byte> bytes, out Ipv4Header header)
    {
        Ipv4HeaderFault fault = ParseStart(bytes, out header);
        if (fault != Ipv4HeaderFault.None)
        {
            return fault;
        }

        int totalLength = header.TotalLength;
        if (totalLength > bytes.Length)
        {
            return Ipv4HeaderFault.Truncated;
        }

        header = new Ipv4Header(bytes[..totalLength]);
        return Ipv4HeaderFault.None;
    }

    /// <summary>Looks at a datagram quoted in an ICMP error, whose payload may be cut short (RFC 792).</summary>
    public static bool TryParseQuotation(ReadOnlySpan<byte> bytes, out Ipv4Header header)
    {
        if (ParseStart(bytes, out header) != Ipv4HeaderFault.None)
        {
            return false;
        }

        header = new Ipv4Header(bytes[..Math.Min(header.TotalLength, bytes.Length)]);
        return true;
    }

    /// <summary>Fills in the checksum of a header that is whole otherwise (RFC 1122 §3.2.1.2).</summary>
    internal static void WriteChecksum(Span<byte> header)
    {
        BinaryPrimitives.WriteUInt16BigEndian(header[ChecksumOffset..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(header[ChecksumOffset..], InternetChecksum.Compute(header));
    }

    /// <summary>
    /// Looks at a datagram that is to be sent and whose total length, checksum, identification and source may not be filled in yet.
    /// </summary>
    internal static bool TryParseUnfinished(ReadOnlySpan<byte> bytes, out Ipv4Header header)
    {
        header = new Ipv4Header(bytes);
        return bytes.Length >= MinimumSize && bytes[0] >> 4 == Version
            && header.HeaderLength >= MinimumSize && header.HeaderLength <= bytes.Length;
    }

    private static Ipv4HeaderFault ParseStart(ReadOnlySpan<byte> bytes, out Ipv4Header header)
    {
        header = new Ipv4Header(bytes);
        if (bytes.Length < MinimumSize)
        {
            return Ipv4HeaderFault.Malformed;
        }

        bool isSound = bytes[0] >> 4 == Version
            && header.HeaderLength >= MinimumSize
            && header.HeaderLength <= bytes.Length
            && header.TotalLength >= header.HeaderLength;
        return isSound ? Ipv4HeaderFault.None : Ipv4HeaderFault.Malformed;
    }
}

/// <summary>Why bytes are no IPv4 datagram.</summary>
public enum Ipv4HeaderFault
{
    /// <summary>They are one.</summary>
    None,

    /// <summary>Too short for a header, another version, or lengths that contradict each other.</summary>
    Malformed,

    /// <summary>The frame ends before the datagram does.</summary>
    Truncated,
}

/// <summary>The fields of an IPv4 header, to be emitted; the checksum and header length follow from them.</summary>
public readonly record struct Ipv4Fields
{
    /// <summary>Differentiated services and congestion notification.</summary>
    public byte TypeOfService { get; init; }

    /// <summary>Bytes of header, options and payload.</summary>
    public int TotalLength { get; init; }

    /// <summary>Identification (RFC 6864).</summary>
    public ushort Identification { get; init; }

    /// <summary>DF.</summary>
    public bool DontFragment { get; init; }

    /// <summary>MF.</summary>
    public bool MoreFragments { get; init; }

    /// <summary>Offset of this fragment in bytes, a multiple of <see cref="Ipv4Header.FragmentUnit"/>.</summary>
    public int FragmentOffset { get; init; }

    /// <summary>Hops left.</summary>
    public byte TimeToLive { get; init; }

    /// <summary>What it carries.</summary>
    public Ipv4Protocol Protocol { get; init; }

    /// <summary>Who sends it.</summary>
    public Ipv4Address Source { get; init; }

    /// <summary>Who shall get it.</summary>
    public Ipv4Address Destination { get; init; }

    /// <summary>Writes the header with its checksum over <paramref name="header"/>.</summary>
    /// <param name="header">Exactly 20 bytes and the options.</param>
    /// <param name="options">A multiple of four bytes, at most 40.</param>
    public void Emit(Span<byte> header, ReadOnlySpan<byte> options = default)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(header.Length, Ipv4Header.MinimumSize + options.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Length, Ipv4Header.MaximumOptions);
        ArgumentOutOfRangeException.ThrowIfNotEqual(options.Length % Ipv4Header.WordSize, 0);
        int flags = (DontFragment ? Ipv4Header.DontFragmentFlag : 0) | (MoreFragments ? Ipv4Header.MoreFragmentsFlag : 0);
        header[0] = (byte)(Ipv4Header.Version << 4 | header.Length / Ipv4Header.WordSize);
        header[Ipv4Header.TypeOfServiceOffset] = TypeOfService;
        BinaryPrimitives.WriteUInt16BigEndian(header[Ipv4Header.TotalLengthOffset..], (ushort)TotalLength);
        BinaryPrimitives.WriteUInt16BigEndian(header[Ipv4Header.IdentificationOffset..], Identification);
        BinaryPrimitives.WriteUInt16BigEndian(
            header[Ipv4Header.FragmentOffsetOffset..], (ushort)(flags | FragmentOffset / Ipv4Header.FragmentUnit));
        header[Ipv4Header.TimeToLiveOffset] = TimeToLive;
        header[Ipv4Header.ProtocolOffset] = (byte)Protocol;
        Source.Write(header[Ipv4Header.SourceOffset..]);
        Destination.Write(header[Ipv4Header.DestinationOffset..]);
        options.CopyTo(header[Ipv4Header.MinimumSize..]);
        Ipv4Header.WriteChecksum(header);
    }
}
