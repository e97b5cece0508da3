using KernelSockets.Sockets;
using PacketDotNet;

namespace KernelSockets.Net.Tests.Sockets;

/// <summary>Raw sockets (raw(7)).</summary>
public sealed class RawSocketTests
{
    private const int Experimental = 253;
    private static readonly byte[] s_hello = "hello"u8.ToArray();

    [Fact]
    public void Receive_WholeDatagramWithItsHeader_StackAnswersAllTheSame()
    {
        Tester tester = new();
        using TestSocket socket = new(tester.Node.Stack, SocketType.Raw, 1);
        byte[] request = Frames.Datagram(Tester.ToNode, Frames.Echo(1, 2, s_hello));
        Assert.Single(tester.ExchangeDatagram(request), Frames.IsIpv4);
        Received received = socket.Receive();
        Assert.Equal(request, received.Data);
        Assert.Equal(SocketAddress.Inet(Tester.Self4, 0), received.Name);
    }

    [Fact]
    public void UnknownProtocol_EverySocketGetsACopy_AndNoUnreachableIsSent()
    {
        Tester tester = new();
        byte[] datagram = Frames.Datagram(Tester.ToNode with { Protocol = (Ipv4Protocol)Experimental }, s_hello);
        Assert.Single(tester.ExchangeDatagram(datagram), Frames.IsIpv4);
        using TestSocket first = new(tester.Node.Stack, SocketType.Raw, Experimental);
        using TestSocket second = new(tester.Node.Stack, SocketType.Raw, Experimental);
        using TestSocket all = new(tester.Node.Stack, SocketType.Raw, 0);
        using TestSocket other = new(tester.Node.Stack, SocketType.Raw, Experimental + 1);
        using TestSocket sender = new(tester.Node.Stack, SocketType.Raw, 255);
        Assert.Empty(tester.ExchangeDatagram(datagram));
        Assert.Equal(datagram, first.Receive().Data);
        Assert.Equal(datagram, second.Receive().Data);
        Assert.Equal(datagram, all.Receive().Data);
        Assert.Equal(Errno.EAGAIN, other.Receive().Error);
        Assert.Equal(Errno.EAGAIN, sender.Receive().Error);
        tester.Node.AssertNoLeak();
    }

    [Fact]
    public void BindAndConnect_FilterByAddress()
    {
        Tester tester = new();
        using TestSocket bound = new(tester.Node.Stack, SocketType.Raw, Experimental);
        using TestSocket connected = new(tester.Node.Stack, SocketType.Raw, Experimental);
        using TestSocket elsewhere = new(tester.Node.Stack, SocketType.Raw, Experimental);
        Assert.Equal(Errno.Success, bound.Bind(Tester.NodeIp, 0));
        Assert.Equal(Errno.Success, elsewhere.Bind("127.0.0.1", 0));
        Assert.Equal(Errno.Success, connected.Connect("10.0.0.7", 0));
        tester.ExchangeDatagram(Frames.Datagram(Tester.ToNode with { Protocol = (Ipv4Protocol)Experimental }, s_hello));
        Assert.True(bound.Receive().Result.IsSuccess);
        Assert.Equal(Errno.EAGAIN, connected.Receive().Error);
        Assert.Equal(Errno.EAGAIN, elsewhere.Receive().Error);
    }

    [Fact]
    public void IcmpFilter_HidesTypes()
    {
        Tester tester = new();
        using TestSocket socket = new(tester.Node.Stack, SocketType.Raw, 1);
        Assert.Equal(Errno.Success, socket.Set(255, 1, ~(1 << (int)IcmpType.EchoReply)));
        tester.ExchangeDatagram(Frames.Datagram(Tester.ToNode, Frames.Echo(1, 2, s_hello)));
        Assert.Equal(Errno.EAGAIN, socket.Receive().Error);
        tester.ExchangeDatagram(Frames.Datagram(Tester.ToNode, Frames.Echo(1, 2, s_hello, IcmpType.EchoReply)));
        Assert.True(socket.Receive().Result.IsSuccess);
        using TestSocket other = new(tester.Node.Stack, SocketType.Raw, Experimental);
        Assert.Equal(Errno.EOPNOTSUPP, other.Set(255, 1, 0));
    }

