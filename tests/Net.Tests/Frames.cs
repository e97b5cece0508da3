using PacketDotNet;

namespace KernelSockets.Net.Tests;

/// <summary>Builds the frames that tests inject, and reads the answers with PacketDotNet, which shares no code with the stack.</summary>
internal static class Frames
{
    public static byte[] Ethernet(MacAddress destination, MacAddress source, EtherType type, ReadOnlySpan<byte> payload)
    {
        byte[] frame = new byte[EthernetHeader.Size + payload.Length];
        new EthernetFields(destination, source, type).Emit(frame.AsSpan(0, EthernetHeader.Size));
        payload.CopyTo(frame.AsSpan(EthernetHeader.Size));
        return frame;
    }

    public static byte[] Arp(in ArpFields fields)
    {
        byte[] packet = new byte[ArpPacket.Size];
        fields.Emit(packet);
        return packet;
    }

    public static byte[] Datagram(Ipv4Fields fields, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> options = default)
    {
        byte[] datagram = new byte[Ipv4Header.MinimumSize + options.Length + payload.Length];
        (fields with { TotalLength = datagram.Length }).Emit(datagram.AsSpan(0, datagram.Length - payload.Length), options);
        payload.CopyTo(datagram.AsSpan(datagram.Length - payload.Length));
        return datagram;
    }

    public static byte[] Icmp(IcmpFields fields, ReadOnlySpan<byte> data)
    {
        byte[] message = new byte[IcmpHeader.Size + data.Length];
        data.CopyTo(message.AsSpan(IcmpHeader.Size));
        fields.Emit(message);
        return message;
    }

    public static byte[] Echo(ushort identifier, ushort sequence, ReadOnlySpan<byte> data, IcmpType type = IcmpType.EchoRequest) =>
        Icmp(IcmpFields.Echo(type, identifier, sequence), data);

    /// <summary>Bytes 0, 1, 2, ...</summary>
    public static byte[] Pattern(int length)
    {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
        {
            bytes[i] = (byte)i;
        }

        return bytes;
    }

    /// <summary>The fixed checksum of a header that was damaged on purpose elsewhere.</summary>
    public static byte[] WithHeaderChecksum(byte[] datagram)
    {
        int length = (datagram[0] & 0xF) * 4;
        datagram[10] = 0;
        datagram[11] = 0;
        ushort checksum = InternetChecksum.Compute(datagram.AsSpan(0, Math.Min(length, datagram.Length)));
        datagram[10] = (byte)(checksum >> 8);
        datagram[11] = (byte)checksum;
        return datagram;
    }

    public static EthernetPacket Judge(byte[] frame) => (EthernetPacket)Packet.ParsePacket(LinkLayers.Ethernet, frame);

    /// <summary>Reads a frame as IPv4 and checks the header's checksum.</summary>
    public static IPv4Packet JudgeIpv4(byte[] frame)
    {
        IPv4Packet packet = Assert.IsType<IPv4Packet>(Judge(frame).PayloadPacket);
        Assert.True(packet.ValidIPChecksum, "bad IPv4 checksum");
        return packet;
    }

    /// <summary>Reads a frame as ICMP and checks both checksums.</summary>
    public static IcmpV4Packet JudgeIcmp(byte[] frame)
    {
        IPv4Packet ip = JudgeIpv4(frame);
        IcmpV4Packet icmp = Assert.IsType<IcmpV4Packet>(ip.PayloadPacket);
        Assert.True(icmp.ValidIcmpChecksum, "bad ICMP checksum");
        return icmp;
    }

    public static bool IsIpv4(byte[] frame) => frame[12] == 0x08 && frame[13] == 0x00;

    public static bool IsArp(byte[] frame) => frame[12] == 0x08 && frame[13] == 0x06;
}
