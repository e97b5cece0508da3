using KernelSockets.Simulation.E1000;
using static KernelSockets.Simulation.E1000.ModelRegisters;

namespace KernelSockets.E1000.Tests;

public sealed class InterruptTests
{
    private const uint AllButSent = 0xDC;

    [Fact]
    public void Poll_BudgetUsedUp_LeavesTheLineAsserted()
    {
        using Rig rig = Rig.Started();
        for (int i = 0; i < 20; i++)
        {
            rig.Model.Deliver(Rig.Frame(60, i));
        }

        Assert.Equal(8, rig.Device.Poll(rig, 8));
        Assert.True(rig.Model.IsInterruptAsserted);
        Assert.True(rig.Device.HasWork);
        Assert.Equal(8, rig.Device.Poll(rig, 8));
        Assert.True(rig.Model.IsInterruptAsserted);
        Assert.Equal(4, rig.Device.Poll(rig, 8));
        Assert.False(rig.Model.IsInterruptAsserted);
        Assert.Equal(AllButSent, rig.Model.InterruptMask);
        Assert.False(rig.Device.HasWork);
    }

    [Fact]
    public void Poll_ExactlyTheBudget_NeedsAnotherPollToQuietTheLine()
    {
        using Rig rig = Rig.Started();
        for (int i = 0; i < 8; i++)
        {
            rig.Model.Deliver(Rig.Frame(60, i));
        }

        Assert.Equal(8, rig.Device.Poll(rig, 8));
        Assert.True(rig.Model.IsInterruptAsserted);
        Assert.Equal(0, rig.Device.Poll(rig, 8));
        Assert.False(rig.Model.IsInterruptAsserted);
    }

    [Fact]
    public void Poll_NoWork_TurnsInterruptsOnAndCountsNothing()
    {
        using Rig rig = Rig.Started();
        long before = rig.Statistics.Interrupts;
        Assert.Equal(0, rig.Device.Poll(rig, 8));
        Assert.Equal(AllButSent, rig.Model.InterruptMask);
        Assert.Equal(before, rig.Statistics.Interrupts);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(64)]
    public void Poll_FrameArrivesBetweenAnyTwoRegisterAccesses_IsNeverLeftBehind(int budget)
    {
        // A frame comes just before the n-th register access of the service routine, for every n until the routine has no n-th access.
        foreach (string personality in (string[])["manual", "qemu", "virtualbox"])
        {
            bool wasReached = true;
            for (int n = 0; wasReached; n++)
            {
                Assert.True(n < 200, "the service routine never came to an end");
                wasReached = DeliverBeforeAccess(Personalities.Options(personality), n, budget);
            }
        }
    }

    private static bool DeliverBeforeAccess(ModelOptions options, int n, int budget)
    {
        using Rig rig = Rig.Started(options);
        bool wasReached = false;
        int accesses = 0;
        rig.Model.BeforeAccess = (_, _) =>
        {
            if (accesses++ == n)
            {
                wasReached = true;
                rig.Model.Deliver(Rig.Frame(60, 2));
            }
        };
        rig.Model.Deliver(Rig.Frame(60, 1));
        rig.RunNetworkTask(budget);
        Assert.Equal(wasReached ? 2 : 1, rig.Received.Count);
        Assert.False(rig.Device.HasWork);
        Assert.False(rig.Model.IsInterruptAsserted);
        return wasReached;
    }

    [Fact]
    public void Poll_FrameArrivesWhileTheStackWorks_IsHandedOverInTheSamePoll()
    {
        using Rig rig = Rig.Started();
        int more = 5;
        rig.OnReceive = _ =>
        {
            if (more-- > 0)
            {
                rig.Model.Deliver(Rig.Frame(60, more));
            }
        };
        rig.Model.Deliver(Rig.Frame(60, 9));
        Assert.Equal(6, rig.Device.Poll(rig, 64));
    }

    [Theory]
    [MemberData(nameof(Personalities.All), MemberType = typeof(Personalities))]
    public void Poll_AfterOneFrame_TheLineGoesQuiet(string personality)
    {
        using Rig rig = Rig.Started(Personalities.Options(personality));
        int before = rig.InterruptCount;
        rig.Model.Deliver(Rig.Frame(60, 1));
        rig.RunNetworkTask();
        Assert.InRange(rig.InterruptCount - before, 1, 2);
        Assert.False(rig.Model.IsInterruptAsserted);
        Assert.Equal(1, rig.Statistics.ReceivedPackets);
    }

