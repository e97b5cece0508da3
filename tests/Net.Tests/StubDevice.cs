namespace KernelSockets.Net.Tests;

/// <summary>A device that is up and receives nothing by itself; what it does with frames to send is the test's.</summary>
internal abstract class StubDevice : NetworkDevice
{
    public override MacAddress Address => Tester.NodeMac;

    public override int Mtu => 1500;

    public override bool IsLinkUp => true;

    public override NetworkDeviceStatistics Statistics { get; } = new();

    public override bool IsPromiscuous { get; set; }

    public override int Poll(IFrameReceiver receiver, int budget) => 0;
}
