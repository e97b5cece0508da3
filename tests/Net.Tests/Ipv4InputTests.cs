using PacketDotNet;

namespace KernelSockets.Net.Tests;

/// <summary>What the host does with IPv4 datagrams, sound and unsound: RFC 791, RFC 1122 §3.2.1.</summary>
public sealed class Ipv4InputTests
{
    private static readonly byte[] s_echo = Frames.Echo(1, 2, Frames.Pattern(56));

    private static byte[] Damaged(int offset, byte value, bool fixChecksum = true)
    {
        byte[] datagram = Frames.Datagram(Tester.ToNode, s_echo);
        datagram[offset] = value;
        return fixChecksum ? Frames.WithHeaderChecksum(datagram) : datagram;
    }

    private static byte[] Frame(byte[] datagram, MacAddress? destination = null) =>
        Frames.Ethernet(destination ?? Tester.NodeMac, Tester.SelfMac, EtherType.Ipv4, datagram);

    [Fact]
    public void Item8_BadHeaderChecksum_Silence()
    {
        Tester tester = new();
        tester.AssertSilence(Frame(Damaged(11, 0x5A, fixChecksum: false)));
        Assert.Equal(1, tester.Ipv4.InHdrErrors);
    }

    [Theory]
    [InlineData(0, 0x55)] // version 5
    [InlineData(0, 0x44)] // header of 16 bytes
    [InlineData(0, 0x4F)] // header of 60 bytes, of which 40 are data: unsound options
    [InlineData(3, 19)] // total length below the header's
    [InlineData(2, 0x20)] // total length above the frame's
    public void Item8_ContradictoryHeader_NoEchoAndAlive(int offset, byte value)
    {
        Tester tester = new();
        byte[][] answers = tester.Exchange(Frame(Damaged(offset, value)));
        Assert.DoesNotContain(answers, frame => Frames.JudgeIcmp(frame).TypeCode == IcmpV4TypeCode.EchoReply);
        Assert.Equal(1, tester.Ipv4.InHdrErrors + tester.Ipv4.InTruncatedPkts);
        tester.AssertAlive();
    }

    [Fact]
    public void Item8_TotalLengthBeyondTheFrame_Silence()
    {
        Tester tester = new();
        tester.AssertSilence(Frame(Damaged(2, 0x20)));
        Assert.Equal(1, tester.Ipv4.InTruncatedPkts);
    }