    [Fact]
    public void Poll_InterruptStorm_EndsAndStillReceives()
    {
        using Rig rig = Rig.Started();
        for (int i = 0; i < 5000; i++)
        {
            rig.Model.Raise(0xFFFF & ~0x20u);
            rig.RunNetworkTask();
        }

        Assert.True(rig.Device.IsLinkUp);
        Assert.Equal(1, rig.Statistics.LinkChanges);
        Assert.True(rig.Statistics.Interrupts >= 5000);
        rig.Model.Deliver(Rig.Frame(60, 1));
        rig.RunNetworkTask();
        Assert.Single(rig.Received);
    }

    [Fact]
    public void Poll_EndlessBadFrames_ComesBackAndIsInterruptedForTheRest()
    {
        using Rig rig = Rig.Started();
        rig.Model.DeliversBadFrames = true;

        // The wire refills the ring whenever the driver gives descriptors back.
        rig.Model.BeforeAccess = (offset, isWrite) =>
        {
            for (int i = 0; i < 64 && isWrite && offset == RDT; i++)
            {
                rig.Model.Deliver(Rig.Frame(60, i), ReceiveFault.BadCrc);
            }
        };
        for (int i = 0; i < 250; i++)
        {
            rig.Model.Deliver(Rig.Frame(60, i), ReceiveFault.BadCrc);
        }

        Assert.Equal(0, rig.Device.Poll(rig, 64));
        Assert.True(rig.Device.HasWork);
        Assert.True(rig.Model.IsInterruptAsserted);
        rig.Model.BeforeAccess = null;
        rig.RunNetworkTask();
        Assert.False(rig.Device.HasWork);
        Assert.InRange(rig.Model.FreeReceiveDescriptors, Rig.LeastFree, 255);
    }

    [Fact]
    public void Poll_BadBudget_IsAProgrammingError()
    {
        using Rig rig = Rig.Started();
        Assert.Throws<ArgumentOutOfRangeException>(() => rig.Device.Poll(rig, 0));
    }

    [Fact]
    public void Poll_OneFrame_CostsFewRegisterAccesses()
    {
        using Rig rig = Rig.Started();
        rig.Model.Deliver(Rig.Frame(60, 1));
        List<uint> accesses = [];
        rig.Model.BeforeAccess = (offset, _) => accesses.Add(offset);
        rig.Device.Poll(rig, 64);
        Assert.Equal([ICR], accesses);
    }

    [Fact]
    public void Poll_Watched_TouchesNoRegister()
    {
        using Rig rig = Rig.Started();
        rig.Device.Poll(rig, 64, isWatched: true);
        List<uint> accesses = [];
        rig.Model.BeforeAccess = (offset, _) => accesses.Add(offset);
        for (int i = 0; i < 20; i++)
        {
            Assert.False(rig.Device.HasArrivals);
            rig.Model.Deliver(Rig.Frame(60, 1));
            Assert.True(rig.Device.HasArrivals);
            Assert.Equal(1, rig.Device.Poll(rig, 64, isWatched: true));
        }

        Assert.Empty(accesses);
    }

    [Fact]
    public void Poll_WatchedNoMore_FindsWhatHappenedMeanwhile()
    {
        using Rig rig = Rig.Started();
        rig.Device.Poll(rig, 64, isWatched: true);
        rig.Model.SetCable(false);
        rig.Device.Poll(rig, 64, isWatched: true);
        Assert.True(rig.Device.IsLinkUp);
        rig.Device.Poll(rig, 64);
        Assert.False(rig.Device.IsLinkUp);
        rig.Model.SetCable(true);
        Assert.True(rig.Model.IsInterruptAsserted);
    }

    [Fact]
    public void Poll_ManyFramesOneByOne_HardwareNeverRunsOutOfSlots()
    {
        using Rig rig = Rig.Started();
        for (int i = 0; i < 1000; i++)
        {
            rig.Model.Deliver(Rig.Frame(60, 1));
            Assert.Equal(1, rig.Device.Poll(rig, 64, isWatched: true));
            Assert.InRange((rig.Model.Peek(RDT) - rig.Model.Peek(RDH)) & 255, (uint)Rig.LeastFree, 255u);
        }
    }
}
