using System.Buffers.Binary;
using PacketDotNet;

namespace KernelSockets.Net.Tests.Sockets;

/// <summary>What a conforming host does on the wire with UDP (RFC 768, RFC 1122 §4.1), by its number in the wire checklist.</summary>
public sealed class UdpChecklistTests
{
    private static readonly byte[] s_hello = "hello"u8.ToArray();

    [Fact]
    public void Checklist26_ClosedPort_PortUnreachableThatQuotesTheDatagram()
    {
        Tester tester = new();
        byte[] datagram = UdpFrames.Datagram(9999, s_hello);
        byte[] answer = Assert.Single(tester.ExchangeDatagram(datagram), Frames.IsIpv4);
        IcmpV4Packet error = Frames.JudgeIcmp(answer);
        Assert.Equal(IcmpV4TypeCode.UnreachablePort, error.TypeCode);
        Assert.Equal(datagram, answer[(EthernetHeader.Size + Ipv4Header.MinimumSize + IcmpHeader.Size)..]);
        Assert.Equal(1, tester.Node.Stack.Udp.Statistics.NoPorts);
    }

    [Fact]
    public void Checklist26_ClosedPort_NoErrorAboutABroadcast()
    {
        Tester tester = new();
        Ipv4Fields ip = UdpFrames.ToNode with { Destination = Ipv4Address.Broadcast };
        byte[] datagram = Frames.Datagram(ip, UdpFrames.Segment(ip, 1, 9999, s_hello));
        tester.AssertSilence(Frames.Ethernet(MacAddress.Broadcast, Tester.SelfMac, EtherType.Ipv4, datagram));
    }

    [Fact]
    public void Checklist27_BadChecksum_Silence()
    {
        Tester tester = new();
        using TestSocket socket = TestSocket.Udp(tester, 7);
        byte[] datagram = UdpFrames.Datagram(7, s_hello);
        datagram[^1] ^= 1;
        Assert.Empty(tester.ExchangeDatagram(datagram));
        Assert.Equal(Errno.EAGAIN, socket.Receive().Error);
        Assert.Equal(1, tester.Node.Stack.Udp.Statistics.InCsumErrors);
    }

    [Fact]
    public void Checklist27_NoChecksum_Accepted()
    {
        Tester tester = new();
        using TestSocket socket = TestSocket.Udp(tester, 7);
        byte[] segment = UdpFrames.Segment(UdpFrames.ToNode, 1, 7, s_hello);
        segment[UdpHeader.ChecksumOffset] = 0;
        segment[UdpHeader.ChecksumOffset + 1] = 0;
        Assert.Empty(tester.ExchangeDatagram(Frames.Datagram(UdpFrames.ToNode, segment)));
        Assert.Equal(s_hello, socket.Receive().Data);
    }

    [Fact]
    public void Checklist27_ComputedZero_SentAsAllOnes()
    {
        Tester tester = new();
        using TestSocket socket = TestSocket.Udp(tester, 5000);
        byte[] data = new byte[2];
        for (int value = 0; value <= ushort.MaxValue; value++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(data, (ushort)value);
            byte[] header = new byte[UdpHeader.Size];
            UdpHeader.Emit(header, Tester.Node4, 5000, Tester.Self4, 53, data);
            Assert.NotEqual(0, BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(UdpHeader.ChecksumOffset)));
            if (header[UdpHeader.ChecksumOffset] == byte.MaxValue && header[UdpHeader.ChecksumOffset + 1] == byte.MaxValue)
            {
                Assert.Equal(2, socket.SendTo(Tester.SelfIp, 53, data).Count);
                tester.Settle();
                Assert.Equal(ushort.MaxValue, UdpFrames.Judge(Assert.Single(tester.Probe.Take(), Frames.IsIpv4)).Checksum);
                return;
            }
        }

