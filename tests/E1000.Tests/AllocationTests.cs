using KernelSockets.Simulation;
using KernelSockets.Simulation.E1000;

namespace KernelSockets.E1000.Tests;

/// <summary>Runs alone: while other tests run, the runtime's own tables may grow on this thread, and that counts as its allocation.</summary>
[Collection(nameof(AllocationTests))]
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationTests
{
    private const int Frames = 1_000_000;
    private const int WarmUp = 1000;

    [Fact]
    public void MillionFramesBothWays_AllocateNothing()
    {
        using Rig rig = Rig.Started();
        long sent = 0;
        rig.Model.FrameSink = frame => sent += frame.Length;
        Counter counter = new();
        byte[] incoming = Rig.Frame(100);

        Exchange(rig, counter, incoming, WarmUp);
        AllocationMeter meter = AllocationMeter.Start();
        Exchange(rig, counter, incoming, Frames);
        bool isQuiet = meter.IsQuiet;

        Assert.True(isQuiet);
        Assert.Equal(Frames + WarmUp, counter.Count);
        Assert.Equal((Frames + WarmUp) * 60L, sent);
        Assert.Equal(0, rig.BuffersInUse());
    }

    private static void Exchange(Rig rig, Counter counter, byte[] incoming, int frames)
    {
        for (int i = 0; i < frames; i++)
        {
            PacketBuffer buffer = rig.Pool.TryTake()!;
            buffer.Reserve(64);
            Rig.Peer.Write(buffer.Append(42));
            if (rig.Device.Transmit(buffer) != Errno.Success || rig.Model.Deliver(incoming) != ReceiveOutcome.Delivered)
            {
                throw new InvalidOperationException($"frame {i} did not pass");
            }

            if (i % 32 == 31)
            {
                while (rig.Device.Poll(counter, 16) == 16)
                {
                }
            }
        }

        rig.Device.Poll(counter, 64);
    }

    private sealed class Counter : IFrameReceiver
    {
        public int Count { get; private set; }

        public void Receive(PacketBuffer frame) => Count++;
    }
}
