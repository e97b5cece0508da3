using System.Buffers.Binary;
using KernelSockets.Sockets;

namespace KernelSockets.Net.Tests.Sockets;

/// <summary>Packet sockets (packet(7)).</summary>
public sealed class PacketSocketTests
{
    private const ushort Experimental = 0x88B5;
    private static readonly byte[] s_frame = Frames.Ethernet(Tester.NodeMac, Tester.SelfMac, (EtherType)Experimental, Frames.Pattern(50));

    [Fact]
    public void Receive_FrameAsItWas_WithItsAddress_AndTheStackGetsItToo()
    {
        Tester tester = new();
        using TestSocket all = new(tester.Node.Stack, SocketType.Packet, PacketBlock.AllProtocols);
        byte[] request = Frames.Ethernet(Tester.NodeMac, Tester.SelfMac, EtherType.Ipv4, Frames.Datagram(Tester.ToNode, Frames.Echo(1, 1, [1])));
        byte[] answer = Assert.Single(tester.Exchange(request), Frames.IsIpv4);
        Received received = all.Receive();
        Assert.Equal(request, received.Data[..request.Length]);
        Assert.Equal((PacketType.Host, Tester.SelfMac, (ushort)EtherType.Ipv4), (received.Name.PacketType, received.Name.HardwareAddress, received.Name.Protocol));
        Assert.Equal(tester.Node.Interface.Number, received.Name.InterfaceIndex);
        Received sent = all.Receive();
        Assert.Equal(PacketType.Outgoing, sent.Name.PacketType);
        Assert.Equal(answer[..sent.Data.Length], sent.Data);
        all.Dispose();
        Assert.Empty(tester.Node.Control.Sockets());
        tester.AssertAlive();
    }

    [Fact]
    public void Protocol_FiltersFrames_ZeroTakesNone()
    {
        Tester tester = new();
        using TestSocket one = new(tester.Node.Stack, SocketType.Packet, Experimental);
        using TestSocket other = new(tester.Node.Stack, SocketType.Packet, Experimental + 1);
        using TestSocket none = new(tester.Node.Stack, SocketType.Packet);
        tester.Exchange(s_frame);
        Assert.Equal(s_frame, one.Receive().Data);
        Assert.Equal(Errno.EAGAIN, other.Receive().Error);
        Assert.Equal(Errno.EAGAIN, none.Receive().Error);
    }

    [Fact]
    public void BindAndConnect_FilterByHardwareAddress()
    {
        Tester tester = new();
        using TestSocket bound = new(tester.Node.Stack, SocketType.Packet, Experimental);
        using TestSocket elsewhere = new(tester.Node.Stack, SocketType.Packet, Experimental);
        using TestSocket connected = new(tester.Node.Stack, SocketType.Packet, Experimental);
        Assert.Equal(Errno.ENODEV, bound.Bind(Link(9, Tester.NodeMac)));
        Assert.Equal(Errno.Success, bound.Bind(Link(tester.Node.Interface.Number, Tester.NodeMac)));
        Assert.Equal(Errno.Success, elsewhere.Bind(Link(1, null)));
        Assert.Equal(Errno.Success, connected.Connect(Link(0, Addresses.Mac("52:54:00:00:00:77"))));
        tester.Exchange(s_frame);
        Assert.Equal(s_frame, bound.Receive().Data);
        Assert.Equal(Errno.EAGAIN, elsewhere.Receive().Error);
        Assert.Equal(Errno.EAGAIN, connected.Receive().Error);
    }

    [Fact]
    public void Send_WholeFrame_OthersSeeItAndTheSenderDoesNot()
    {
        Tester tester = new();
        using TestSocket sender = new(tester.Node.Stack, SocketType.Packet, PacketBlock.AllProtocols);
        using TestSocket watcher = new(tester.Node.Stack, SocketType.Packet, PacketBlock.AllProtocols);
        byte[] frame = Frames.Ethernet(Tester.SelfMac, Tester.NodeMac, (EtherType)Experimental, Frames.Pattern(60));
        Assert.Equal(Errno.ENXIO, sender.Send(frame).Error);
        Assert.Equal(Errno.Success, sender.Bind(Link(tester.Node.Interface.Number, null)));
        Assert.Equal(Errno.EINVAL, sender.Send(new byte[13]).Error);
        Assert.Equal(Errno.EMSGSIZE, sender.Send(new byte[1515]).Error);
        Assert.Equal(frame.Length, sender.Send(frame).Count);
        tester.Settle();
        Assert.Equal(frame, Assert.Single(tester.Probe.Take()));
        Assert.Equal(frame, watcher.Receive().Data);
        Assert.Equal(Errno.EAGAIN, sender.Receive().Error);
        Assert.Equal(Errno.Success, tester.Node.Control.SetUp("eth0", false));
        Assert.Equal(Errno.ENETDOWN, sender.Send(frame).Error);
    }

    [Fact]
    public void Flood_DropsAreCounted_ReadingStartsOver()
    {
        Tester tester = new();
        using TestSocket socket = new(tester.Node.Stack, SocketType.Packet, Experimental);
        Assert.Equal(Errno.Success, socket.Set(1, 8, 1));
        for (int i = 0; i < 100; i++)
        {
            tester.Exchange(s_frame, TimeSpan.FromMilliseconds(1));
        }

        byte[] statistics = new byte[8];
        Assert.Equal(8, socket.Get(263, 6, statistics).Count);
        Assert.Equal(100, BinaryPrimitives.ReadInt32LittleEndian(statistics));
        Assert.InRange(BinaryPrimitives.ReadInt32LittleEndian(statistics.AsSpan(4)), 90, 99);
        Assert.Equal(8, socket.Get(263, 6, statistics).Count);
        Assert.Equal(0, BinaryPrimitives.ReadInt64LittleEndian(statistics));
        socket.Dispose();
        tester.AssertAlive();
    }

    private static SocketAddress Link(int number, MacAddress? address) => new(AddressFamily.Packet)
    {
        InterfaceIndex = number,
        HardwareAddress = address ?? MacAddress.Any,
        HasHardwareAddress = address is not null,
    };
}
