using System.Buffers.Binary;

namespace KernelSockets.Wire;

/// <summary>A checked view of an Ethernet II header (RFC 894).</summary>
/// <remarks>
/// <code>
///    0                 6            12      14
///    |   Destination   |   Source   | Type  | payload, padded to 46 bytes
/// </code>
/// </remarks>
public readonly ref struct EthernetHeader
{
    /// <summary>Bytes of the header.</summary>
    public const int Size = 14;

    /// <summary>Shortest frame without FCS (IEEE 802.3 §3.2.8); the device pads shorter ones.</summary>
    public const int MinimumFrame = 60;

    private const int SourceOffset = 6;
    private const int TypeOffset = 12;

    private readonly ReadOnlySpan<byte> _bytes;

    private EthernetHeader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Who shall get it.</summary>
    public MacAddress Destination => MacAddress.Read(_bytes);

    /// <summary>Who sent it.</summary>
    public MacAddress Source => MacAddress.Read(_bytes[SourceOffset..]);

    /// <summary>What it carries; values up to 1500 are an IEEE 802.3 length.</summary>
    public EtherType Type => (EtherType)BinaryPrimitives.ReadUInt16BigEndian(_bytes[TypeOffset..]);

    /// <summary>What follows the header, padding included.</summary>
    public ReadOnlySpan<byte> Payload => _bytes[Size..];

    /// <summary>All fields as a value.</summary>
    public EthernetFields Fields => new(Destination, Source, Type);

    /// <summary>Looks at a frame.</summary>
    /// <returns>False when it is shorter than a header.</returns>
    public static bool TryParse(ReadOnlySpan<byte> frame, out EthernetHeader header)
    {
        header = new EthernetHeader(frame);
        return frame.Length >= Size;
    }
}

/// <summary>The fields of an Ethernet header, to be emitted.</summary>
/// <param name="Destination">Who shall get it.</param>
/// <param name="Source">Who sends it.</param>
/// <param name="Type">What it carries.</param>
public readonly record struct EthernetFields(MacAddress Destination, MacAddress Source, EtherType Type)
{
    /// <summary>Writes the header over <paramref name="header"/>, whose length is exactly <see cref="EthernetHeader.Size"/>.</summary>
    public void Emit(Span<byte> header)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(header.Length, EthernetHeader.Size);
        Destination.Write(header);
        Source.Write(header[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(header[12..], (ushort)Type);
    }
}
