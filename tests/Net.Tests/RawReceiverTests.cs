using PacketDotNet;

namespace KernelSockets.Net.Tests;

/// <summary>What raw sockets build on: every datagram seen, and headers made by the sender.</summary>
public sealed class RawReceiverTests
{
    private const Ipv4Protocol Unknown = (Ipv4Protocol)253; // RFC 3692: for experiments

    [Fact]
    public void SeesWholeDatagrams_BeforeTheirProtocol()
    {
        Tester tester = new();
        RawRecorder raw = new();
        tester.Node.Stack.Ipv4.RawReceiver = raw;
        byte[] datagram = Frames.Datagram(Tester.ToNode, Frames.Echo(1, 2, Frames.Pattern(40)));
        Assert.Single(tester.ExchangeDatagram(datagram));
        Assert.Equal(datagram, Assert.Single(raw.Datagrams));
        Assert.Equal("eth0", Assert.Single(raw.Interfaces));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void UnknownProtocol_UnreachableOnlyIfNobodyTookIt(bool isTaken)
    {
        Tester tester = new();
        RawRecorder raw = new() { Takes = isTaken };
        tester.Node.Stack.Ipv4.RawReceiver = raw;
        byte[][] answers = tester.ExchangeDatagram(Frames.Datagram(Tester.ToNode with { Protocol = Unknown }, [1, 2, 3]));
        Assert.Equal(isTaken ? 0 : 1, answers.Length);
        Assert.Equal(isTaken ? 0 : 1, tester.Ipv4.InUnknownProtos);
        Assert.Single(raw.Datagrams);
        tester.AssertAlive();
    }

    [Fact]
    public void Fragments_SeenOnceWhole()
    {
        Tester tester = new();
        RawRecorder raw = new() { Takes = true };
        tester.Node.Stack.Ipv4.RawReceiver = raw;
        Ipv4Fields fields = Tester.ToNode with { Protocol = Unknown };
        tester.ExchangeDatagram(Frames.Datagram(fields with { MoreFragments = true }, Frames.Pattern(16)));
        Assert.Empty(raw.Datagrams);
        tester.ExchangeDatagram(Frames.Datagram(fields with { FragmentOffset = 16 }, Frames.Pattern(4)));
        Assert.Equal(20 + 20, Assert.Single(raw.Datagrams).Length);
    }

    [Fact]
    public void Errors_AreReported()
    {
        Tester tester = new();
        RawRecorder raw = new();
        tester.Node.Stack.Ipv4.RawReceiver = raw;
        byte[] ours = Frames.Datagram(
            new Ipv4Fields { TimeToLive = 64, Protocol = Unknown, Source = Tester.Node4, Destination = Tester.Self4 }, Frames.Pattern(8));
        byte[] error = Frames.Icmp(new IcmpFields(IcmpType.DestinationUnreachable, (byte)UnreachableCode.Protocol, 0), ours);
        tester.ExchangeDatagram(Frames.Datagram(Tester.ToNode, error));
        Assert.Equal((IcmpType.DestinationUnreachable, (byte)UnreachableCode.Protocol), Assert.Single(raw.Errors));
    }

    [Fact]
    public void SendWithHeader_FillsInWhatIsLeftOut()
    {
        Tester tester = new();
        byte[] datagram = Frames.Datagram(
            new Ipv4Fields { TimeToLive = 3, Protocol = Unknown, Destination = Tester.Self4, TypeOfService = 0x10 }, Frames.Pattern(9));
        datagram[2] = 0xFF; // a wrong total length
        datagram[10] = 0xAB; // and a wrong checksum
        Assert.Equal(Errno.Success, SendWithHeader(tester, null, datagram));
        IPv4Packet packet = Frames.JudgeIpv4(Assert.Single(tester.Probe.Take()));
        Assert.Equal((Tester.NodeIp, 29, 3), (packet.SourceAddress.ToString(), packet.TotalLength, packet.TimeToLive));
        Assert.NotEqual(0, packet.Id);
    }

    [Fact]
    public void SendWithHeader_KeepsWhatIsGiven_EvenAForeignSource()
    {
        Tester tester = new();
        Ipv4Fields fields = new()
        {
            TimeToLive = 1,
            Protocol = Unknown,
            Source = Addresses.Ip("192.0.2.9"),
            Destination = Addresses.Ip("192.0.2.1"),
            Identification = 0x4321,
        };
        Assert.Equal(Errno.ENETUNREACH, SendWithHeader(tester, null, Frames.Datagram(fields, [1])));
        Assert.Equal(Errno.Success, SendWithHeader(tester, null, Frames.Datagram(fields, [1]), towards: Tester.Self4));
        IPv4Packet packet = Frames.JudgeIpv4(Assert.Single(tester.Probe.Take()));
        Assert.Equal(("192.0.2.9", "192.0.2.1", 0x4321), (packet.SourceAddress.ToString(), packet.DestinationAddress.ToString(), packet.Id));
    }

    [Fact]
    public void SendWithHeader_BadHeaderOrTooLong_Refused()
    {
        Tester tester = new();
        byte[] good = Frames.Datagram(new Ipv4Fields { TimeToLive = 3, Protocol = Unknown, Destination = Tester.Self4 }, new byte[1480]);
        Assert.Equal(Errno.Success, SendWithHeader(tester, tester.Node.Interface, good));
        Assert.Single(tester.Probe.Take());
        Assert.Equal(Errno.EMSGSIZE, SendWithHeader(tester, null, [.. good, 0]));
        Assert.Equal(Errno.EINVAL, SendWithHeader(tester, null, good[..19]));
        Assert.Equal(Errno.EINVAL, SendWithHeader(tester, null, []));
        foreach (byte first in new byte[] { 0x44, 0x40, 0x55, 0x05 })
        {
            good[0] = first;
            Assert.Equal(Errno.EINVAL, SendWithHeader(tester, null, good));
        }

        good[0] = 0x4F;
        Assert.Equal(Errno.EINVAL, SendWithHeader(tester, null, good[..59]));
        Assert.Empty(tester.Probe.Take());
        tester.Node.AssertNoLeak();
    }

    private static Errno SendWithHeader(Tester tester, NetInterface? bound, byte[] datagram, Ipv4Address? towards = null)
    {
        Errno result;
        lock (tester.Node.Stack.Gate)
        {
            result = tester.Node.Stack.Ipv4.Output.SendWithHeader(bound, datagram, towards);
        }

        tester.Settle();
        return result;
    }
}