        Assert.Fail("no data sum to zero");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(14)]
    [InlineData(65_535)]
    public void Checklist28_WrongLength_Dropped(int length)
    {
        Tester tester = new();
        using TestSocket socket = TestSocket.Udp(tester, 7);
        byte[] segment = UdpFrames.Segment(UdpFrames.ToNode, 1, 7, s_hello);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(UdpHeader.LengthOffset), (ushort)length);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(UdpHeader.ChecksumOffset), 0);
        Assert.Empty(tester.ExchangeDatagram(Frames.Datagram(UdpFrames.ToNode, segment)));
        Assert.Equal(Errno.EAGAIN, socket.Receive().Error);
        Assert.Equal(1, tester.Node.Stack.Udp.Statistics.InErrors);
        tester.AssertAlive();
    }

    [Fact]
    public void Checklist28_SevenBytesOfUdp_Dropped()
    {
        Tester tester = new();
        Assert.Empty(tester.ExchangeDatagram(Frames.Datagram(UdpFrames.ToNode, Frames.Pattern(7))));
        Assert.Equal(1, tester.Node.Stack.Udp.Statistics.InErrors);
    }

    [Fact]
    public void Checklist28_ShorterThanItsDatagram_RestIsIgnored()
    {
        Tester tester = new();
        using TestSocket socket = TestSocket.Udp(tester, 7);
        byte[] segment = [.. UdpFrames.Segment(UdpFrames.ToNode, 1, 7, s_hello), 9, 9, 9];
        Assert.Empty(tester.ExchangeDatagram(Frames.Datagram(UdpFrames.ToNode, segment)));
        Assert.Equal(s_hello, socket.Receive().Data);
    }

    [Fact]
    public void Checklist29_ReplyComesFromTheAddressAsked()
    {
        Tester tester = new();
        using TestSocket socket = TestSocket.Udp(tester, 7);
        Assert.Equal(Errno.Success, socket.Set(0, 8, 1));
        tester.SendDatagram(UdpFrames.Datagram(7, s_hello));
        tester.Settle();
        Received received = socket.Receive(control: 64);
        Assert.Equal(28, BinaryPrimitives.ReadInt64LittleEndian(received.Control));
        Assert.Equal(tester.Node.Interface.Number, BinaryPrimitives.ReadInt32LittleEndian(received.Control.AsSpan(16)));
        Assert.Equal(Tester.Node4, Ipv4Address.Read(received.Control.AsSpan(20)));
        Assert.Equal(Tester.Node4, Ipv4Address.Read(received.Control.AsSpan(24)));
        Assert.Equal(5, socket.SendTo(Tester.SelfIp, UdpFrames.TesterPort, s_hello, received.Control).Count);
        tester.Settle();
        byte[] reply = Assert.Single(tester.Probe.Take(), Frames.IsIpv4);
        Assert.Equal(Tester.NodeIp, Frames.JudgeIpv4(reply).SourceAddress.ToString());
        Assert.Equal(7, UdpFrames.Judge(reply).SourcePort);
    }

    [Fact]
    public void Checklist30_PortUnreachable_RefusesTheConnectedSocketOnce()
    {
        Tester tester = new();
        using TestSocket connected = TestSocket.Udp(tester);
        using TestSocket open = TestSocket.Udp(tester, 5001);
        Assert.Equal(Errno.Success, connected.Connect(Tester.SelfIp, 9));
        Assert.Equal(5, connected.Send(s_hello).Count);
        tester.Settle();
        byte[] sent = Assert.Single(tester.Probe.Take(), Frames.IsIpv4);
        byte[] quotation = sent[EthernetHeader.Size..(EthernetHeader.Size + Ipv4Header.MinimumSize + 8)];
        byte[] error = Frames.Icmp(new IcmpFields(IcmpType.DestinationUnreachable, 3, 0), quotation);
        tester.ExchangeDatagram(Frames.Datagram(Tester.ToNode, error));
        Assert.True(connected.Poll().HasFlag(PollEvents.Error));
        Assert.Equal(Errno.ECONNREFUSED, connected.Receive().Error);
        Assert.Equal(Errno.EAGAIN, connected.Receive().Error);
        tester.ExchangeDatagram(Frames.Datagram(Tester.ToNode, error));
        Assert.Equal((int)Errno.ECONNREFUSED, connected.Get(1, 4));
        Assert.Equal(0, connected.Get(1, 4));
        Assert.Equal(Errno.EAGAIN, open.Receive().Error);
    }

    [Fact]
    public void Checklist30_ErrorAboutAnotherPeersDatagram_IsIgnored()
    {
        Tester tester = new();
        using TestSocket connected = TestSocket.Udp(tester, 5000);
        Assert.Equal(Errno.Success, connected.Connect(Tester.SelfIp, 9));
        Ipv4Fields forged = UdpFrames.ToNode with { Source = Tester.Node4, Destination = Tester.Self4 };
        byte[] quoted = Frames.Datagram(forged, UdpFrames.Segment(forged, 5000, 10, []));
        tester.ExchangeDatagram(Frames.Datagram(Tester.ToNode, Frames.Icmp(new IcmpFields(IcmpType.DestinationUnreachable, 3, 0), quoted)));
        Assert.Equal(0, connected.Get(1, 4));
    }

    [Fact]
    public void NeighbourDoesNotAnswer_ConnectedSocketHears()
    {
        Tester tester = new();
        using TestSocket connected = TestSocket.Udp(tester);
        Assert.Equal(Errno.Success, connected.Connect("10.0.0.77", 9));
        Assert.Equal(5, connected.Send(s_hello).Count);
        Assert.Equal(Errno.EHOSTUNREACH, connected.Receive(TestSocket.Blocking).Error);
    }
}
