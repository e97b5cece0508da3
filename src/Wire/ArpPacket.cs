using System.Buffers.Binary;

namespace KernelSockets.Wire;

/// <summary>A checked view of an ARP packet for IPv4 over Ethernet (RFC 826).</summary>
/// <remarks>
/// <code>
///    0      2      4      5      6      8              14             18             24             28
///    | htype| ptype| hlen | plen |  op  | sender MAC   | sender IPv4  | target MAC   | target IPv4  |
/// </code>
/// </remarks>
public readonly ref struct ArpPacket
{
    /// <summary>Bytes of the packet.</summary>
    public const int Size = 28;

    internal const ushort EthernetHardware = 1;
    internal const int ProtocolOffset = 2;
    internal const int HardwareLengthOffset = 4;
    internal const int ProtocolLengthOffset = 5;
    internal const int OperationOffset = 6;
    internal const int SenderHardwareOffset = 8;
    internal const int SenderProtocolOffset = 14;
    internal const int TargetHardwareOffset = 18;
    internal const int TargetProtocolOffset = 24;

    private readonly ReadOnlySpan<byte> _bytes;

    private ArpPacket(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Request or reply.</summary>
    public ArpOperation Operation => (ArpOperation)BinaryPrimitives.ReadUInt16BigEndian(_bytes[OperationOffset..]);

    /// <summary>The sender's MAC address.</summary>
    public MacAddress SenderHardware => MacAddress.Read(_bytes[SenderHardwareOffset..]);

    /// <summary>The sender's IPv4 address; 0.0.0.0 in a probe (RFC 5227 §1.1).</summary>
    public Ipv4Address SenderProtocol => Ipv4Address.Read(_bytes[SenderProtocolOffset..]);

    /// <summary>The target's MAC address; meaningless in a request.</summary>
    public MacAddress TargetHardware => MacAddress.Read(_bytes[TargetHardwareOffset..]);

    /// <summary>The target's IPv4 address.</summary>
    public Ipv4Address TargetProtocol => Ipv4Address.Read(_bytes[TargetProtocolOffset..]);

    /// <summary>All fields as a value.</summary>
    public ArpFields Fields => new(Operation, SenderHardware, SenderProtocol, TargetHardware, TargetProtocol);

    /// <summary>Looks at the payload of an ARP frame; bytes behind the packet are padding.</summary>
    /// <returns>False when it is too short, not about IPv4 over Ethernet, or neither request nor reply.</returns>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out ArpPacket packet)
    {
        packet = new ArpPacket(bytes);
        return bytes.Length >= Size
            && BinaryPrimitives.ReadUInt16BigEndian(bytes) == EthernetHardware
            && BinaryPrimitives.ReadUInt16BigEndian(bytes[ProtocolOffset..]) == (ushort)EtherType.Ipv4
            && bytes[HardwareLengthOffset] == MacAddress.Size
            && bytes[ProtocolLengthOffset] == Ipv4Address.Size
            && packet.Operation is ArpOperation.Request or ArpOperation.Reply;
    }
}

/// <summary>What an ARP packet wants (RFC 826, "Packet format").</summary>
public enum ArpOperation : ushort
{
    /// <summary>Who has the target address?</summary>
    Request = 1,

    /// <summary>The sender has it.</summary>
    Reply = 2,
}

/// <summary>The fields of an ARP packet, to be emitted.</summary>
/// <param name="Operation">Request or reply.</param>
/// <param name="SenderHardware">The sender's MAC address.</param>
/// <param name="SenderProtocol">The sender's IPv4 address.</param>
/// <param name="TargetHardware">The target's MAC address; zero in a request.</param>
/// <param name="TargetProtocol">The target's IPv4 address.</param>
public readonly record struct ArpFields(
    ArpOperation Operation, MacAddress SenderHardware, Ipv4Address SenderProtocol, MacAddress TargetHardware, Ipv4Address TargetProtocol)
{
    /// <summary>Writes the packet over <paramref name="packet"/>, whose length is exactly <see cref="ArpPacket.Size"/>.</summary>
    public void Emit(Span<byte> packet)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(packet.Length, ArpPacket.Size);
        BinaryPrimitives.WriteUInt16BigEndian(packet, ArpPacket.EthernetHardware);
        BinaryPrimitives.WriteUInt16BigEndian(packet[ArpPacket.ProtocolOffset..], (ushort)EtherType.Ipv4);
        packet[ArpPacket.HardwareLengthOffset] = MacAddress.Size;
        packet[ArpPacket.ProtocolLengthOffset] = Ipv4Address.Size;
        BinaryPrimitives.WriteUInt16BigEndian(packet[ArpPacket.OperationOffset..], (ushort)Operation);
        SenderHardware.Write(packet[ArpPacket.SenderHardwareOffset..]);
        SenderProtocol.Write(packet[ArpPacket.SenderProtocolOffset..]);
        TargetHardware.Write(packet[ArpPacket.TargetHardwareOffset..]);
        TargetProtocol.Write(packet[ArpPacket.TargetProtocolOffset..]);
    }
}
