using PacketDotNet;

namespace KernelSockets.Net.Tests.Sockets;

/// <summary>Frames with UDP in them.</summary>
internal static class UdpFrames
{
    public const ushort TesterPort = 4000;

    public static readonly Ipv4Fields ToNode = Tester.ToNode with { Protocol = Ipv4Protocol.Udp };

    /// <summary>Header and data, with the checksum.</summary>
    public static byte[] Segment(Ipv4Fields ip, ushort source, ushort destination, byte[] data)
    {
        byte[] segment = new byte[UdpHeader.Size + data.Length];
        UdpHeader.Emit(segment, ip.Source, source, ip.Destination, destination, data);
        data.CopyTo(segment, UdpHeader.Size);
        return segment;
    }

    /// <summary>A datagram from the tester to a port of the node.</summary>
    public static byte[] Datagram(ushort destination, byte[] data, ushort source = TesterPort) =>
        Frames.Datagram(ToNode, Segment(ToNode, source, destination, data));

    /// <summary>Reads a frame as UDP and checks all checksums.</summary>
    public static UdpPacket Judge(byte[] frame)
    {
        UdpPacket udp = Assert.IsType<UdpPacket>(Frames.JudgeIpv4(frame).PayloadPacket);
        Assert.True(udp.ValidUdpChecksum, "bad UDP checksum");
        return udp;
    }
}
