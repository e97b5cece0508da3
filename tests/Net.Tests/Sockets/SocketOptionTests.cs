using System.Buffers.Binary;
using KernelSockets.Sockets;

namespace KernelSockets.Net.Tests.Sockets;

/// <summary>Options of SOL_SOCKET and IPPROTO_IP hold what Linux's hold.</summary>
public sealed class SocketOptionTests
{
    [Theory]
    [InlineData(2, 5, 1)]
    [InlineData(6, 1, 1)]
    [InlineData(8, 4096, 8192)]
    [InlineData(8, 1, 2304)]
    [InlineData(8, -1, 425_984)]
    [InlineData(7, 1, 4608)]
    [InlineData(7, 1 << 30, 425_984)]
    [InlineData(18, 0, 1)]
    [InlineData(29, 1, 1)]
    public void SocketLevel_SetThenGet(int name, int value, int expected)
    {
        using TestSocket socket = TestSocket.Udp(new Tester());
        Assert.Equal(Errno.Success, socket.Set(1, name, value));
        Assert.Equal(expected, socket.Get(1, name));
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(1, 30)]
    [InlineData(1, 19)]
    [InlineData(1, 9999)]
    [InlineData(0, 9999)]
    [InlineData(0, 14)]
    [InlineData(77, 1)]
    public void Set_UnknownOrReadOnly_Enoprotoopt(int level, int name)
    {
        using TestSocket socket = TestSocket.Udp(new Tester());
        Assert.Equal(Errno.ENOPROTOOPT, socket.Set(level, name, 1));
    }

    [Theory]
    [InlineData(2, 7, Errno.Success, 7)]
    [InlineData(2, 0, Errno.EINVAL, 64)]
    [InlineData(2, 256, Errno.EINVAL, 64)]
    [InlineData(2, -1, Errno.Success, 64)]
    [InlineData(33, 0, Errno.Success, 0)]
    [InlineData(33, 300, Errno.EINVAL, 1)]
    [InlineData(34, 0, Errno.Success, 0)]
    [InlineData(10, 2, Errno.Success, 2)]
    [InlineData(10, 6, Errno.EINVAL, 1)]
    [InlineData(1, 0x1F0, Errno.Success, 0xF0)]
    public void IpLevel_SetThenGet(int name, int value, Errno outcome, int expected)
    {
        using TestSocket socket = TestSocket.Udp(new Tester());
        Assert.Equal(outcome, socket.Set(0, name, value));
        Assert.Equal(expected, socket.Get(0, name));
    }

    [Fact]
    public void Timeouts_SecondsAndMicroseconds()
    {
        using TestSocket socket = TestSocket.Udp(new Tester());
        byte[] time = new byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(time, 2);
        BinaryPrimitives.WriteInt64LittleEndian(time.AsSpan(8), 500_000);
        Assert.Equal(Errno.EINVAL, socket.Set(1, 20, new byte[8]));
        Assert.Equal(Errno.Success, socket.Set(1, 20, time));
        byte[] read = new byte[16];
        Assert.Equal(16, socket.Get(1, 20, read).Count);
        Assert.Equal(time, read);
        BinaryPrimitives.WriteInt64LittleEndian(time.AsSpan(8), 1_000_000);
        Assert.Equal(Errno.EDOM, socket.Set(1, 20, time));
    }

    [Fact]
    public void BindToDevice_TakesOnlyWhatComesThere()
    {
        Tester tester = new();
        using TestSocket socket = TestSocket.Udp(tester, 7);
        Assert.Equal(Errno.ENODEV, socket.Set(1, 25, "eth9"u8.ToArray()));
        Assert.Equal(Errno.Success, socket.Set(1, 25, "lo\0"u8.ToArray()));
        byte[] name = new byte[16];
        Assert.Equal(3, socket.Get(1, 25, name).Count);
        Assert.Equal("lo"u8.ToArray(), name[..2]);
        tester.ExchangeDatagram(UdpFrames.Datagram(7, [1]));
        Assert.Equal(Errno.EAGAIN, socket.Receive().Error);
        Assert.Equal(Errno.Success, socket.Set(1, 25, [0]));
        tester.ExchangeDatagram(UdpFrames.Datagram(7, [1]));
        Assert.True(socket.Receive().Result.IsSuccess);
    }