    [Fact]
    public void Send_HeaderIsMade()
    {
        Tester tester = new();
        using TestSocket socket = new(tester.Node.Stack, SocketType.Raw, Experimental);
        Assert.Equal(Errno.EDESTADDRREQ, socket.Send(s_hello).Error);
        Assert.Equal(Errno.Success, socket.Set(0, 2, 9));
        Assert.Equal(Errno.Success, socket.Set(0, 1, 0x10));
        Assert.Equal(5, socket.SendTo(Tester.SelfIp, 0, s_hello).Count);
        tester.Settle();
        IPv4Packet ip = Frames.JudgeIpv4(Assert.Single(tester.Probe.Take(), Frames.IsIpv4));
        Assert.Equal((Tester.NodeIp, 9, 0x10, Experimental), (ip.SourceAddress.ToString(), ip.TimeToLive, ip.TypeOfService, (int)ip.Protocol));
        Assert.Equal(s_hello, ip.PayloadData ?? ip.PayloadPacket.Bytes);
    }

    [Fact]
    public void HeaderIncluded_HeaderIsTheCallersOwn()
    {
        Tester tester = new();
        using TestSocket socket = new(tester.Node.Stack, SocketType.Raw, 255);
        Assert.Equal(1, socket.Get(0, 3));
        byte[] datagram = Frames.Datagram(
            new Ipv4Fields
            {
                TimeToLive = 3,
                Protocol = (Ipv4Protocol)Experimental,
                Source = Addresses.Ip("10.0.0.200"),
                Destination = Tester.Self4,
                Identification = 77,
            },
            s_hello);
        Assert.Equal(datagram.Length, socket.SendTo(Tester.SelfIp, 0, datagram).Count);
        Assert.Equal(Errno.EINVAL, socket.SendTo(Tester.SelfIp, 0, new byte[19]).Error);
        Assert.Equal(Errno.EMSGSIZE, socket.SendTo(Tester.SelfIp, 0, [.. datagram, .. new byte[1500]]).Error);
        tester.Settle();
        byte[] frame = Assert.Single(tester.Probe.Take(), Frames.IsIpv4);
        Assert.Equal(datagram, frame[EthernetHeader.Size..(EthernetHeader.Size + datagram.Length)]);

        // The address given to sendto tells the way, whatever the header says (raw(7)).
        Ipv4Address.Broadcast.Write(datagram.AsSpan(16));
        Assert.Equal(datagram.Length, socket.SendTo(Tester.SelfIp, 0, Frames.WithHeaderChecksum(datagram)).Count);
        tester.Settle();
        Assert.Equal(Tester.SelfMac, MacAddress.Read(Assert.Single(tester.Probe.Take(), Frames.IsIpv4)));
    }

    [Fact]
    public void NeighbourDoesNotAnswer_IcmpSocketSeesHostUnreachable()
    {
        Tester tester = new();
        using TestSocket socket = new(tester.Node.Stack, SocketType.Raw, 1);
        Assert.Equal(13, socket.SendTo("10.0.0.77", 0, Frames.Echo(1, 1, s_hello)).Count);
        Received received = socket.Receive(TestSocket.Blocking);
        IPv4Packet ip = new(new PacketDotNet.Utils.ByteArraySegment(received.Data));
        IcmpV4Packet icmp = Assert.IsType<IcmpV4Packet>(ip.PayloadPacket);
        Assert.Equal(IcmpV4TypeCode.UnreachableHost, icmp.TypeCode);
        Assert.True(icmp.ValidIcmpChecksum && ip.ValidIPChecksum);
        Assert.Equal(Tester.Node4, received.Name.Address);
    }

    [Fact]
    public void Reassembled_ComesWhole()
    {
        Tester tester = new();
        using TestSocket socket = new(tester.Node.Stack, SocketType.Raw, Experimental);
        Ipv4Fields fields = Tester.ToNode with { Protocol = (Ipv4Protocol)Experimental };
        byte[] data = Frames.Pattern(3000);
        tester.SendDatagram(Frames.Datagram(fields with { MoreFragments = true }, data.AsSpan(0, 1480)));
        tester.SendDatagram(Frames.Datagram(fields with { FragmentOffset = 1480 }, data.AsSpan(1480)));
        tester.Settle();
        Assert.Equal(data, socket.Receive(size: 4096).Data[Ipv4Header.MinimumSize..]);
        tester.Node.AssertNoLeak();
    }
}
