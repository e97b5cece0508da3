using KernelSockets.Simulation.E1000;
using static KernelSockets.Simulation.E1000.ModelRegisters;

namespace KernelSockets.E1000.Tests;

public sealed class LinkTests
{
    [Theory]
    [MemberData(nameof(Personalities.All), MemberType = typeof(Personalities))]
    public void Cable_PulledAndPluggedIn_IsSeenAndCounted(string personality)
    {
        using Rig rig = Rig.Started(Personalities.Options(personality));
        rig.Model.SetCable(false);
        rig.RunNetworkTask();
        Assert.False(rig.Device.IsLinkUp);
        Assert.Equal(0, rig.Device.LinkSpeed);
        Assert.Equal(Errno.ENETDOWN, rig.Transmit(Rig.Frame(60, 0, Rig.Peer)));
        Assert.Equal(1, rig.Statistics.TransmitCarrierErrors);
        Assert.Equal(0, rig.BuffersInUse());

        rig.Model.SetCable(true);
        rig.RunNetworkTask();
        Assert.True(rig.Device.IsLinkUp);
        Assert.Equal(Errno.Success, rig.Transmit(Rig.Frame(60, 1, Rig.Peer)));
        Assert.Equal(Rig.Frame(60, 1, Rig.Peer), Assert.Single(rig.Wire));
        Assert.Equal(3, rig.Statistics.LinkChanges);
    }

    [Fact]
    public void Cable_PulledWithFramesInTheRing_ReleasesThemAndRecovers()
    {
        using Rig rig = Rig.Started();
        rig.Model.TransmitMode = TransmitMode.Stepped;
        for (int i = 0; i < 100; i++)
        {
            rig.Transmit(Rig.Frame(64, i, Rig.Peer));
        }

        rig.Model.StepTransmit(30);
        rig.Model.SetCable(false);
        rig.RunNetworkTask();
        Assert.Equal(0, rig.BuffersInUse());
        Assert.Equal(30, rig.Statistics.TransmittedPackets);
        Assert.Equal(70, rig.Statistics.TransmitCarrierErrors);
        Assert.Equal(2, rig.Model.ResetCount);

        rig.Model.SetCable(true);
        rig.RunNetworkTask();
        rig.Model.TransmitMode = TransmitMode.Immediate;
        rig.Transmit(Rig.Frame(64, 500, Rig.Peer));
        rig.Model.Deliver(Rig.Frame(64, 501));
        rig.RunNetworkTask();
        Assert.Equal(Rig.Frame(64, 500, Rig.Peer), rig.Wire[^1]);
        Assert.Equal(Rig.Frame(64, 501), Assert.Single(rig.Received));
        Assert.Equal(0, rig.Device.TransmitHangs);
    }

    [Fact]
    public void Cable_FlapsBetweenTwoPolls_NothingIsLost()
    {
        using Rig rig = Rig.Started();
        rig.Model.TransmitMode = TransmitMode.Stepped;
        rig.Transmit(Rig.Frame(64, 0, Rig.Peer));
        rig.Model.SetCable(false);
        rig.Model.SetCable(true);
        rig.RunNetworkTask();
        rig.Model.StepTransmit(1);
        rig.RunNetworkTask();
        Assert.True(rig.Device.IsLinkUp);
        Assert.Single(rig.Wire);
        Assert.Equal(1, rig.Model.ResetCount);
    }

    [Theory]
    [MemberData(nameof(Personalities.All), MemberType = typeof(Personalities))]
    public void Cable_FlapsUnderTraffic_NoBufferIsLost(string personality)
    {
        using Rig rig = Rig.Started(Personalities.Options(personality));
        rig.Model.TransmitMode = TransmitMode.Stepped;
        rig.Model.IsReceiveStepped = rig.Options.FifoSize > 0;
        Random random = new(7);
        for (int i = 0; i < 400; i++)
        {
            for (int j = random.Next(12); j >= 0; j--)
            {
                rig.Transmit(Rig.Frame(64, i, Rig.Peer));
                rig.Model.Deliver(Rig.Frame(64, i));
            }

            rig.Model.StepTransmit(random.Next(8));
            rig.Model.StepReceive(random.Next(8));
            rig.Model.SetCable(random.Next(4) != 0);
            if (random.Next(2) == 0)
            {
                rig.RunNetworkTask();
            }
        }

        rig.Model.SetCable(true);
        rig.RunNetworkTask();
        rig.Model.StepTransmit(int.MaxValue);
        rig.Model.StepReceive(int.MaxValue);
        rig.PollAfter(TimeSpan.FromSeconds(1));
        Assert.Equal(0, rig.BuffersInUse());
        Assert.True(rig.Device.IsLinkUp);
        Assert.Equal(Errno.Success, rig.Transmit(Rig.Frame(64, 1, Rig.Peer)));
    }

    [Theory]
    [InlineData(0, true, 10, 64)]
    [InlineData(1, false, 100, 64)]
    [InlineData(1, true, 100, 64)]
    [InlineData(2, true, 1000, 64)]
    [InlineData(2, false, 1000, 512)]
    [InlineData(3, true, 1000, 64)]
    public void Link_SpeedAndDuplex_AreShownAndSetTheCollisionDistance(uint bits, bool isFullDuplex, int speed, uint distance)
    {
        using Rig rig = Rig.Started();
        rig.Model.SetCable(false);
        rig.RunNetworkTask();
        rig.Model.SetLinkMode(bits, isFullDuplex);
        rig.Model.SetCable(true);
        rig.RunNetworkTask();
        Assert.Equal(speed, rig.Device.LinkSpeed);
        Assert.Equal(isFullDuplex, rig.Device.IsFullDuplex);
        Assert.Equal(distance, rig.Model.Peek(TCTL) >> 12 & 0x3FF);
        Assert.Equal(2u, rig.Model.Peek(TCTL) & 2);
    }

    [Fact]
    public void Start_WithoutCable_ComesUpLater()
    {
        using Rig rig = new();
        rig.Model.SetCable(false);
        rig.Create();
        Assert.Equal(Errno.Success, rig.Device.Start());
        rig.RunNetworkTask();
        Assert.False(rig.Device.IsLinkUp);
        Assert.Equal(0, rig.Statistics.LinkChanges);
        rig.Model.SetCable(true);
        rig.RunNetworkTask();
        Assert.True(rig.Device.IsLinkUp);
        Assert.Equal(1, rig.Statistics.LinkChanges);
    }
}
