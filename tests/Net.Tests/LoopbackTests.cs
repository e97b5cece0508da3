using KernelSockets.Simulation;

namespace KernelSockets.Net.Tests;

/// <summary>The interface lo, and datagrams to our own addresses.</summary>
public sealed class LoopbackTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.9.8.7")]
    [InlineData(Tester.NodeIp)]
    public void Ping_OwnAddress_AnsweredWithoutTheWire(string address)
    {
        Tester tester = new();
        using Pinger session = tester.Node.OpenEcho(address);
        Assert.Equal(Errno.Success, session.Send(9, Frames.Pattern(1000), 64));
        Assert.Equal(Errno.Success, session.Receive(Instant.Never, out EchoAnswer reply));
        Assert.Equal((IcmpType.EchoReply, Addresses.Ip(address)), (reply.Type, reply.Source));
        Assert.Equal((9, true), (reply.Sequence, reply.IsIntact));
        Assert.Empty(tester.Probe.Take());
        Assert.Equal(2, tester.Node.Control.Interfaces()[0].Statistics.ReceivedPackets);
        tester.Node.AssertNoLeak();
    }

    [Fact]
    public void Ping_LargerThanTheMtu_FragmentedAndPutTogether()
    {
        Tester tester = new();
        using Pinger session = tester.Node.OpenEcho("127.0.0.1");
        Assert.Equal(Errno.Success, session.Send(9, Frames.Pattern(20_000), 64));
        Assert.Equal(Errno.Success, session.Receive(Instant.Never, out EchoAnswer reply));
        Assert.True(reply.IsIntact);
        Assert.Equal(20_008, reply.Length);
        tester.Node.AssertNoLeak();
    }

    [Fact]
    public void WithoutAnyDevice_LoopbackWorks()
    {
        SimulatedTime time = new();
        Assert.Equal(Errno.Success, PacketBufferPool.TryCreate(16, new ArrayDmaAllocator(), out PacketBufferPool? pool));
        Host host = new();
        NetStack stack = new(time.Clock, new SimulatedWaitQueueFactory(time), new SeededEntropy(1), pool!, host);
        stack.Advance(time.Now);
        Assert.Equal(Instant.Never, stack.NextDeadline);
        using Pinger session = new(stack, Ipv4Address.Loopback);
        Assert.Equal(Errno.Success, session.Send(1, [1, 2, 3], 64));
        Assert.Equal(1, host.Wakes);
        Assert.True(stack.NextDeadline <= time.Now);
        Assert.Equal(Errno.EAGAIN, session.Receive(time.Now, out _)); // not from within Send
        stack.Advance(time.Now);
        Assert.Equal(Errno.Success, session.Receive(time.Now, out EchoAnswer reply));
        Assert.True(reply.IsIntact);
    }

    [Fact]
    public void QueueFull_EnobufsAndCounted()
    {
        Tester tester = new();
        using Pinger session = tester.Node.OpenEcho("127.0.0.1");
        int sent = 0;
        while (session.Send((ushort)sent, [], 64) == Errno.Success)
        {
            sent++;
        }

        Assert.Equal(LoopbackDevice.QueueCapacity, sent);
        Assert.Equal(1, tester.Node.Control.Interfaces()[0].Statistics.TransmitDropped);
        tester.Settle();
        session.Drain();
        tester.Node.AssertNoLeak();
        Assert.Equal(Errno.Success, session.Send(1, [], 64));
    }

    [Fact]
    public void LoopbackDown_Enetunreach()
    {
        Tester tester = new();
        Assert.Equal(Errno.Success, tester.Node.Control.SetUp("lo", false));
        using Pinger session = tester.Node.OpenEcho("127.0.0.1");
        Assert.Equal(Errno.ENETUNREACH, session.Send(1, [], 64));
    }

    private sealed class Host : IStackHost
    {
        public int Wakes { get; private set; }

        public void Wake() => Wakes++;

        public void ReportAddressConflict(string interfaceName, Ipv4Address address, MacAddress claimant) =>
            Assert.Fail($"conflict over {address} on {interfaceName}");
    }
}
