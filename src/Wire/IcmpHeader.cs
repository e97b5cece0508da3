using System.Buffers.Binary;

namespace KernelSockets.Wire;

/// <summary>A checked view of an ICMP message (RFC 792).</summary>
/// <remarks>
/// <code>
///    0      1      2          4                       8
///    | type | code | checksum | rest of the header    | data
///                              identifier | sequence     in echo messages
///                              pointer | unused          in parameter problems
/// </code>
/// </remarks>
public readonly ref struct IcmpHeader
{
    /// <summary>Bytes of the header.</summary>
    public const int Size = 8;

    internal const int CodeOffset = 1;
    internal const int ChecksumOffset = 2;
    internal const int RestOffset = 4;
    internal const int SequenceOffset = 6;

    private readonly ReadOnlySpan<byte> _bytes;

    private IcmpHeader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>What it is.</summary>
    public IcmpType Type => (IcmpType)_bytes[0];

    /// <summary>The type's finer meaning.</summary>
    public byte Code => _bytes[CodeOffset];

    /// <summary>The four bytes whose meaning depends on the type.</summary>
    public uint Rest => BinaryPrimitives.ReadUInt32BigEndian(_bytes[RestOffset..]);

    /// <summary>Identifier of an echo message.</summary>
    public ushort Identifier => BinaryPrimitives.ReadUInt16BigEndian(_bytes[RestOffset..]);

    /// <summary>Sequence number of an echo message.</summary>
    public ushort Sequence => BinaryPrimitives.ReadUInt16BigEndian(_bytes[SequenceOffset..]);

    /// <summary>What follows the header: echoed data, or the datagram an error is about.</summary>
    public ReadOnlySpan<byte> Data => _bytes[Size..];

    /// <summary>Bytes of header and data.</summary>
    public int Length => _bytes.Length;

    /// <summary>True when the checksum over header and data is right.</summary>
    public bool IsChecksumValid => InternetChecksum.IsValid(_bytes);

    /// <summary>All fields as a value.</summary>
    public IcmpFields Fields => new(Type, Code, Rest);

    /// <summary>Looks at the payload of a datagram. The checksum is not checked here.</summary>
    /// <returns>False when it is shorter than a header.</returns>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out IcmpHeader header)
    {
        header = new IcmpHeader(bytes);
        return bytes.Length >= Size;
    }
}

/// <summary>The fields of an ICMP header, to be emitted; the checksum follows from them and the data.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Code">The type's finer meaning.</param>
/// <param name="Rest">The four bytes whose meaning depends on the type.</param>
public readonly record struct IcmpFields(IcmpType Type, byte Code, uint Rest)
{
    /// <summary>An echo request or reply.</summary>
    public static IcmpFields Echo(IcmpType type, ushort identifier, ushort sequence) => new(type, 0, (uint)identifier << 16 | sequence);

    /// <summary>
    /// Writes the header over the first bytes of <paramref name="message"/>, whose data are there already, with the checksum of both.
    /// </summary>
    /// <param name="message">The whole message, at least <see cref="IcmpHeader.Size"/> bytes.</param>
    public void Emit(Span<byte> message)
    {
        message[0] = (byte)Type;
        message[IcmpHeader.CodeOffset] = Code;
        BinaryPrimitives.WriteUInt16BigEndian(message[IcmpHeader.ChecksumOffset..], 0);
        BinaryPrimitives.WriteUInt32BigEndian(message[IcmpHeader.RestOffset..], Rest);
        BinaryPrimitives.WriteUInt16BigEndian(message[IcmpHeader.ChecksumOffset..], InternetChecksum.Compute(message));
    }
}
