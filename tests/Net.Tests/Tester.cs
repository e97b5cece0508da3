using KernelSockets.Simulation;
using PacketDotNet;

namespace KernelSockets.Net.Tests;

/// <summary>One stack under test at 10.0.0.2, and a tester at 10.0.0.1 that sends any frame and looks at the answers.</summary>
internal sealed class Tester
{
    public const string NodeIp = "10.0.0.2";
    public const string SelfIp = "10.0.0.1";

    public static readonly MacAddress NodeMac = Addresses.Mac("52:54:00:00:00:02");
    public static readonly MacAddress SelfMac = Addresses.Mac("52:54:00:00:00:01");
    public static readonly Ipv4Address Node4 = Addresses.Ip(NodeIp);
    public static readonly Ipv4Address Self4 = Addresses.Ip(SelfIp);

    /// <param name="poolSize">Packet buffers the node has.</param>
    /// <param name="isKnown">The node knows the tester's hardware address already, so that no ARP gets between.</param>
    /// <param name="isOffloading">The node's card hands over frames in batches.</param>
    public Tester(bool isKnown = true, int poolSize = 512, bool isOffloading = false)
    {
        Wire = new SimulatedWire(Time, seed: 1);
        Probe = new WireProbe(Wire);
        Node = new SimulatedNode(Time, Wire, NodeMac.ToString(), NodeIp, poolSize: poolSize, isOffloading: isOffloading);
        Settle(TimeSpan.FromSeconds(3)); // announcements are over
        Probe.Take();
        if (isKnown)
        {
            Assert.Equal(Errno.Success, Node.Control.AddNeighbour(Self4, SelfMac));
        }
    }

    public SimulatedTime Time { get; } = new();

    public SimulatedWire Wire { get; }

    public WireProbe Probe { get; }

    public SimulatedNode Node { get; }

    public Ipv4Statistics Ipv4 => Node.Stack.Ipv4.Statistics;

    public IcmpStatistics Icmp => Node.Stack.Icmp.Statistics;

    public ArpStatistics Arp => Node.Stack.Arp.Statistics;

    /// <summary>Addresses of an ordinary datagram to the node.</summary>
    public static Ipv4Fields ToNode => new()
    {
        TimeToLive = 64,
        Protocol = Ipv4Protocol.Icmp,
        Source = Self4,
        Destination = Node4,
        Identification = 0x1234,
    };

    public void Settle(TimeSpan? span = null) => Time.RunFor(span ?? TimeSpan.FromMilliseconds(10));

    /// <summary>Sends a frame and returns what came back within 10 ms.</summary>
    public byte[][] Exchange(byte[] frame, TimeSpan? wait = null)
    {
        Probe.Send(frame);
        Settle(wait);
        return Probe.Take();
    }

    public byte[][] ExchangeArp(in ArpFields fields, MacAddress? destination = null) =>
        Exchange(Frames.Ethernet(destination ?? MacAddress.Broadcast, fields.SenderHardware, EtherType.Arp, Frames.Arp(fields)));

    public byte[][] ExchangeDatagram(byte[] datagram, MacAddress? destination = null) =>
        Exchange(Frames.Ethernet(destination ?? NodeMac, SelfMac, EtherType.Ipv4, datagram));

    public void SendDatagram(byte[] datagram) => Probe.Send(Frames.Ethernet(NodeMac, SelfMac, EtherType.Ipv4, datagram));

    /// <summary>An ordinary ping still works: the node is alive.</summary>
    public void AssertAlive()
    {
        AssertAnswers();
        Node.AssertNoLeak();
    }

    /// <summary>It answers an echo request.</summary>
    public void AssertAnswers()
    {
        byte[] data = Frames.Pattern(56);
        byte[] answer = Assert.Single( // what the node broadcasts meanwhile is no answer
            ExchangeDatagram(Frames.Datagram(ToNode, Frames.Echo(7, 9, data))), static frame => Frames.IsIpv4(frame) && MacAddress.Read(frame) == SelfMac);
        IcmpV4Packet reply = Frames.JudgeIcmp(answer);
        Assert.Equal(IcmpV4TypeCode.EchoReply, reply.TypeCode);
        Assert.Equal(data, reply.Data);
    }

    /// <summary>The frame gets no answer at all, and the node lives on.</summary>
    public void AssertSilence(byte[] frame)
    {
        Assert.Empty(Exchange(frame, TimeSpan.FromSeconds(1)));
        AssertAlive();
    }
}
