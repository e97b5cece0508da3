using System.Net;
using System.Net.NetworkInformation;
using FsCheck.Xunit;
using PacketDotNet;

namespace KernelSockets.Net.Tests;

/// <summary>Parse(Emit(x)) == x for every header, with PacketDotNet as a second reader of what was emitted.</summary>
public sealed class HeaderPropertyTests
{
    [Property]
    public bool Ethernet_EmittedAndParsed_IsTheSame(ulong destination, ulong source, ushort type, byte[] payload)
    {
        EthernetFields fields = new(MacOf(destination), MacOf(source), (EtherType)type);
        byte[] frame = Frames.Ethernet(fields.Destination, fields.Source, fields.Type, payload);
        return EthernetHeader.TryParse(frame, out EthernetHeader header)
            && header.Fields == fields
            && header.Payload.SequenceEqual(payload);
    }

    [Property]
    public void Ethernet_ReadByPacketDotNet_IsTheSame(ulong destination, ulong source)
    {
        byte[] frame = Frames.Ethernet(MacOf(destination), MacOf(source), EtherType.Arp, new byte[28]);
        EthernetPacket judge = Frames.Judge(frame);
        Assert.Equal(Text(judge.DestinationHardwareAddress), MacOf(destination).ToString());
        Assert.Equal(Text(judge.SourceHardwareAddress), MacOf(source).ToString());
        Assert.Equal(PacketDotNet.EthernetType.Arp, judge.Type);
    }

    [Property]
    public bool Arp_EmittedAndParsed_IsTheSame(bool isReply, ulong senderMac, uint sender, ulong targetMac, uint target, byte padding)
    {
        ArpFields fields = ArpOf(isReply, senderMac, sender, targetMac, target);
        byte[] bytes = [.. Frames.Arp(fields), .. new byte[padding]];
        return ArpPacket.TryParse(bytes, out ArpPacket packet) && packet.Fields == fields;
    }

    [Property]
    public void Arp_ReadByPacketDotNet_IsTheSame(bool isReply, ulong senderMac, uint sender, ulong targetMac, uint target)
    {
        ArpFields fields = ArpOf(isReply, senderMac, sender, targetMac, target);
        byte[] frame = Frames.Ethernet(MacAddress.Broadcast, fields.SenderHardware, EtherType.Arp, Frames.Arp(fields));
        PacketDotNet.ArpPacket judge = Assert.IsType<PacketDotNet.ArpPacket>(Frames.Judge(frame).PayloadPacket);
        Assert.Equal((int)fields.Operation, (int)judge.Operation);
        Assert.Equal(Text(judge.SenderHardwareAddress), fields.SenderHardware.ToString());
        Assert.Equal(Text(judge.TargetHardwareAddress), fields.TargetHardware.ToString());
        Assert.Equal(judge.SenderProtocolAddress.ToString(), fields.SenderProtocol.ToString());
        Assert.Equal(judge.TargetProtocolAddress.ToString(), fields.TargetProtocol.ToString());
    }

    [Property]
    public bool Igmp_EmittedAndParsed_IsTheSame(byte type, byte tenths, uint group)
    {
        IgmpFields fields = new((IgmpType)type, tenths, new Ipv4Address(group));
        byte[] bytes = new byte[IgmpMessage.Size];
        fields.Emit(bytes);
        return IgmpMessage.TryParse(bytes, out IgmpMessage message) && message.IsChecksumValid && message.Fields == fields
            && !IgmpMessage.TryParse(bytes.AsSpan(1), out _);
    }

    [Property]
    public bool Ipv4_EmittedAndParsed_IsTheSame(uint addresses, ushort numbers, byte flags, byte optionWords, byte[] payload)
    {
        byte[] options = new byte[optionWords % 11 * 4];
        Array.Fill(options, (byte)1);
        Ipv4Fields fields = Ipv4Of(addresses, numbers, flags) with { TotalLength = 20 + options.Length + payload.Length };
        byte[] padded = [.. Frames.Datagram(fields, payload, options), 1, 2, 3];
        return Ipv4Header.TryParse(padded, out Ipv4Header header)
            && header.Fields == fields
            && header.IsChecksumValid
            && header.Options.SequenceEqual(options)
            && header.Payload.SequenceEqual(payload);
    }

