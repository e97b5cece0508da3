using KernelSockets.Simulation;

namespace KernelSockets.Net.Tests;

/// <summary>
/// Two stacks in one process on one wire: that they do not disturb each other shows that nothing in the stack is static and mutable.
/// </summary>
public sealed class TwoStackTests
{
    private const string OneIp = "10.0.0.1";
    private const string TwoIp = "10.0.0.2";

    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private static (SimulatedTime Time, SimulatedWire Wire, SimulatedNode One, SimulatedNode Two) Pair(int seed, PcapWriter? capture = null)
    {
        SimulatedTime time = new();
        SimulatedWire wire = new(time, seed, capture: capture);
        SimulatedNode one = new(time, wire, "52:54:00:00:00:01", OneIp, seed);
        SimulatedNode two = new(time, wire, "52:54:00:00:00:02", TwoIp, seed + 1);
        time.RunFor(TimeSpan.FromSeconds(5));
        return (time, wire, one, two);
    }

    [Fact]
    public void GoodWire_EachPingsTheOther_AllAnswered()
    {
        (SimulatedTime time, _, SimulatedNode one, SimulatedNode two) = Pair(1);
        using Pinger there = one.OpenEcho(TwoIp);
        using Pinger back = two.OpenEcho(OneIp);
        for (ushort i = 0; i < 100; i++)
        {
            Assert.Equal(Errno.Success, there.Send(i, Frames.Pattern(i), 64));
            Assert.Equal(Errno.Success, back.Send(i, Frames.Pattern(1472 - i), 64));
            Assert.Equal(Errno.Success, there.Receive(time.Now + s_second, out EchoAnswer first));
            Assert.Equal(Errno.Success, back.Receive(time.Now + s_second, out EchoAnswer second));
            Assert.Equal((i, true, IcmpType.EchoReply), (first.Sequence, first.IsIntact, first.Type));
            Assert.Equal((i, true, IcmpType.EchoReply), (second.Sequence, second.IsIntact, second.Type));
        }

        Assert.Equal(100, one.Stack.Icmp.Statistics.OutEchos);
        Assert.Equal(100, two.Stack.Icmp.Statistics.OutEchoReps);
        Assert.Equal([Addresses.Ip(TwoIp)], one.Control.Neighbours().Select(neighbour => neighbour.Address));
        Assert.Equal([Addresses.Ip(OneIp)], two.Control.Neighbours().Select(neighbour => neighbour.Address));
        one.AssertNoLeak();
        two.AssertNoLeak();
    }

    [Fact]
    public void SameAddress_ConflictIsSeen()
    {
        SimulatedTime time = new();
        SimulatedWire wire = new(time, 1);
        SimulatedNode one = new(time, wire, "52:54:00:00:00:01", OneIp);
        time.RunFor(s_second);
        SimulatedNode two = new(time, wire, "52:54:00:00:00:02", OneIp);
        time.RunFor(s_second);
        Assert.Equal("52:54:00:00:00:02", Assert.Single(one.Conflicts).Claimant.ToString());
        Assert.Equal("52:54:00:00:00:01", Assert.Single(two.Conflicts).Claimant.ToString());
        time.RunFor(s_second * 60);
        Assert.InRange(wire.Sent, 4, 20); // they do not defend against each other for ever
    }

