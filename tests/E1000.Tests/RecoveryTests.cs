using KernelSockets.Simulation.E1000;
using static KernelSockets.Simulation.E1000.ModelRegisters;

namespace KernelSockets.E1000.Tests;

public sealed class RecoveryTests
{
    [Theory]
    [MemberData(nameof(Personalities.All), MemberType = typeof(Personalities))]
    public void Transmitter_Hangs_IsResetAndWorksAgain(string personality)
    {
        using Rig rig = Rig.Started(Personalities.Options(personality));
        rig.Model.TransmitMode = TransmitMode.Hung;
        for (int i = 0; i < 50; i++)
        {
            Assert.Equal(Errno.Success, rig.Transmit(Rig.Frame(64, i, Rig.Peer)));
        }

        rig.PollAfter(TimeSpan.FromSeconds(1.9));
        Assert.Equal(0, rig.Device.TransmitHangs);
        Assert.NotEqual(Instant.Never, rig.Device.PollDeadline);
        rig.PollAfter(TimeSpan.FromSeconds(0.2));
        Assert.Equal(1, rig.Device.TransmitHangs);
        Assert.Equal(50, rig.Statistics.TransmitErrors);
        Assert.Equal(0, rig.BuffersInUse());
        Assert.Equal(2, rig.Model.ResetCount);

        rig.Model.TransmitMode = TransmitMode.Immediate;
        Assert.Equal(Errno.Success, rig.Transmit(Rig.Frame(64, 99, Rig.Peer)));
        rig.Model.Deliver(Rig.Frame(64, 98));
        rig.RunNetworkTask();
        Assert.Equal(Rig.Frame(64, 99, Rig.Peer), Assert.Single(rig.Wire));
        Assert.Equal(Rig.Frame(64, 98), Assert.Single(rig.Received));
    }

    [Fact]
    public void Transmitter_HangsAgainAndAgain_IsResetEachTime()
    {
        using Rig rig = Rig.Started();
        for (int i = 1; i <= 5; i++)
        {
            rig.Model.IsTransmitterHung = true;
            rig.Transmit(Rig.Frame(64, i, Rig.Peer));
            rig.PollAfter(TimeSpan.FromSeconds(2.1));
            Assert.Equal(i, rig.Device.TransmitHangs);
            rig.Transmit(Rig.Frame(64, i, Rig.Peer));
            Assert.Equal(i, rig.Wire.Count);
        }
    }

    [Fact]
    public void Transmitter_Slow_IsNotTakenForHung()
    {
        using Rig rig = Rig.Started();
        rig.Model.TransmitMode = TransmitMode.Stepped;
        for (int i = 0; i < 20; i++)
        {
            rig.Transmit(Rig.Frame(64, i, Rig.Peer));
        }

        for (int i = 0; i < 20; i++)
        {
            rig.Model.StepTransmit(1);
            rig.PollAfter(TimeSpan.FromSeconds(1.5));
        }

        Assert.Equal(0, rig.Device.TransmitHangs);
        Assert.Equal(20, rig.Wire.Count);
    }

    [Fact]
    public void Transmitter_IdleForLong_IsNotTakenForHung()
    {
        using Rig rig = Rig.Started();
        rig.Model.TransmitMode = TransmitMode.Stepped;
        rig.PollAfter(TimeSpan.FromHours(1));
        rig.Transmit(Rig.Frame(64, 0, Rig.Peer));
        rig.PollAfter(TimeSpan.FromSeconds(1));
        Assert.Equal(0, rig.Device.TransmitHangs);
    }

    [Fact]
    public void Transmitter_PausedByFlowControl_IsNotTakenForHung()
    {
        using Rig rig = Rig.Started();
        rig.Model.TransmitMode = TransmitMode.Stepped;
        rig.Model.SetStatusBit(1 << 4, true);
        rig.Transmit(Rig.Frame(64, 0, Rig.Peer));
        rig.PollAfter(TimeSpan.FromSeconds(3));
        Assert.Equal(0, rig.Device.TransmitHangs);
        rig.Model.SetStatusBit(1 << 4, false);
        rig.PollAfter(TimeSpan.FromSeconds(3));
        Assert.Equal(1, rig.Device.TransmitHangs);
    }

    [Fact]
    public void Recovery_FramesWaitToBeReceived_AreCountedAndTheRingIsWhole()
    {
        using Rig rig = Rig.Started();
        rig.Model.TransmitMode = TransmitMode.Hung;
        rig.Transmit(Rig.Frame(64, 0, Rig.Peer));
        rig.Clock.Advance(TimeSpan.FromSeconds(3));
        for (int i = 0; i < 10; i++)
        {
            rig.Model.Deliver(Rig.Frame(64, i));
        }

        Assert.Equal(4, rig.Device.Poll(rig, 4));
        Assert.Equal(1, rig.Device.TransmitHangs);
        Assert.Equal(6, rig.Statistics.ReceiveDropped);
        rig.RunNetworkTask();
        Assert.Equal(4, rig.Received.Count);
        Assert.Equal(255, rig.Model.FreeReceiveDescriptors);
    }

