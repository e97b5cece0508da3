using System.Buffers.Binary;
using KernelSockets.Sockets;

namespace KernelSockets.Net.Tests.Sockets;

/// <summary>PACKET_ADD_MEMBERSHIP (packet(7)), IFF_PROMISC, IFF_ALLMULTI, and groups that reach the device's filter.</summary>
public sealed class PacketMembershipTests
{
    private const int PacketLevel = 263;
    private const int Add = 1;
    private const int Drop = 2;
    private const ushort Multicast = 0;
    private const ushort Promiscuous = 1;
    private const ushort AllMulticast = 2;
    private const ushort Experimental = 0x88B5;

    private static readonly MacAddress s_stranger = Addresses.Mac("52:54:00:00:00:77");
    private static readonly MacAddress s_group = Addresses.Mac("01:00:5e:01:02:03");

    [Fact]
    public void Promiscuous_SeesFramesForOthers_UntilTheLastUserGoes()
    {
        Tester tester = new();
        using TestSocket one = new(tester.Node.Stack, SocketType.Packet, Experimental);
        using TestSocket two = new(tester.Node.Stack, SocketType.Packet, PacketBlock.AllProtocols);
        int number = tester.Node.Interface.Number;
        tester.Exchange(Frame(s_stranger));
        Assert.Equal(Errno.EAGAIN, one.Receive().Error);

        Assert.Equal(Errno.Success, one.Set(PacketLevel, Add, Request(number, Promiscuous)));
        Assert.Equal(Errno.Success, two.Set(PacketLevel, Add, Request(number, Promiscuous)));
        Assert.True(Flags(tester).HasFlag(InterfaceFlags.Promiscuous));
        tester.Exchange(Frame(s_stranger));
        Assert.Equal(PacketType.OtherHost, one.Receive().Name.PacketType);
        Assert.Equal(1, tester.Node.Interface.Statistics.InOtherHost);

        Assert.Equal(Errno.Success, one.Set(PacketLevel, Drop, Request(number, Promiscuous)));
        Assert.Equal(Errno.EADDRNOTAVAIL, one.Set(PacketLevel, Drop, Request(number, Promiscuous)));
        Assert.True(Flags(tester).HasFlag(InterfaceFlags.Promiscuous));
        two.Dispose();
        Assert.False(Flags(tester).HasFlag(InterfaceFlags.Promiscuous));
        tester.Exchange(Frame(s_stranger));
        Assert.Equal(Errno.EAGAIN, one.Receive().Error);
    }

    [Fact]
    public void Promiscuous_DatagramsForOthers_StayAwayFromTheStack()
    {
        Tester tester = new();
        Assert.Equal(Errno.Success, tester.Node.Control.SetPromiscuous("eth0", true));
        byte[] request = Frames.Ethernet(s_stranger, Tester.SelfMac, EtherType.Ipv4, Frames.Datagram(Tester.ToNode, Frames.Echo(1, 1, [1])));
        Assert.DoesNotContain(tester.Exchange(request), Frames.IsIpv4);
        Assert.Equal(Errno.ENODEV, tester.Node.Control.SetPromiscuous("eth7", true));
    }

    [Fact]
    public void Multicast_OneGroupOrAll()
    {
        Tester tester = new();
        using TestSocket socket = new(tester.Node.Stack, SocketType.Packet, Experimental);
        int number = tester.Node.Interface.Number;
        tester.Exchange(Frame(s_group));
        Assert.Equal(Errno.EAGAIN, socket.Receive().Error);
        Assert.Equal(Errno.Success, socket.Set(PacketLevel, Add, Request(number, Multicast, s_group)));
        tester.Exchange(Frame(s_group));
        Assert.Equal(PacketType.Multicast, socket.Receive().Name.PacketType);
        Assert.Equal(Errno.Success, socket.Set(PacketLevel, Drop, Request(number, Multicast, s_group)));
        tester.Exchange(Frame(s_group));
        Assert.Equal(Errno.EAGAIN, socket.Receive().Error);
        Assert.Equal(Errno.Success, socket.Set(PacketLevel, Add, Request(number, AllMulticast)));
        Assert.True(Flags(tester).HasFlag(InterfaceFlags.AllMulticast));
        tester.Exchange(Frame(s_group));
        Assert.Equal(PacketType.Multicast, socket.Receive().Name.PacketType);
    }

    [Fact]
    public void BadRequests_AreRefused()
    {
        Tester tester = new();
        using TestSocket socket = new(tester.Node.Stack, SocketType.Packet, Experimental);
        int number = tester.Node.Interface.Number;
        Assert.Equal(Errno.EINVAL, socket.Set(PacketLevel, Add, new byte[15]));
        Assert.Equal(Errno.ENODEV, socket.Set(PacketLevel, Add, Request(9, Promiscuous)));
        Assert.Equal(Errno.EINVAL, socket.Set(PacketLevel, Add, Request(number, 4)));
        byte[] shortAddress = Request(number, Multicast, s_group);
        shortAddress[6] = 5;
        Assert.Equal(Errno.EINVAL, socket.Set(PacketLevel, Add, shortAddress));
        shortAddress[6] = 8;
        Assert.Equal(Errno.EINVAL, socket.Set(PacketLevel, Add, shortAddress));
        for (int i = 0; i < PacketMemberships.Maximum; i++)
        {
            Assert.Equal(Errno.Success, socket.Set(PacketLevel, Add, Request(number, Promiscuous)));
        }

        Assert.Equal(Errno.ENOBUFS, socket.Set(PacketLevel, Add, Request(number, Promiscuous)));
        socket.Dispose();
        Assert.False(Flags(tester).HasFlag(InterfaceFlags.Promiscuous));
    }

    [Fact]
    public void GroupOfAUdpSocket_PassesTheDevicesFilter()
    {
        Tester tester = new();
        using TestSocket socket = TestSocket.Udp(tester, 5000);
        byte[] request = [225, 1, 2, 3, .. "\n\0\0\x02"u8];
        Tester.Node4.Write(request.AsSpan(4));
        Ipv4Fields fields = UdpFrames.ToNode with { Destination = Addresses.Ip("225.1.2.3") };
        byte[] datagram = Frames.Datagram(fields, UdpFrames.Segment(fields, UdpFrames.TesterPort, 5000, [9]));
        byte[] frame = Frames.Ethernet(s_group, Tester.SelfMac, EtherType.Ipv4, datagram);
        tester.Exchange(frame);
        Assert.Equal(Errno.EAGAIN, socket.Receive().Error);
        Assert.Equal(Errno.Success, socket.Set(0, 35, request));
        tester.Exchange(frame);
        Assert.Equal([9], socket.Receive().Data);
    }

    private static InterfaceFlags Flags(Tester tester) => tester.Node.Control.Interfaces().Single(link => link.Name == "eth0").Flags;

    private static byte[] Frame(MacAddress destination) => Frames.Ethernet(destination, Tester.SelfMac, (EtherType)Experimental, Frames.Pattern(50));

    private static byte[] Request(int number, ushort type, MacAddress? address = null)
    {
        byte[] request = new byte[16];
        BinaryPrimitives.WriteInt32LittleEndian(request, number);
        BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(4), type);
        if (address is { } given)
        {
            request[6] = MacAddress.Size;
            given.Write(request.AsSpan(8));
        }

        return request;
    }
}
