using KernelSockets.Simulation;

namespace KernelSockets.Net.Tests;

/// <summary>The gate at work: the network task, pingers and shell commands on threads of their own.</summary>
public sealed class ConcurrencyTests
{
    private const int Rounds = 20_000;

    private readonly FixedClock _clock = new();
    private readonly CountingDevice _device = new();
    private readonly PacketBufferPool _pool;
    private readonly NetStack _stack;
    private readonly NetInterface _eth0;
    private readonly NetworkControl _control;
    private readonly byte[] _request = Frames.Ethernet(
        Tester.NodeMac, Tester.SelfMac, EtherType.Ipv4, Frames.Datagram(Tester.ToNode, Frames.Echo(1, 1, Frames.Pattern(56))));

    public ConcurrencyTests()
    {
        Assert.Equal(Errno.Success, PacketBufferPool.TryCreate(256, new ArrayDmaAllocator(), out PacketBufferPool? pool));
        _pool = pool!;
        _stack = new NetStack(_clock, new SimulatedWaitQueueFactory(new SimulatedTime()), new SeededEntropy(1), _pool, new CountingHost());
        Assert.Equal(Errno.Success, _stack.TryAddInterface(_device, out NetInterface? eth0));
        _eth0 = eth0!;
        _control = new NetworkControl(_stack);
        Assert.Equal(Errno.Success, _control.SetAddress("eth0", Tester.Node4, 24));
        Assert.Equal(Errno.Success, _control.AddNeighbour(Tester.Self4, Tester.SelfMac));
    }

    [Fact]
    public void NetworkTaskPingersAndCommands_AtOnce_NoExceptionNoLeak()
    {
        Action[] work = [NetworkTask, Pinger, Pinger, Commands];
        Exception?[] failures = new Exception?[work.Length];
        Thread[] threads = [.. work.Select((action, i) => new Thread(() => failures[i] = Record.Exception(action)))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.All(failures, Assert.Null);
        for (int i = 0; i < 1000; i++)
        {
            _clock.Step();
            _stack.Advance(_clock.Now);
        }

        Assert.Equal(_pool.Total, _pool.Free);
        Assert.True(_device.Sent > 0);
        Assert.Equal(_device.Sent, _eth0.Statistics.OutFrames); // plain counters: the gate alone keeps them exact
        Assert.Equal(_stack.Icmp.Statistics.OutMsgs, _stack.Icmp.Statistics.OutEchos + _stack.Icmp.Statistics.OutEchoReps);
    }

    private void NetworkTask()
    {
        for (int i = 0; i < Rounds; i++)
        {
            if (_pool.TryTake() is { } buffer)
            {
                buffer.SetReceived(0, _request.Length);
                _request.CopyTo(buffer.Data);
                _eth0.Receive(buffer);
                buffer.Release();
            }

            _stack.Advance(_clock.Now);
            _clock.Step();
            Assert.True(_stack.NextDeadline <= Instant.Never);
        }
    }

    private void Pinger()
    {
        for (int i = 0; i < Rounds / 10; i++)
        {
            Ipv4Address target = Addresses.Ip(i % 2 == 0 ? "127.0.0.1" : "10.0.0.9");
            using Pinger session = new(_stack, target);
            for (ushort sequence = 0; sequence < 10; sequence++)
            {
                session.Send(sequence, _request, 64);
                session.Receive(Instant.Zero, out _);
            }
        }
    }

    private void Commands()
    {
        for (int i = 0; i < Rounds; i++)
        {
            Assert.Equal(2, _control.Interfaces().Count);
            Assert.Equal(Errno.Success, _control.AddNeighbour(Tester.Self4, Tester.SelfMac));
            Assert.True(_control.Neighbours().Count > 0);
            Assert.Equal(Errno.Success, _control.SetMtu("eth0", 576 + i % 900));
        }
    }

    private sealed class FixedClock : Clock
    {
        private const long StepNanoseconds = 100_000_000;

        private long _nanoseconds;

        public override Instant Now => new(Interlocked.Read(ref _nanoseconds));

        public override DateTimeOffset UtcNow => DateTimeOffset.UnixEpoch;

        public void Step() => Interlocked.Add(ref _nanoseconds, StepNanoseconds);
    }

    private sealed class CountingHost : IStackHost
    {
        private int _wakes;

        public void Wake() => Interlocked.Increment(ref _wakes);

        public void ReportAddressConflict(string interfaceName, Ipv4Address address, MacAddress claimant) =>
            Assert.Fail("no conflict was made");
    }

    private sealed class CountingDevice : StubDevice
    {
        private long _sent;

        public long Sent => Interlocked.Read(ref _sent);

        public override string Model => "counter";

        public override Errno Transmit(PacketBuffer frame)
        {
            Interlocked.Increment(ref _sent);
            frame.Release();
            return Errno.Success;
        }
    }
}
