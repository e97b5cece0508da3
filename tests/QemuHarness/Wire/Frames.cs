using System.Net;
using System.Net.NetworkInformation;
using PacketDotNet;
using PacketDotNet.Utils;
using ProtocolType = PacketDotNet.ProtocolType;

namespace KernelSockets.QemuHarness.Wire;

/// <summary>Builds frames with PacketDotNet, the independent judge of what is on the wire.</summary>
internal static class Frames
{
    /// <summary>Length of an ICMP echo header.</summary>
    public const int IcmpHeaderSize = 8;

    public static PhysicalAddress Broadcast { get; } = PhysicalAddress.Parse("FF-FF-FF-FF-FF-FF");

    /// <summary>The target hardware address of an ARP request.</summary>
    public static PhysicalAddress Unknown { get; } = Mac("00:00:00:00:00:00");

    /// <summary>The hardware address of the host at the other end of the cable.</summary>
    public static PhysicalAddress PeerMac { get; } = Mac("52:54:00:4B:53:01");

    public static PhysicalAddress GuestMac { get; } = Mac(QemuOptions.NicAddress);

    public static IPAddress GuestIp { get; } = IPAddress.Parse(QemuOptions.GuestAddress);

    public static PhysicalAddress Mac(string text) => PhysicalAddress.Parse(text.Replace(':', '-').ToUpperInvariant());

    /// <summary>An ARP packet in its frame. A request is broadcast unless told otherwise.</summary>
    public static byte[] Arp(
        ArpOperation operation, PhysicalAddress senderMac, IPAddress senderIp, PhysicalAddress targetMac, IPAddress targetIp, PhysicalAddress destination) =>
        new EthernetPacket(senderMac, destination, EthernetType.Arp)
        {
            PayloadPacket = new ArpPacket(operation, targetMac, targetIp, senderMac, senderIp),
        }.Bytes;

    /// <summary>An ARP request for an address, as a host broadcasts it.</summary>
    public static byte[] ArpRequest(PhysicalAddress senderMac, IPAddress senderIp, IPAddress targetIp) =>
        Arp(ArpOperation.Request, senderMac, senderIp, Unknown, targetIp, Broadcast);

    /// <summary>An ICMP echo request or reply in its datagram and frame.</summary>
    public static byte[] Echo(
        IcmpV4TypeCode type, PhysicalAddress source, PhysicalAddress destination, IPAddress from, IPAddress to, ushort id, ushort sequence, byte[] data) =>
        Datagram(source, destination, from, to, EchoMessage(type, id, sequence, data)).Bytes;

    /// <summary>An ICMP message in an IPv4 datagram in a frame, checksums filled in; the caller may still spoil it.</summary>
    public static EthernetPacket Datagram(PhysicalAddress source, PhysicalAddress destination, IPAddress from, IPAddress to, IcmpV4Packet message)
    {
        IPv4Packet datagram = new(from, to) { Protocol = ProtocolType.Icmp, TimeToLive = 64, PayloadPacket = message };
        EthernetPacket frame = new(source, destination, EthernetType.IPv4) { PayloadPacket = datagram };
        frame.UpdateCalculatedValues();
        datagram.UpdateIPChecksum();
        return frame;
    }

    /// <summary>A UDP datagram in its frame, checksums filled in; the caller may still spoil it.</summary>
    public static byte[] Udp(
        PhysicalAddress source, PhysicalAddress destination, IPAddress from, IPAddress to, ushort fromPort, ushort toPort, byte[] data) =>
        Datagram(source, destination, from, to, fromPort, toPort, data).Bytes;

    /// <summary>The same, for whole IPv4 payloads that are to be cut into fragments.</summary>
    public static EthernetPacket Datagram(
        PhysicalAddress source, PhysicalAddress destination, IPAddress from, IPAddress to, ushort fromPort, ushort toPort, byte[] data)
    {
        UdpPacket message = new(fromPort, toPort) { PayloadData = data };
        IPv4Packet datagram = new(from, to) { Protocol = ProtocolType.Udp, TimeToLive = 64, PayloadPacket = message };
        EthernetPacket frame = new(source, destination, EthernetType.IPv4) { PayloadPacket = datagram };
        frame.UpdateCalculatedValues();
        message.UpdateUdpChecksum();
        datagram.UpdateIPChecksum();
        return frame;
    }

    /// <summary>A piece of an IPv4 datagram in its frame.</summary>
    /// <param name="whole">The frame of the whole datagram.</param>
    /// <param name="offset">First byte of the payload that it holds, a multiple of eight.</param>
    /// <param name="length">Bytes of the payload that it holds.</param>
    /// <param name="identification">The same for all pieces.</param>
    /// <param name="isLast">True for the piece without "more fragments".</param>
    public static byte[] Fragment(EthernetPacket whole, int offset, int length, ushort identification, bool isLast)
    {
        IPv4Packet datagram = whole.Extract<IPv4Packet>();
        IPv4Packet part = new(new ByteArraySegment([.. datagram.HeaderData])) // without payload, which the package would take for a whole message
        {
            TotalLength = datagram.HeaderData.Length + length,
            Id = identification,
            FragmentFlags = (ushort)(isLast ? 0 : 1),
            FragmentOffset = offset / 8,
        };
        part.UpdateIPChecksum();
        return [.. whole.HeaderData, .. part.HeaderData, .. datagram.PayloadPacket.Bytes.AsSpan(offset, length)];
    }

    private static IcmpV4Packet EchoMessage(IcmpV4TypeCode type, ushort id, ushort sequence, byte[] data)
    {
        IcmpV4Packet message = new(new ByteArraySegment(new byte[IcmpHeaderSize + data.Length])) { TypeCode = type, Id = id, Sequence = sequence };
        data.CopyTo(message.BytesSegment.Bytes.AsSpan(message.BytesSegment.Offset + IcmpHeaderSize));
        message.UpdateIcmpChecksum();
        return message;
    }
}