    [Property]
    public void Ipv4_ReadByPacketDotNet_IsTheSame(uint addresses, ushort numbers, byte flags)
    {
        Ipv4Fields fields = Ipv4Of(addresses, numbers, flags);
        byte[] datagram = Frames.Datagram(fields, new byte[30]);
        IPv4Packet judge = Frames.JudgeIpv4(Frames.Ethernet(MacAddress.Any, MacAddress.Any, EtherType.Ipv4, datagram));
        Assert.Equal(IPAddress.Parse(fields.Source.ToString()), judge.SourceAddress);
        Assert.Equal(IPAddress.Parse(fields.Destination.ToString()), judge.DestinationAddress);
        Assert.Equal(fields.Identification, judge.Id);
        Assert.Equal(fields.FragmentOffset / 8, judge.FragmentOffset);
        Assert.Equal((fields.DontFragment ? 2 : 0) | (fields.MoreFragments ? 1 : 0), judge.FragmentFlags);
        Assert.Equal(fields.TimeToLive, judge.TimeToLive);
        Assert.Equal((int)fields.Protocol, (int)judge.Protocol);
        Assert.Equal(50, judge.TotalLength);
    }

    [Property]
    public bool Icmp_EmittedAndParsed_IsTheSame(byte type, byte code, uint rest, byte[] data)
    {
        IcmpFields fields = new((IcmpType)type, code, rest);
        byte[] message = Frames.Icmp(fields, data);
        return IcmpHeader.TryParse(message, out IcmpHeader header)
            && header.Fields == fields
            && header.IsChecksumValid
            && header.Data.SequenceEqual(data);
    }

    [Property]
    public void Icmp_EchoReadByPacketDotNet_IsTheSame(ushort identifier, ushort sequence, byte[] data)
    {
        byte[] datagram = Frames.Datagram(Tester.ToNode, Frames.Echo(identifier, sequence, data));
        IcmpV4Packet judge = Frames.JudgeIcmp(Frames.Ethernet(MacAddress.Any, MacAddress.Any, EtherType.Ipv4, datagram));
        Assert.Equal(IcmpV4TypeCode.EchoRequest, judge.TypeCode);
        Assert.Equal(identifier, judge.Id);
        Assert.Equal(sequence, judge.Sequence);
        Assert.Equal(data, judge.Data);
    }

    /// <summary>After a successful parse no accessor fails, whatever the bytes are.</summary>
    [Property(MaxTest = 1000)]
    public void AnyParser_AnyBytes_NeverThrows(byte[] bytes, byte first)
    {
        byte[] ipv4Like = [(byte)(0x40 | (first & 0xF)), .. bytes];
        foreach (byte[] input in new[] { bytes, ipv4Like })
        {
            int size = EthernetHeader.TryParse(input, out EthernetHeader link) ? link.Payload.Length + (int)link.Fields.Type : 0;
            size += ArpPacket.TryParse(input, out ArpPacket arp) ? (int)arp.Fields.Operation : 0;
            size += Ipv4Header.TryParse(input, out Ipv4Header ip) ? ip.Options.Length + ip.Payload.Length + ip.Fields.TotalLength : 0;
            size += Ipv4Header.TryParseQuotation(input, out Ipv4Header quoted) ? quoted.Options.Length + quoted.Payload.Length : 0;
            size += IcmpHeader.TryParse(input, out IcmpHeader icmp) ? icmp.Data.Length + icmp.Fields.Code : 0;
            size += Ipv4Options.Scan(input.AsSpan(0, Math.Min(Ipv4Header.MaximumOptions, input.Length))).ProblemOffset;
            Assert.True(size >= 0);
        }
    }

    [Fact]
    public void Emit_WrongLength_IsAFaultOfTheCaller()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => default(EthernetFields).Emit(new byte[15]));
        Assert.Throws<ArgumentOutOfRangeException>(() => default(ArpFields).Emit(new byte[27]));
        Assert.Throws<ArgumentOutOfRangeException>(() => default(Ipv4Fields).Emit(new byte[24]));
        Assert.Throws<ArgumentOutOfRangeException>(() => default(Ipv4Fields).Emit(new byte[23], new byte[3]));
    }

    private static MacAddress MacOf(ulong value)
    {
        byte[] bytes = BitConverter.GetBytes(value);
        return MacAddress.Read(bytes);
    }

    private static string Text(PhysicalAddress address) => MacAddress.Read(address.GetAddressBytes()).ToString();

    private static ArpFields ArpOf(bool isReply, ulong senderMac, uint sender, ulong targetMac, uint target) => new(
        isReply ? ArpOperation.Reply : ArpOperation.Request,
        MacOf(senderMac),
        new Ipv4Address(sender),
        MacOf(targetMac),
        new Ipv4Address(target));

    private static Ipv4Fields Ipv4Of(uint addresses, ushort numbers, byte flags) => new()
    {
        Source = new Ipv4Address(addresses),
        Destination = new Ipv4Address(~addresses * 7),
        Identification = numbers,
        FragmentOffset = (numbers * 31 & 0x1FFF) * 8,
        DontFragment = (flags & 1) != 0,
        MoreFragments = (flags & 2) != 0,
        TypeOfService = (byte)(flags * 3),
        TimeToLive = (byte)(numbers >> 3),
        Protocol = (Ipv4Protocol)(200 + (flags & 7)),
    };
}