    [Theory]
    [InlineData(101)]
    [InlineData(102)]
    [InlineData(103)]
    [InlineData(104)]
    public void BadWire_MostAreAnswered_NoneDamaged_NothingLeaks(int seed)
    {
        (SimulatedTime time, SimulatedWire wire, SimulatedNode one, SimulatedNode two) = Pair(seed);
        wire.Faults = new WireFaults { Loss = 0.1, Duplication = 0.1, Reordering = 0.2, Corruption = 0.05 };
        using Pinger session = one.OpenEcho(TwoIp);
        const int Count = 600;
        HashSet<ushort> answered = [];
        for (ushort i = 0; i < Count; i++)
        {
            Errno result = session.Send(i, Frames.Pattern(i % 3000), 64);
            Assert.True(result == Errno.Success, $"seed {seed}: {result}");
            Collect(session, time.Now + TimeSpan.FromMilliseconds(200), answered, seed);
        }

        wire.Faults = WireFaults.None;
        Collect(session, time.Now + TimeSpan.FromSeconds(130), answered, seed);
        Assert.True(answered.Count > Count / 3, $"seed {seed}: only {answered.Count} of {Count} answered");
        Assert.True(wire.Lost > 0 && wire.Duplicated > 0 && wire.Reordered > 0 && wire.Corrupted > 0, $"seed {seed}: no faults");
        one.AssertNoLeak($"seed {seed}");
        two.AssertNoLeak($"seed {seed}");
        Assert.Equal(one.Pool.Total, one.Pool.Free);
        Assert.Equal(two.Pool.Total, two.Pool.Free);

        Assert.Equal(Errno.Success, session.Send(9999, [], 64));
        Assert.Equal(Errno.Success, session.Receive(time.Now + TimeSpan.FromSeconds(10), out EchoAnswer last));
        Assert.Equal((IcmpType.EchoReply, (ushort)9999), (last.Type, last.Sequence));
    }

    [Fact]
    public void SameSeed_SameFramesToTheByte()
    {
        Assert.Equal(Capture(7), Capture(7));
        Assert.NotEqual(Capture(7), Capture(8));
    }

    [Fact]
    public void FailingDevices_NoExceptionAndNoLeak()
    {
        const int Seed = 5;
        SimulatedTime time = new();
        SimulatedWire wire = new(time, Seed);
        SimulatedNode one = new(time, wire, "52:54:00:00:00:01", OneIp);
        SimulatedNode two = new(time, wire, "52:54:00:00:00:02");
        FaultInjectingDevice faulty = new(
            new SimulatedDevice(time, wire, two.Pool, Addresses.Mac("52:54:00:00:00:03")), Seed, probability: 0.2);
        Assert.Equal(Errno.Success, two.Stack.TryAddInterface(faulty, out NetInterface? eth1));
        Assert.Equal(Errno.Success, two.Control.SetAddress("eth1", Addresses.Ip(TwoIp), 24));
        using Pinger session = two.OpenEcho(OneIp);
        int replies = 0;
        for (ushort i = 0; i < 500; i++)
        {
            session.Send(i, Frames.Pattern(100), 64);
            for (int j = 0; j < 20; j++)
            {
                time.RunFor(TimeSpan.FromMilliseconds(1));
                faulty.Poll(eth1!, 64);
            }

            replies += session.Receive(time.Now, out EchoAnswer reply) == Errno.Success && reply.Type == IcmpType.EchoReply ? 1 : 0;
        }

        Assert.True(faulty.Faults > 0 && replies > 100, $"seed {Seed}: {faulty.Faults} faults, {replies} replies");
        one.AssertNoLeak();
        two.AssertNoLeak();
    }

    private static byte[] Capture(int seed)
    {
        using MemoryStream stream = new();
        (SimulatedTime time, SimulatedWire wire, SimulatedNode one, _) = Pair(seed, new PcapWriter(stream));
        wire.Faults = new WireFaults { Loss = 0.2, Reordering = 0.2 };
        using Pinger session = one.OpenEcho(TwoIp);
        for (ushort i = 0; i < 50; i++)
        {
            session.Send(i, Frames.Pattern(100), 64);
            time.RunFor(TimeSpan.FromMilliseconds(50));
        }

        return stream.ToArray();
    }

    private static void Collect(Pinger session, Instant until, HashSet<ushort> answered, int seed)
    {
        while (session.Receive(until, out EchoAnswer reply) == Errno.Success)
        {
            if (reply.Type == IcmpType.EchoReply)
            {
                Assert.True(reply.IsIntact, $"seed {seed}: damaged reply {reply}");
                answered.Add(reply.Sequence);
            }
        }
    }
}
