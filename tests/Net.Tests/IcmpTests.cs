using PacketDotNet;

namespace KernelSockets.Net.Tests;

/// <summary>ICMP answers and errors: RFC 792, RFC 1122 §3.2.2, RFC 1812 §4.3.</summary>
public sealed class IcmpTests
{
    private const Ipv4Protocol UnknownProtocol = (Ipv4Protocol)200;

    private static byte[] Unknown(int size = 40) =>
        Frames.Datagram(Tester.ToNode with { Protocol = UnknownProtocol }, Frames.Pattern(size));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(56)]
    [InlineData(57)]
    [InlineData(1472)]
    public void EchoRequest_AnySize_ReplyFromTheAddressAskedWithTheSameData(int size)
    {
        Tester tester = new();
        byte[] data = Frames.Pattern(size);
        byte[] frame = Assert.Single(tester.ExchangeDatagram(
            Frames.Datagram(Tester.ToNode with { TypeOfService = 0x28 }, Frames.Echo(0xABCD, 0x1234, data))));
        Assert.Equal(Tester.SelfMac, MacAddress.Read(frame));
        IPv4Packet ip = Frames.JudgeIpv4(frame);
        Assert.Equal(Tester.NodeIp, ip.SourceAddress.ToString());
        Assert.Equal(Tester.SelfIp, ip.DestinationAddress.ToString());
        Assert.Equal(0, ip.FragmentFlags);
        Assert.Equal(0x28, ip.TypeOfService);
        IcmpV4Packet icmp = Frames.JudgeIcmp(frame);
        Assert.Equal(IcmpV4TypeCode.EchoReply, icmp.TypeCode);
        Assert.Equal(0xABCD, icmp.Id);
        Assert.Equal(0x1234, icmp.Sequence);
        Assert.Equal(data, icmp.Data);
        tester.Node.AssertNoLeak();
    }

    [Fact]
    public void Item18_BadChecksum_Silence()
    {
        Tester tester = new();
        byte[] message = Frames.Echo(1, 2, Frames.Pattern(30));
        message[20] ^= 1;
        Assert.Empty(tester.ExchangeDatagram(Frames.Datagram(Tester.ToNode, message)));
        Assert.Equal(1, tester.Icmp.InErrors);
        tester.AssertAlive();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)] // source quench
    [InlineData(5)] // redirect
    [InlineData(13)] // timestamp
    [InlineData(17)] // address mask
    [InlineData(40)]
    [InlineData(255)]
    public void Item18_UnknownOrUnusedType_Silence(byte type)
    {
        Tester tester = new();
        byte[] message = Frames.Icmp(new IcmpFields((IcmpType)type, 0, 0), Frames.Pattern(40));
        Assert.Empty(tester.ExchangeDatagram(Frames.Datagram(Tester.ToNode, message)));
        Assert.Equal(1, tester.Icmp.InUnknownTypes + tester.Icmp.InRedirects);
        tester.AssertAlive();
    }

    [Fact]
    public void MessageShorterThanItsHeader_Silence()
    {
        Tester tester = new();
        Assert.Empty(tester.ExchangeDatagram(Frames.Datagram(Tester.ToNode, [8, 0, 0xF7, 0xFF])));
        Assert.Equal(1, tester.Icmp.InErrors);
        tester.AssertAlive();
    }

    [Theory]
    [InlineData("255.255.255.255")]
    [InlineData("10.0.0.255")]
    [InlineData("224.0.0.1")]
    public void Item19_EchoToAGroup_Silence(string destination)
    {
        Tester tester = new();
        Assert.Empty(tester.ExchangeDatagram(
            Frames.Datagram(Tester.ToNode with { Destination = Addresses.Ip(destination) }, Frames.Echo(1, 2, [])), MacAddress.Broadcast));
        Assert.Equal(1, tester.Icmp.InEchosToGroup);
        tester.AssertAlive();
    }

    [Fact]
    public void Item20_UnknownProtocol_ProtocolUnreachable()
    {
        Tester tester = new();
        IcmpV4Packet error = Frames.JudgeIcmp(Assert.Single(tester.ExchangeDatagram(Unknown())));
        Assert.Equal(IcmpV4TypeCode.UnreachableProtocol, error.TypeCode);
    }

    [Fact]
    public void Item21_AboutAnError_Silence()
    {
        // An error with a malformed option would be worth a parameter problem if it were no error.
        Tester tester = new();
        byte[] message = Frames.Icmp(new IcmpFields(IcmpType.DestinationUnreachable, 1, 0), Unknown());
        Assert.Empty(tester.ExchangeDatagram(Frames.Datagram(Tester.ToNode, message, [7, 0, 0, 0])));
        Assert.Equal(1, tester.Icmp.OutErrorsForbidden);
    }

    [Theory]
    [InlineData("255.255.255.255")]
    [InlineData("10.0.0.255")]
    [InlineData("224.0.0.1")]
    public void Item21_AboutAGroup_Silence(string destination)
    {
        Tester tester = new();
        byte[] datagram = Frames.Datagram(
            Tester.ToNode with { Protocol = UnknownProtocol, Destination = Addresses.Ip(destination) }, Frames.Pattern(40));
        Assert.Empty(tester.ExchangeDatagram(datagram, MacAddress.Broadcast));
        Assert.Equal(1, tester.Icmp.OutErrorsForbidden);
    }

    [Fact]
    public void Item21_AboutALaterFragment_Silence()
    {
        Tester tester = new();
        byte[] datagram = Frames.Datagram(
            Tester.ToNode with { Protocol = UnknownProtocol, FragmentOffset = 80 }, Frames.Pattern(40), [7, 0, 0, 0]);
        Assert.Empty(tester.ExchangeDatagram(datagram));
        Assert.Equal(1, tester.Icmp.OutErrorsForbidden);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(40)]
    [InlineData(1400)]
    public void Item22_Error_QuotesHeaderAndWhatFits(int size)
    {
        Tester tester = new();
        byte[] datagram = Unknown(size);
        byte[] frame = Assert.Single(tester.ExchangeDatagram(datagram));
        IPv4Packet ip = Frames.JudgeIpv4(frame);
        Assert.InRange(ip.TotalLength, 28 + 20, IcmpErrorSender.MaximumDatagram);
        byte[] quotation = Frames.JudgeIcmp(frame).Bytes[8..(ip.TotalLength - 20)];
        Assert.Equal(datagram[..quotation.Length], quotation);
        Assert.Equal(Math.Min(datagram.Length, 548), quotation.Length);
    }

    [Fact]
    public void Item23_TwoHundredUndeliverable_ErrorsRateLimited()
    {
        Tester tester = new();
        for (int i = 0; i < 200; i++)
        {
            tester.SendDatagram(Unknown());
        }

        tester.Settle();
        Assert.Equal(IcmpErrorSender.BurstPerHost, tester.Probe.Take().Length);
        Assert.Equal(200 - IcmpErrorSender.BurstPerHost, tester.Icmp.OutRateLimited);
        tester.Settle(TimeSpan.FromSeconds(1));
        Assert.Single(tester.ExchangeDatagram(Unknown()));
        tester.AssertAlive();
    }

    [Fact]
    public void Item23_ManyHosts_ErrorsRateLimitedTogether()
    {
        Tester tester = new();
        Assert.Equal(Errno.Success, tester.Node.Control.SetAddress("eth0", Tester.Node4, 8));
        for (uint i = 0; i < 200; i++)
        {
            Ipv4Address host = new(0x0A01_0000 + i);
            tester.Node.Control.AddNeighbour(host, Tester.SelfMac);
            tester.SendDatagram(Frames.Datagram(Tester.ToNode with { Protocol = UnknownProtocol, Source = host }, Frames.Pattern(8)));
        }

        tester.Settle();
        Assert.InRange(tester.Probe.Take().Count(Frames.IsIpv4), 1, IcmpErrorSender.Burst);
    }

    [Fact]
    public void PoolEmpty_EchoIsDroppedAndCounted()
    {
        Tester tester = new(poolSize: 64);
        List<PacketBuffer> taken = [];
        while (tester.Node.Pool.Free > 1)
        {
            taken.Add(tester.Node.Pool.TryTake()!);
        }

        Assert.Empty(tester.ExchangeDatagram(Frames.Datagram(Tester.ToNode, Frames.Echo(1, 1, []))));
        Assert.Equal(1, tester.Icmp.OutErrors);
        Assert.Equal(1, tester.Ipv4.OutDiscards);
        taken.ForEach(buffer => buffer.Release());
        tester.AssertAlive();
    }
}
