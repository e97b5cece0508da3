using System.Buffers.Binary;

namespace KernelSockets.Wire;

/// <summary>A checked view of an IGMP message (RFC 2236 §2, RFC 1112 appendix I; of version 3, RFC 3376 §4, its first eight bytes).</summary>
/// <remarks>
/// <code>
///    0      1                    2          4                 8
///    | type | max response time  | checksum | group address   | ignored: sources and more in version 3
/// </code>
/// </remarks>
public readonly ref struct IgmpMessage
{
    /// <summary>Bytes of a message; longer ones are of version 3, or have something behind it.</summary>
    public const int Size = 8;

    internal const int MaximumResponseOffset = 1;
    internal const int ChecksumOffset = 2;
    internal const int GroupOffset = 4;

    private readonly ReadOnlySpan<byte> _bytes;

    private IgmpMessage(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>What it is.</summary>
    public IgmpType Type => (IgmpType)_bytes[0];

    /// <summary>In a query: how long members may wait with their reports, in tenths of a second; 0 from routers of version 1.</summary>
    public byte MaximumResponseTime => _bytes[MaximumResponseOffset];

    /// <summary>The group; 0.0.0.0 in a general query.</summary>
    public Ipv4Address Group => Ipv4Address.Read(_bytes[GroupOffset..]);

    /// <summary>Bytes of the whole message.</summary>
    public int Length => _bytes.Length;

    /// <summary>True when the checksum over the whole IP payload is right (RFC 2236 §2.3).</summary>
    public bool IsChecksumValid => InternetChecksum.IsValid(_bytes);

    /// <summary>All fields as a value.</summary>
    public IgmpFields Fields => new(Type, MaximumResponseTime, Group);

    /// <summary>Looks at the payload of a datagram. The checksum is not checked here.</summary>
    /// <returns>False when it is too short.</returns>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out IgmpMessage message)
    {
        message = new IgmpMessage(bytes);
        return bytes.Length >= Size;
    }
}

/// <summary>IGMP message types (RFC 2236 §2.1, RFC 1112 appendix I).</summary>
public enum IgmpType : byte
{
    /// <summary>A router asks who is in a group, or in any.</summary>
    MembershipQuery = 0x11,

    /// <summary>A member reports, to routers of version 1.</summary>
    ReportVersion1 = 0x12,

    /// <summary>A member reports.</summary>
    ReportVersion2 = 0x16,

    /// <summary>A member leaves.</summary>
    LeaveGroup = 0x17,
}

/// <summary>The fields of an IGMP message, to be emitted; the checksum follows from them.</summary>
/// <param name="Type">What it is.</param>
/// <param name="MaximumResponseTime">In tenths of a second; 0 in all but queries.</param>
/// <param name="Group">The group.</param>
public readonly record struct IgmpFields(IgmpType Type, byte MaximumResponseTime, Ipv4Address Group)
{
    /// <summary>Writes the message over <paramref name="message"/>, whose length is exactly <see cref="IgmpMessage.Size"/>.</summary>
    public void Emit(Span<byte> message)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(message.Length, IgmpMessage.Size);
        message[0] = (byte)Type;
        message[IgmpMessage.MaximumResponseOffset] = MaximumResponseTime;
        BinaryPrimitives.WriteUInt16BigEndian(message[IgmpMessage.ChecksumOffset..], 0);
        Group.Write(message[IgmpMessage.GroupOffset..]);
        BinaryPrimitives.WriteUInt16BigEndian(message[IgmpMessage.ChecksumOffset..], InternetChecksum.Compute(message));
    }
}
