using KernelSockets.Simulation;
using KernelSockets.Simulation.E1000;

namespace KernelSockets.E1000.Tests;

/// <summary>TCP data that the hardware cuts into segments; the model refuses descriptors that are not as §3.3.6 and §3.5 want them.</summary>
public sealed class SegmentationTests
{
    [Theory]
    [MemberData(nameof(Personalities.All), MemberType = typeof(Personalities))]
    public void Transmit_LargePackets_BetweenOthers_ArriveAsTheirSegments(string personality)
    {
        using Rig rig = Rig.Started(Personalities.Options(personality));
        Random random = new(11);
        List<byte[]> expected = [];
        for (int i = 0; i < 400; i++)
        {
            if (random.Next(3) == 0)
            {
                expected.Add(Rig.Frame(random.Next(60, 1514), i, Rig.Peer));
                Assert.Equal(Errno.Success, rig.Transmit(expected[^1]));
                continue;
            }

            LargePacket packet = LargePacket.Random(rig, random);
            expected.AddRange(packet.Expected);
            Assert.Equal(Errno.Success, rig.Device.Transmit(packet.Buffer));
        }

        Assert.Equal(expected, rig.Wire);
        Assert.Equal(expected.Count, rig.Statistics.TransmittedPackets);
        Assert.Equal(expected.Sum(static frame => (long)frame.Length), rig.Statistics.TransmittedBytes);
        Assert.Equal(0, rig.BuffersInUse());
    }

    [Fact]
    public void Transmit_SegmentsLargerThanAFrame_AreRefusedAndReleased()
    {
        using Rig rig = Rig.Started();
        LargePacket packet = LargePacket.Make(rig, payload: 4000, segment: 1500, options: 0, isLast: true);
        Assert.Equal(Errno.EMSGSIZE, rig.Device.Transmit(packet.Buffer));
        Assert.Equal(0, rig.BuffersInUse());
        Assert.Empty(rig.Wire);
    }

    [Fact]
    public void Transmit_OnARingThatIsNearlyFull_IsRefusedWhole_AndWorksAgainLater()
    {
        using Rig rig = Rig.Started();
        rig.Model.TransmitMode = TransmitMode.Stepped;
        for (int i = 0; i < 250; i++)
        {
            Assert.Equal(Errno.Success, rig.Transmit(Rig.Frame(60, i, Rig.Peer)));
        }

        LargePacket refused = LargePacket.Make(rig, payload: 20_000, segment: 1460, options: 0, isLast: true);
        Assert.Equal(Errno.ENOBUFS, rig.Device.Transmit(refused.Buffer));
        Assert.Equal(refused.Expected.Count, rig.Statistics.TransmitDropped);
        rig.Model.StepTransmit(20);
        LargePacket sent = LargePacket.Make(rig, payload: 20_000, segment: 1460, options: 0, isLast: true);
        Assert.Equal(Errno.Success, rig.Device.Transmit(sent.Buffer));
        rig.Model.TransmitMode = TransmitMode.Immediate;
        rig.Model.StepTransmit(int.MaxValue);
        rig.RunNetworkTask();
        Assert.Equal(sent.Expected, rig.Wire[250..]);
        Assert.Equal(0, rig.BuffersInUse());
    }

    [Fact]
    public void Reset_WithHalfAPacketSent_ReleasesAllOfIt()
    {
        using Rig rig = Rig.Started();
        rig.Model.TransmitMode = TransmitMode.Stepped;
        LargePacket packet = LargePacket.Make(rig, payload: 30_000, segment: 1448, options: 12, isLast: true);
        Assert.Equal(Errno.Success, rig.Device.Transmit(packet.Buffer));
        rig.Model.StepTransmit(5);
        Assert.Equal(Errno.Success, rig.Device.Stop());
        Assert.Equal(0, rig.BuffersInUse(isRunning: false));
        rig.Model.TransmitMode = TransmitMode.Immediate;
        Assert.Equal(Errno.Success, rig.Device.Start());
        rig.RunNetworkTask();
        LargePacket next = LargePacket.Make(rig, payload: 30_000, segment: 1448, options: 12, isLast: true);
        Assert.Equal(Errno.Success, rig.Device.Transmit(next.Buffer));
        Assert.Equal(next.Expected, rig.Wire);
    }

    [Fact]
    public void Burst_OfFrames_IsOneDoorbell()
    {
        using Rig rig = Rig.Started();
        rig.Device.BeginBurst();
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(Errno.Success, rig.Transmit(Rig.Frame(60, i, Rig.Peer)));
        }

        Assert.Empty(rig.Wire);
        int accesses = rig.Model.TailWrites;
        rig.Device.EndBurst();
        Assert.Equal(accesses + 1, rig.Model.TailWrites);
        Assert.Equal(20, rig.Wire.Count);
        rig.Device.BeginBurst();
        rig.Device.EndBurst();
        Assert.Equal(accesses + 1, rig.Model.TailWrites);
    }

    [Fact]
    public void Burst_LargerThanTheRing_LosesNothing()
    {
        using Rig rig = Rig.Started();
        rig.Device.BeginBurst();
        for (int i = 0; i < 600; i++)
        {
            Assert.Equal(Errno.Success, rig.Transmit(Rig.Frame(60, i, Rig.Peer)));
        }

        rig.Device.EndBurst();
        Assert.Equal(600, rig.Wire.Count);
        Assert.Equal(0, rig.BuffersInUse());
    }

    /// <summary>Sending large packets allocates nothing, once the buffers have had as many fragments as they get.</summary>
    [Fact]
    public void LargePackets_AllocateNothingInTheDriver()
    {
        using Rig rig = Rig.Started();
        rig.Model.TransmitMode = TransmitMode.Stepped;
        LargePacket[] packets = [.. Enumerable.Range(0, 8).Select(_ => LargePacket.Make(rig, payload: 20_000, segment: 1460, options: 0, isLast: true))];
        AllocationMeter meter = AllocationMeter.Start();
        foreach (LargePacket packet in packets)
        {
            if (rig.Device.Transmit(packet.Buffer) != Errno.Success)
            {
                throw new InvalidOperationException("refused");
            }
        }

        Assert.True(meter.IsQuiet);
        rig.Model.TransmitMode = TransmitMode.Immediate;
        rig.Model.StepTransmit(int.MaxValue);
        rig.RunNetworkTask();
        Assert.Equal(packets.SelectMany(static packet => packet.Expected), rig.Wire);
    }
}