    [Theory]
    [InlineData("10.0.0.3")]
    [InlineData("192.168.1.1")]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("224.0.0.5")]
    [InlineData("250.0.0.1")]
    public void Item9_DestinationNotOurs_SilenceAndNeverForwarded(string destination)
    {
        Tester tester = new();
        tester.AssertSilence(Frame(Frames.Datagram(Tester.ToNode with { Destination = Addresses.Ip(destination) }, s_echo)));
        Assert.Equal(1, tester.Ipv4.InAddrErrors);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("10.0.0.255")]
    [InlineData("240.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("10.0.0.2")] // LAND: our own
    public void Item10_ImpossibleSource_Silence(string source)
    {
        Tester tester = new();
        tester.AssertSilence(Frame(Frames.Datagram(Tester.ToNode with { Source = Addresses.Ip(source) }, s_echo)));
        Assert.Equal(1, tester.Ipv4.InMartians);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Item11_TtlOneOrLessToUs_Answered(byte timeToLive)
    {
        Tester tester = new();
        byte[] frame = Assert.Single(tester.ExchangeDatagram(Frames.Datagram(Tester.ToNode with { TimeToLive = timeToLive }, s_echo)));
        Assert.Equal(64, Frames.JudgeIpv4(frame).TimeToLive);
        Assert.Equal(IcmpV4TypeCode.EchoReply, Frames.JudgeIcmp(frame).TypeCode);
    }

    [Fact]
    public void Item12_PaddedFrame_OnlyTotalLengthCounts()
    {
        Tester tester = new();
        byte[] padded = [.. Frames.Datagram(Tester.ToNode, Frames.Echo(1, 2, [0xAA])), .. Frames.Pattern(100)];
        byte[] frame = Assert.Single(tester.ExchangeDatagram(padded));
        Assert.Equal(29, Frames.JudgeIpv4(frame).TotalLength);
        Assert.Equal([0xAA], Frames.JudgeIcmp(frame).Data);
    }

    [Fact]
    public void Item20_UnknownProtocol_ProtocolUnreachable()
    {
        Tester tester = new();
        byte[] datagram = Frames.Datagram(Tester.ToNode with { Protocol = (Ipv4Protocol)200 }, Frames.Pattern(100));
        byte[] frame = Assert.Single(tester.ExchangeDatagram(datagram));
        IcmpV4Packet error = Frames.JudgeIcmp(frame);
        Assert.Equal(IcmpV4TypeCode.UnreachableProtocol, error.TypeCode);
        Assert.Equal(1, tester.Ipv4.InUnknownProtos);
        Assert.Equal(1, tester.Icmp.OutDestUnreachs);
    }

    [Fact]
    public void LinkBroadcastToOneHostsAddress_Silence()
    {
        Tester tester = new();
        tester.AssertSilence(Frame(Frames.Datagram(Tester.ToNode, s_echo), MacAddress.Broadcast));
        Assert.Equal(1, tester.Ipv4.InAddrErrors);
    }

    [Fact]
    public void FrameForAnotherStation_WhilePromiscuous_IsNotOurs()
    {
        Tester tester = new();
        tester.Node.Device.IsPromiscuous = true;
        tester.AssertSilence(Frame(Frames.Datagram(Tester.ToNode, s_echo), Addresses.Mac("52:54:00:00:00:77")));
        Assert.Equal(1, tester.Node.Interface.Statistics.InOtherHost);
    }

    [Theory]
    [InlineData(0x0000)]
    [InlineData(0x0026)] // IEEE 802.3 length
    [InlineData(0x86DD)] // IPv6
    [InlineData(0x8100)] // VLAN
    public void UnknownEtherType_Silence(int type)
    {
        Tester tester = new();
        tester.AssertSilence(Frames.Ethernet(Tester.NodeMac, Tester.SelfMac, (EtherType)type, s_echo));
        Assert.Equal(1, tester.Node.Interface.Statistics.InUnknownProtos);
    }

    [Fact]
    public void SourceMacIsAGroup_Silence()
    {
        Tester tester = new();
        tester.AssertSilence(Frames.Ethernet(Tester.NodeMac, MacAddress.Broadcast, EtherType.Ipv4, Frames.Datagram(Tester.ToNode, s_echo)));
        Assert.Equal(1, tester.Node.Interface.Statistics.InErrors);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(13)]
    [InlineData(14)]
    [InlineData(33)]
    public void RuntFrame_SilenceAndAlive(int length)
    {
        Tester tester = new();
        PacketBuffer buffer = tester.Node.Pool.TryTake()!;
        buffer.SetReceived(0, length);
        Frame(Frames.Datagram(Tester.ToNode, s_echo)).AsSpan(0, length).CopyTo(buffer.Data);
        tester.Node.Interface.Receive(buffer);
        buffer.Release();
        tester.AssertAlive();
    }

    [Fact]
    public void InterfaceDown_FramesAreDropped()
    {
        Tester tester = new();
        Assert.Equal(Errno.Success, tester.Node.Control.SetUp("eth0", false));
        Assert.Empty(tester.ExchangeDatagram(Frames.Datagram(Tester.ToNode, s_echo)));
        Assert.Equal(1, tester.Node.Interface.Statistics.InDiscards);
        Assert.Equal(Errno.Success, tester.Node.Control.SetUp("eth0", true));
        tester.AssertAlive();
    }

    [Fact]
    public void ChecksumVerifiedByTheDevice_IsNotCheckedAgain()
    {
        Tester tester = new();
        byte[] frame = Frame(Damaged(11, 0x5A, fixChecksum: false));
        PacketBuffer buffer = tester.Node.Pool.TryTake()!;
        buffer.SetReceived(0, frame.Length);
        frame.CopyTo(buffer.Data);
        buffer.IsChecksumVerified = true;
        tester.Node.Interface.Receive(buffer);
        buffer.Release();
        Assert.Equal(1, tester.Icmp.OutEchoReps);
    }
}
