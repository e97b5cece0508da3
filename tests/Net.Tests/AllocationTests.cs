using KernelSockets.Net.Tests.Sockets;
using KernelSockets.Simulation;
using KernelSockets.Sockets;
using KernelSockets.UserApps.Network.PacketCapture;

namespace KernelSockets.Net.Tests;

/// <summary>The data path allocates nothing: a kernel whose packets make garbage pauses under load.</summary>
public sealed class AllocationTests
{
    private const int WarmUp = 2000;

    [Fact]
    public void MillionEchoRequests_AllocateNothing()
    {
        (SinkDevice device, PacketBufferPool pool, _, NetInterface netInterface) = Make();
        byte[] request = Frames.Ethernet(
            Tester.NodeMac, Tester.SelfMac, EtherType.Ipv4, Frames.Datagram(Tester.ToNode, Frames.Echo(1, 1, Frames.Pattern(56))));
        Inject(pool, netInterface, request, WarmUp);
        const int Count = 1_000_000;
        AllocationMeter meter = AllocationMeter.Start();
        Inject(pool, netInterface, request, Count);
        bool isQuiet = meter.IsQuiet;
        Assert.True(isQuiet);
        Assert.Equal(Count + WarmUp, device.IcmpFrames);
        Assert.Equal(pool.Total, pool.Free);
    }

    [Fact]
    public void HundredThousandOfEverythingElse_AllocatesNothing()
    {
        (_, PacketBufferPool pool, NetStack stack, NetInterface netInterface) = Make();
        using Pinger session = new(stack, Tester.Self4);
        byte[] large = Frames.Echo(1, 1, Frames.Pattern(2000));
        ArpFields arp = new(ArpOperation.Request, Tester.SelfMac, Tester.Self4, MacAddress.Any, Tester.Node4);
        byte[][] frames =
        [
            Frames.Ethernet(MacAddress.Broadcast, Tester.SelfMac, EtherType.Arp, Frames.Arp(arp)),
            ToNode(Frames.Datagram(Tester.ToNode, Frames.Echo(1, 1, []), [7, 11, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0])),
            ToNode(Frames.Datagram(Tester.ToNode with { Protocol = (Ipv4Protocol)99 }, Frames.Pattern(100))),
            ToNode(Frames.Datagram(Tester.ToNode with { MoreFragments = true }, large.AsSpan(0, 1480))),
            ToNode(Frames.Datagram(Tester.ToNode with { FragmentOffset = 1480 }, large.AsSpan(1480))),
            ToNode(Frames.Datagram(Tester.ToNode, Frames.Echo(9, 9, [], IcmpType.EchoReply))),
        ];
        byte[] payload = Frames.Pattern(56);
        SendAll(WarmUp);
        AllocationMeter meter = AllocationMeter.Start();
        SendAll(100_000);
        Assert.True(meter.IsQuiet);
        Assert.Equal(pool.Total, pool.Free);

        void SendAll(int rounds)
        {
            for (int i = 0; i < rounds; i++)
            {
                foreach (byte[] frame in frames)
                {
                    Inject(pool, netInterface, frame, 1);
                }

                session.Send((ushort)i, payload, 64);
                session.Drain();
                stack.Advance(stack.Clock.Now);
                _ = stack.NextDeadline;
            }
        }
    }

    [Fact]
    public void FramesToFilteredSocketsOfAllKinds_AndTheirAnswers_AllocateNothing()
    {
        (_, PacketBufferPool pool, NetStack stack, NetInterface netInterface) = Make();
        using TestSocket packet = new(stack, SocketType.Packet, PacketBlock.AllProtocols);
        using TestSocket raw = new(stack, SocketType.Raw, (int)Ipv4Protocol.Udp);
        using TestSocket udp = new(stack, SocketType.Udp);
        Assert.Equal(Errno.Success, udp.Bind("10.0.0.2", 7));
        Assert.Null(FilterParser.TryParse("udp port 7", _ => null, out FilterNode? filter));
        byte[] program = SocketFilterTests.Bytes(FilterCompiler.Compile(filter, 100));
        byte[] all = SocketFilterTests.Bytes(FilterCompiler.Compile(null, 100));
        Assert.Equal((Errno.Success, Errno.Success, Errno.Success), (packet.Set(1, 26, program), raw.Set(1, 26, all), udp.Set(1, 26, all)));
        byte[] frame = ToNode(UdpFrames.Datagram(7, Frames.Pattern(200)));
        byte[] buffer = new byte[2048];
        SocketAddress tester = SocketAddress.Inet(Tester.Self4, UdpFrames.TesterPort);
        Exchange(WarmUp);
        AllocationMeter meter = AllocationMeter.Start();
        Exchange(100_000);
        Assert.True(meter.IsQuiet);
        Assert.Equal(pool.Total, pool.Free);

        void Exchange(int count)
        {
            for (int i = 0; i < count; i++)
            {
                Inject(pool, netInterface, frame, 1);
                Assert.True(udp.ReceiveInto(buffer).IsSuccess && raw.ReceiveInto(buffer).IsSuccess && packet.ReceiveInto(buffer).IsSuccess);
                Assert.True(udp.SendTo(tester, frame).IsSuccess);
                Assert.True(packet.ReceiveInto(buffer).IsSuccess); // the answer, as it goes out
            }
        }
    }

    private static byte[] ToNode(byte[] datagram) => Frames.Ethernet(Tester.NodeMac, Tester.SelfMac, EtherType.Ipv4, datagram);

    private static void Inject(PacketBufferPool pool, NetInterface netInterface, byte[] frame, int count)
    {
        for (int i = 0; i < count; i++)
        {
            PacketBuffer buffer = pool.TryTake()!;
            buffer.SetReceived(0, frame.Length);
            frame.CopyTo(buffer.Data);
            netInterface.Receive(buffer);
            buffer.Release();
        }
    }

    private static (SinkDevice Device, PacketBufferPool Pool, NetStack Stack, NetInterface Interface) Make()
    {
        SimulatedTime time = new();
        Assert.Equal(Errno.Success, PacketBufferPool.TryCreate(64, new ArrayDmaAllocator(), out PacketBufferPool? pool));
        NetStack stack = new(time.Clock, new SimulatedWaitQueueFactory(time), new SeededEntropy(1), pool!, new SilentHost());
        SinkDevice device = new();
        Assert.Equal(Errno.Success, stack.TryAddInterface(device, out NetInterface? netInterface));
        NetworkControl control = new(stack);
        Assert.Equal(Errno.Success, control.SetAddress("eth0", Tester.Node4, 24));
        Assert.Equal(Errno.Success, control.AddNeighbour(Tester.Self4, Tester.SelfMac));
        return (device, pool!, stack, netInterface!);
    }

    private sealed class SilentHost : IStackHost
    {
        public void Wake()
        {
        }

        public void ReportAddressConflict(string interfaceName, Ipv4Address address, MacAddress claimant)
        {
        }
    }

    private sealed class SinkDevice : StubDevice
    {
        public long IcmpFrames { get; private set; }

        public override string Model => "sink";

        public override Errno Transmit(PacketBuffer frame)
        {
            const int ProtocolOffset = 23;
            IcmpFrames += frame.Length > ProtocolOffset && frame.Data[ProtocolOffset] == (byte)Ipv4Protocol.Icmp ? 1 : 0;
            frame.Release();
            return Errno.Success;
        }
    }
}
