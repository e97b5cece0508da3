using System.Buffers.Binary;
using PacketDotNet;

namespace KernelSockets.Net.Tests;

/// <summary>IP options: RFC 791 §3.1, RFC 1122 §3.2.1.8 and §3.2.2.6, RFC 7126.</summary>
public sealed class Ipv4OptionTests
{
    private const byte Nop = 1;

    private static byte[] Options(params byte[] options) => [.. options, .. new byte[(4 - options.Length % 4) % 4]];

    private static byte[][] Ping(Tester tester, byte[] options) =>
        tester.ExchangeDatagram(Frames.Datagram(Tester.ToNode, Frames.Echo(1, 2, Frames.Pattern(20)), options));

    private static byte[] ReplyOptions(Tester tester, byte[] options)
    {
        byte[] frame = Assert.Single(Ping(tester, options));
        Assert.Equal(IcmpV4TypeCode.EchoReply, Frames.JudgeIcmp(frame).TypeCode);
        Assert.True(Ipv4Header.TryParse(frame.AsSpan(EthernetHeader.Size), out Ipv4Header header));
        Assert.Equal(28 + header.Options.Length + 20, header.TotalLength);
        return header.Options.ToArray();
    }

    [Fact]
    public void Item13_RecordRoute_EchoedWithUsEntered()
    {
        byte[] reply = ReplyOptions(new Tester(), Options(7, 11, 8, 10, 0, 0, 1, 0, 0, 0, 0));
        Assert.Equal(Options(7, 11, 12, 10, 0, 0, 1, 10, 0, 0, 2), reply);
    }

    [Fact]
    public void Item13_RecordRouteFull_EchoedUnchanged()
    {
        byte[] full = Options(Nop, 7, 7, 8, 10, 0, 0, 1);
        Assert.Equal(Options(7, 7, 8, 10, 0, 0, 1), ReplyOptions(new Tester(), full));
    }

    [Fact]
    public void Item13_Timestamp_EchoedWithOurTime()
    {
        Tester tester = new();
        byte[] reply = ReplyOptions(tester, Options(68, 12, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0));
        Assert.Equal([68, 12, 9, 0], reply[..4]);
        double now = tester.Time.Clock.UtcNow.TimeOfDay.TotalMilliseconds;
        Assert.InRange(BinaryPrimitives.ReadUInt32BigEndian(reply.AsSpan(4)), now - 11, now);
    }

    [Fact]
    public void Item13_TimestampWithAddress_EchoedWithBoth()
    {
        byte[] reply = ReplyOptions(new Tester(), Options(68, 12, 5, 1, 0, 0, 0, 0, 0, 0, 0, 0));
        Assert.Equal([68, 12, 13, 1, 10, 0, 0, 2], reply[..8]);
    }

    [Fact]
    public void Item13_TimestampForPrespecifiedOther_EchoedUntouched()
    {
        byte[] asked = Options(68, 12, 5, 3, 10, 0, 0, 3, 0, 0, 0, 0);
        Assert.Equal(asked, ReplyOptions(new Tester(), asked));
    }

    [Fact]
    public void Item13_TimestampFull_OverflowCounted()
    {
        byte[] reply = ReplyOptions(new Tester(), Options(68, 8, 9, 0x20, 1, 2, 3, 4));
        Assert.Equal(Options(68, 8, 9, 0x30, 1, 2, 3, 4), reply);
    }

    [Fact]
    public void Item13_AllFortyBytes_AreEchoed()
    {
        byte[] options = new byte[40];
        options[0] = Nop;
        options[1] = 7;
        options[2] = 39;
        options[3] = 4;
        byte[] reply = ReplyOptions(new Tester(), options);
        Assert.Equal([7, 39, 8, 10, 0, 0, 2], reply[..7]);
        Assert.Equal(40, reply.Length);
    }

    [Theory]
    [InlineData(131)]
    [InlineData(137)]
    public void Item13_SourceRoute_NotForwardedAndRefused(byte kind)
    {
        Tester tester = new();
        byte[] frame = Assert.Single(Ping(tester, Options(kind, 7, 4, 10, 0, 0, 3)));
        Assert.Equal(IcmpV4TypeCode.UnreachableSourceRouteFailed, Frames.JudgeIcmp(frame).TypeCode);
        Assert.Equal(Tester.SelfIp, Frames.JudgeIpv4(frame).DestinationAddress.ToString());
        Assert.Equal(1, tester.Ipv4.InSourceRouted);
        tester.AssertAlive();
    }

    [Fact]
    public void UnknownOption_IsSkipped()
    {
        Assert.Empty(ReplyOptions(new Tester(), Options(148, 4, 0, 0, Nop, 222, 5, 1, 2, 3, Nop)));
    }

    [Theory]
    [InlineData(21, 7, 0, 4)] // length 0
    [InlineData(21, 7, 1, 4)] // length 1
    [InlineData(21, 7, 60, 4)] // past the header
    [InlineData(21, 7, 2, 4)] // too short for a pointer
    [InlineData(22, 7, 8, 3)] // pointer into the option's head
    [InlineData(22, 7, 8, 7)] // room for half an address
    [InlineData(22, 131, 8, 0)]
    [InlineData(21, 137, 40, 4)]
    [InlineData(22, 68, 8, 4)] // timestamp's pointer into its head
    public void Item13_MalformedOption_ParameterProblemPointsAtIt(byte pointer, byte kind, byte length, byte optionPointer)
    {
        Tester tester = new();
        byte[] frame = Assert.Single(Ping(tester, [kind, length, optionPointer, 0, 0, 0, 0, 0]));
        IcmpV4Packet error = Frames.JudgeIcmp(frame);
        Assert.Equal(0x0C00, (int)error.TypeCode);
        Assert.Equal(pointer, error.Bytes[4]);
        Assert.Equal(1, tester.Ipv4.InHdrErrors);
        tester.AssertAlive();
    }

    [Fact]
    public void Item13_TimestampWithUnknownFlag_ParameterProblem()
    {
        byte[] frame = Assert.Single(Ping(new Tester(), [68, 8, 5, 2, 0, 0, 0, 0]));
        Assert.Equal(23, Frames.JudgeIcmp(frame).Bytes[4]);
    }

    [Fact]
    public void Item13_OptionWithoutRoomForItsLength_ParameterProblem()
    {
        byte[] frame = Assert.Single(Ping(new Tester(), [Nop, Nop, Nop, 7]));
        Assert.Equal(23, Frames.JudgeIcmp(frame).Bytes[4]);
    }
}
