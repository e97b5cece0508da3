using KernelSockets.Simulation;

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
        long before = GC.GetAllocatedBytesForCurrentThread();
        Inject(pool, netInterface, request, Count);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(0, allocated);
        Assert.Equal(Count + WarmUp, device.IcmpFrames);
        Assert.Equal(pool.Total, pool.Free);
    }

    [Fact]
    public void HundredThousandOfEverythingElse_AllocatesNothing()
    {
        (_, PacketBufferPool pool, NetStack stack, NetInterface netInterface) = Make();
        Assert.Equal(Errno.Success, new NetworkControl(stack).TryOpenEcho(Tester.Self4, out IEchoSession? session));
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
        long before = GC.GetAllocatedBytesForCurrentThread();
        SendAll(100_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(pool.Total, pool.Free);

        void SendAll(int rounds)
        {
            for (int i = 0; i < rounds; i++)
            {
                foreach (byte[] frame in frames)
                {
                    Inject(pool, netInterface, frame, 1);
                }

                session!.Send((ushort)i, payload, 64);
                stack.Advance(stack.Clock.Now);
                _ = stack.NextDeadline;
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

    private sealed class SinkDevice : NetworkDevice
    {
        public long IcmpFrames { get; private set; }

        public override string Model => "sink";

        public override MacAddress Address => Tester.NodeMac;

        public override int Mtu => 1500;

        public override bool IsLinkUp => true;

        public override NetworkDeviceStatistics Statistics { get; } = new();

        public override bool IsPromiscuous { get; set; }

        public override Errno Transmit(PacketBuffer frame)
        {
            const int ProtocolOffset = 23;
            IcmpFrames += frame.Length > ProtocolOffset && frame.Data[ProtocolOffset] == (byte)Ipv4Protocol.Icmp ? 1 : 0;
            frame.Release();
            return Errno.Success;
        }

        public override int Poll(IFrameReceiver receiver, int budget) => 0;
    }
}
