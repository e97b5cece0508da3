namespace KernelSockets.Net.Tests;

/// <summary>The stack wakes the network task when an app has made work for it, and only then.</summary>
public sealed class WakeTests
{
    [Fact]
    public void SendToUnknownNeighbour_EarlierDeadline_Wakes()
    {
        Tester tester = new(isKnown: false);
        Assert.Equal(Instant.Never, tester.Node.Stack.NextDeadline);
        int before = tester.Node.Wakes;
        using Pinger session = tester.Node.OpenEcho("10.0.0.77");
        session.Send(1, [], 64);
        Assert.Equal(before + 1, tester.Node.Wakes);
        Assert.Equal(tester.Time.Now + Arp.RequestInterval, tester.Node.Stack.NextDeadline);
        session.Send(2, [], 64);
        Assert.Equal(before + 1, tester.Node.Wakes);
    }

    [Fact]
    public void SendToKnownNeighbour_NothingToDo_DoesNotWake()
    {
        Tester tester = new();
        int before = tester.Node.Wakes;
        using Pinger session = tester.Node.OpenEcho(Tester.SelfIp);
        session.Send(1, [], 64);
        Assert.Equal(before, tester.Node.Wakes);
    }

    [Fact]
    public void AnnouncementsAfterLinkUp_SetInAdvance_DoNotWake()
    {
        Tester tester = new();
        tester.Node.Device.SetLink(false);
        tester.Settle();
        Assert.Equal(Instant.Never, tester.Node.Stack.NextDeadline);
        int before = tester.Node.Wakes;
        tester.Node.Device.SetLink(true);
        tester.Settle(TimeSpan.FromSeconds(5));
        Assert.Equal(2, tester.Probe.Take().Length);
        Assert.Equal(before, tester.Node.Wakes);
    }

    [Fact]
    public void TimerSetByTheNetworkTaskItself_DoesNotWake()
    {
        Tester tester = new(isKnown: false);
        using Pinger session = tester.Node.OpenEcho("10.0.0.77");
        session.Send(1, [], 64);
        int before = tester.Node.Wakes;
        tester.Settle(TimeSpan.FromSeconds(30));
        Assert.Equal(before, tester.Node.Wakes);
        Assert.Equal(Arp.MaximumSolicitations, tester.Arp.OutRequests);
    }
}