    [Fact]
    public void Recovery_ResetDoesNotEnd_TakesTheDeviceDown()
    {
        using Rig rig = Rig.Started();
        rig.Model.TransmitMode = TransmitMode.Hung;
        rig.Transmit(Rig.Frame(64, 0, Rig.Peer));
        rig.Model.IsResetStuck = true;
        rig.PollAfter(TimeSpan.FromSeconds(3));
        Assert.Equal(Errno.EIO, rig.Device.Failure);
        Assert.False(rig.Device.IsLinkUp);
        Assert.Equal(Errno.ENETDOWN, rig.Transmit(Rig.Frame(64, 0, Rig.Peer)));
        Assert.Equal(Errno.EBUSY, rig.Device.Start());
        Assert.Equal(Errno.EIO, rig.Device.Stop());

        rig.Model.IsResetStuck = false;
        Assert.Equal(Errno.Success, rig.Device.Stop());
        Assert.Equal(rig.Pool.Total, rig.Pool.Free);
        rig.Model.TransmitMode = TransmitMode.Immediate;
        Assert.Equal(Errno.Success, rig.Device.Start());
        Assert.Equal(Errno.Success, rig.Device.Failure);
        Assert.Equal(Errno.Success, rig.Transmit(Rig.Frame(64, 0, Rig.Peer)));
    }

    [Fact]
    public void Removal_SeenByPoll_TakesTheDeviceDown()
    {
        using Rig rig = Rig.Started();
        rig.Model.TransmitMode = TransmitMode.Stepped;
        rig.Transmit(Rig.Frame(64, 0, Rig.Peer));
        rig.Model.Remove();
        Assert.Equal(0, rig.Device.Poll(rig, 8));
        Assert.Equal(Errno.ENODEV, rig.Device.Failure);
        Assert.False(rig.Device.IsLinkUp);
        Assert.Equal(0, rig.BuffersInUse());
        Assert.Equal(Errno.ENETDOWN, rig.Transmit(Rig.Frame(64, 0, Rig.Peer)));
        Assert.Equal(Instant.Never, rig.Device.PollDeadline);
        Assert.False(rig.Device.HasWork);
        long accesses = rig.Model.AccessCount;
        Assert.Equal(0, rig.Device.Poll(rig, 8));
        Assert.Equal(0, rig.Statistics.ReceiveMissed + rig.Statistics.ReceiveErrors + rig.Statistics.ReceiveLengthErrors);
        Assert.Equal(accesses, rig.Model.AccessCount);
        Assert.Equal(Errno.Success, rig.Device.Stop());
        Assert.Equal(rig.Pool.Total, rig.Pool.Free);
        Assert.Equal(Errno.ENODEV, rig.Device.Start());
    }

    [Fact]
    public void Removal_BetweenAnyTwoRegisterAccesses_EndsInBoundedTime()
    {
        bool wasReached = true;
        for (int n = 0; wasReached; n++)
        {
            using Rig rig = Rig.Started();
            rig.Model.TransmitMode = TransmitMode.Hung;
            rig.Transmit(Rig.Frame(64, 0, Rig.Peer));
            rig.Clock.Advance(TimeSpan.FromSeconds(3));
            rig.Model.Deliver(Rig.Frame(64, 0));
            int accesses = 0;
            wasReached = false;
            rig.Model.BeforeAccess = (_, _) =>
            {
                if (accesses++ == n)
                {
                    wasReached = true;
                    rig.Model.Remove();
                }
            };

            // Hang recovery runs here: well over a hundred accesses.
            rig.Device.Poll(rig, 8);
            rig.Model.BeforeAccess = null;
            rig.Device.Poll(rig, 8);
            Assert.Equal(wasReached ? Errno.ENODEV : Errno.Success, rig.Device.Failure);
            Assert.Equal(0, rig.BuffersInUse());
            Assert.True(n < 1000, "recovery never came to an end");
        }
    }

    [Fact]
    public void Statistics_AfterRemoval_TakesNoOnesForCounts()
    {
        using Rig rig = Rig.Started();
        rig.Model.Remove();
        Assert.Equal(0, rig.Statistics.ReceiveMissed);
        Assert.Equal(0, rig.Statistics.ReceiveErrors);
        Assert.Equal(0, rig.Statistics.ReceiveLengthErrors);
    }

    [Fact]
    public void Statistics_CountersAtRecovery_AreNotLost()
    {
        using Rig rig = Rig.Started();
        rig.Model.Deliver(Rig.Frame(64, 0), ReceiveFault.BadCrc);
        rig.Model.TransmitMode = TransmitMode.Hung;
        rig.Transmit(Rig.Frame(64, 0, Rig.Peer));
        rig.PollAfter(TimeSpan.FromSeconds(3));
        Assert.Equal(1, rig.Device.TransmitHangs);
        Assert.Equal(1, rig.Statistics.ReceiveErrors);
    }

    [Fact]
    public void Statistics_CountersAtReset_AreNotLost()
    {
        using Rig rig = Rig.Started();
        rig.Model.Deliver(Rig.Frame(64, 0), ReceiveFault.BadCrc);
        rig.Device.Stop();
        Assert.Equal(1, rig.Statistics.ReceiveErrors);
        Assert.Equal(0u, rig.Model.Peek(CRCERRS));
    }
}