    [Fact]
    public void Control_TimestampTtlAndTos_TruncatedWhenThereIsNoRoom()
    {
        Tester tester = new();
        using TestSocket socket = TestSocket.Udp(tester, 7);
        Assert.Equal(Errno.Success, socket.Set(1, 29, 1));
        Assert.Equal(Errno.Success, socket.Set(0, 12, 1));
        Assert.Equal(Errno.Success, socket.Set(0, 13, 1));
        tester.ExchangeDatagram(UdpFrames.Datagram(7, [1]));
        Received whole = socket.Receive(MessageFlags.Peek | MessageFlags.DoNotWait, control: 256);
        Assert.Equal(32 + 24 + 24, whole.Control.Length);
        Assert.Equal(MessageFlags.None, whole.Flags);
        Assert.Equal((1, 29), (Int(whole.Control, 8), Int(whole.Control, 12)));
        Assert.Equal((0, 2, 64), (Int(whole.Control, 40), Int(whole.Control, 44), Int(whole.Control, 48)));
        Assert.Equal((0, 1), (Int(whole.Control, 64), Int(whole.Control, 68)));
        Received cut = socket.Receive(control: 40);
        Assert.Equal(MessageFlags.ControlTruncated, cut.Flags);
        Assert.Equal(32, cut.Control.Length);
    }

    [Fact]
    public void SendControl_TtlAndInterface_MalformedIsEinval()
    {
        Tester tester = new();
        using TestSocket socket = TestSocket.Udp(tester);
        byte[] control = new byte[24];
        BinaryPrimitives.WriteInt64LittleEndian(control, 20);
        BinaryPrimitives.WriteInt32LittleEndian(control.AsSpan(12), 2);
        BinaryPrimitives.WriteInt32LittleEndian(control.AsSpan(16), 5);
        Assert.Equal(1, socket.SendTo(Tester.SelfIp, 9, [1], control).Count);
        tester.Settle();
        Assert.Equal(5, Frames.JudgeIpv4(Assert.Single(tester.Probe.Take(), Frames.IsIpv4)).TimeToLive);
        BinaryPrimitives.WriteInt64LittleEndian(control, 200);
        Assert.Equal(Errno.EINVAL, socket.SendTo(Tester.SelfIp, 9, [1], control).Error);
        BinaryPrimitives.WriteInt64LittleEndian(control, 3);
        Assert.Equal(Errno.EINVAL, socket.SendTo(Tester.SelfIp, 9, [1], control).Error);
        BinaryPrimitives.WriteInt64LittleEndian(control, 20);
        BinaryPrimitives.WriteInt32LittleEndian(control.AsSpan(12), 99);
        Assert.Equal(Errno.EINVAL, socket.SendTo(Tester.SelfIp, 9, [1], control).Error);
    }

    [Fact]
    public void Membership_JoinedGroupIsReceived_LeftGroupIsNot()
    {
        Tester tester = new();
        using TestSocket socket = TestSocket.Udp(tester, 7);
        byte[] request = [239, 1, 2, 3, 10, 0, 0, 2];
        Assert.Equal(Errno.EINVAL, socket.Set(0, 35, [10, 0, 0, 1, 0, 0, 0, 0]));
        Assert.Equal(Errno.ENODEV, socket.Set(0, 35, [239, 1, 2, 3, 10, 0, 0, 9]));
        Assert.Equal(Errno.EADDRNOTAVAIL, socket.Set(0, 36, request));
        Assert.Equal(Errno.Success, socket.Set(0, 35, request));
        Assert.Equal(Errno.EADDRINUSE, socket.Set(0, 35, request));
        SendToGroup();
        Assert.True(socket.Receive().Result.IsSuccess);
        Assert.Equal(Errno.Success, socket.Set(0, 36, request));
        SendToGroup();
        Assert.Equal(Errno.EAGAIN, socket.Receive().Error);

        void SendToGroup()
        {
            Ipv4Fields ip = UdpFrames.ToNode with { Destination = Addresses.Ip("239.1.2.3") };
            byte[] datagram = Frames.Datagram(ip, UdpFrames.Segment(ip, 1, 7, [1]));
            tester.Exchange(Frames.Ethernet(Addresses.Mac("01:00:5e:01:02:03"), Tester.SelfMac, EtherType.Ipv4, datagram));
        }
    }

    [Fact]
    public void Membership_TooMany_Enobufs_AndCloseLeavesAll()
    {
        Tester tester = new();
        TestSocket socket = TestSocket.Udp(tester);
        for (byte i = 0; i < GroupMemberships.Maximum; i++)
        {
            Assert.Equal(Errno.Success, socket.Set(0, 35, [239, 1, 2, i, 10, 0, 0, 2]));
        }

        Assert.Equal(Errno.ENOBUFS, socket.Set(0, 35, [239, 1, 3, 1, 10, 0, 0, 2]));
        socket.Dispose();
        Assert.Empty(tester.Node.Stack.Ipv4.Groups.Memberships);
    }

    private static int Int(byte[] bytes, int offset) => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(offset));
}
