using KernelSockets.Filters;
using KernelSockets.Sockets;

namespace KernelSockets.Net.Tests.Sockets;

/// <summary>SO_ATTACH_FILTER and its kin (socket(7)).</summary>
public sealed class SocketFilterTests
{
    private const int SocketLevel = 1;
    private const int Attach = 26;
    private const int Detach = 27;
    private const int Lock = 44;

    private static readonly BpfInstruction[] s_nothing = [new(BpfOpcode.ReturnConstant, 0, 0, 0)];
    private static readonly BpfInstruction[] s_arpOnly =
    [
        new(BpfOpcode.LoadHalf, 0, 0, 12), new(BpfOpcode.JumpIfEqual, 0, 1, 0x806), new(BpfOpcode.ReturnConstant, 0, 0, 20), new(BpfOpcode.ReturnConstant, 0, 0, 0),
    ];

    [Fact]
    public void PacketSocket_KeepsWhatTheFilterKeeps_AndDropsNothing()
    {
        Tester tester = new();
        using TestSocket socket = new(tester.Node.Stack, SocketType.Packet, PacketBlock.AllProtocols);
        Assert.Equal(Errno.Success, socket.Set(SocketLevel, Attach, Bytes(s_arpOnly)));
        Assert.Equal(Errno.Success, socket.Set(263, 8, 1));
        tester.AssertAlive();
        ArpFields request = new(ArpOperation.Request, Tester.SelfMac, Tester.Self4, MacAddress.Any, Tester.Node4);
        byte[] arp = Frames.Ethernet(MacAddress.Broadcast, Tester.SelfMac, EtherType.Arp, Frames.Arp(request));
        tester.Exchange(arp);
        Received received = socket.Receive(control: 64);
        Assert.Equal(arp[..20], received.Data);
        Assert.Equal(EthernetHeader.MinimumFrame, BitConverter.ToInt32(received.Control, 16 + 4)); // tpacket_auxdata: length on the wire
        Assert.Equal(20, BitConverter.ToInt32(received.Control, 16 + 8));
        Assert.Equal(PacketType.Outgoing, socket.Receive().Name.PacketType);
        Assert.Equal(Errno.EAGAIN, socket.Receive().Error);
        byte[] statistics = new byte[8];
        socket.Get(263, 6, statistics);
        Assert.Equal([2, 0, 0, 0, 0, 0, 0, 0], statistics);
    }

    [Fact]
    public void UdpSocket_FilterSeesTheHeader_AndCutsTheData()
    {
        Tester tester = new();
        using TestSocket socket = TestSocket.Udp(tester, 5000);
        BpfInstruction[] fromPort = [new(BpfOpcode.LoadHalf, 0, 0, 0), new(BpfOpcode.JumpIfEqual, 0, 1, UdpFrames.TesterPort), new(BpfOpcode.ReturnConstant, 0, 0, 11), new(BpfOpcode.ReturnConstant, 0, 0, 0)];
        Assert.Equal(Errno.Success, socket.Set(SocketLevel, Attach, Bytes(fromPort)));
        tester.ExchangeDatagram(UdpFrames.Datagram(5000, [1, 2, 3, 4, 5]));
        tester.ExchangeDatagram(UdpFrames.Datagram(5000, [6], 777));
        Assert.Equal([1, 2, 3], socket.Receive().Data);
        Assert.Equal(Errno.EAGAIN, socket.Receive().Error);
        tester.AssertAlive();
    }

    [Fact]
    public void RawSocket_RejectedByTheFilter_IsStillTaken()
    {
        Tester tester = new();
        using TestSocket socket = new(tester.Node.Stack, SocketType.Raw, 253);
        Assert.Equal(Errno.Success, socket.Set(SocketLevel, Attach, Bytes(s_nothing)));
        byte[][] answers = tester.Exchange(Frames.Ethernet(
            Tester.NodeMac, Tester.SelfMac, EtherType.Ipv4, Frames.Datagram(Tester.ToNode with { Protocol = (Ipv4Protocol)253 }, [1, 2, 3])));
        Assert.DoesNotContain(answers, Frames.IsIpv4); // no protocol unreachable
        Assert.Equal(Errno.EAGAIN, socket.Receive().Error);
    }

    [Fact]
    public void Options_FollowLinux()
    {
        Tester tester = new();
        using TestSocket socket = TestSocket.Udp(tester);
        Assert.Equal(Errno.ENOENT, socket.Set(SocketLevel, Detach, 0));
        Assert.Equal(Errno.EINVAL, socket.Set(SocketLevel, Attach, Bytes([new(0xFFFF, 0, 0, 0)])));
        Assert.Equal(0, socket.Get(SocketLevel, Attach, []).Count);
        Assert.Equal(Errno.Success, socket.Set(SocketLevel, Attach, Bytes(s_arpOnly)));
        Assert.Equal(4, socket.Get(SocketLevel, Attach, []).Count);
        Assert.Equal(Errno.EINVAL, socket.Get(SocketLevel, Attach, new byte[8]).Error);
        byte[] read = new byte[64];
        Assert.Equal(4, socket.Get(SocketLevel, Attach, read).Count);
        Assert.Equal(Bytes(s_arpOnly), read[..32]);
        Assert.Equal(Errno.Success, socket.Set(SocketLevel, Lock, 1));
        Assert.Equal(1, socket.Get(SocketLevel, Lock));
        Assert.Equal(Errno.EPERM, socket.Set(SocketLevel, Lock, 0));
        Assert.Equal(Errno.EPERM, socket.Set(SocketLevel, Attach, Bytes(s_nothing)));
        Assert.Equal(Errno.EPERM, socket.Set(SocketLevel, Detach, 0));
    }

    internal static byte[] Bytes(BpfInstruction[] program)
    {
        byte[] bytes = new byte[program.Length * BpfInstruction.Size];
        for (int i = 0; i < program.Length; i++)
        {
            program[i].Write(bytes.AsSpan(i * BpfInstruction.Size));
        }

        return bytes;
    }
}
