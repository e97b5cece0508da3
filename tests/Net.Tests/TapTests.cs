namespace KernelSockets.Net.Tests;

/// <summary>Taps see every frame and take none.</summary>
public sealed class TapTests
{
    private sealed class Keeper : IFrameTap
    {
        public List<(PacketBuffer Frame, byte[] Copy, FrameDirection Direction)> Frames { get; } = [];

        public void OnFrame(NetInterface netInterface, PacketBuffer frame, FrameDirection direction)
        {
            frame.AddReference();
            Frames.Add((frame, frame.Data.ToArray(), direction));
        }
    }

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("127.0.0.1")]
    public void KeptFrames_StayAsTheyWere_AndTheStackStillAnswers(string target)
    {
        Tester tester = new();
        Keeper keeper = new();
        NetInterface netInterface = target == Tester.SelfIp ? tester.Node.Interface : tester.Node.Stack.Loopback;
        netInterface.AddTap(keeper);
        using Pinger session = tester.Node.OpenEcho(target);
        Assert.Equal(Errno.Success, session.Send(1, Frames.Pattern(56), 64));
        tester.Settle();
        if (target == Tester.SelfIp)
        {
            byte[] request = Assert.Single(tester.Probe.Take());
            tester.SendDatagram(Frames.Datagram(
                Tester.ToNode, Frames.Echo(Frames.JudgeIcmp(request).Id, 1, Frames.Pattern(56), IcmpType.EchoReply)));
        }

        Assert.Equal(Errno.Success, session.Receive(Instant.Never, out EchoAnswer reply));
        Assert.True(reply.IsIntact);
        tester.Settle();
        FrameDirection[] expected = target == Tester.SelfIp
            ? [FrameDirection.Sent, FrameDirection.Received]
            : [FrameDirection.Sent, FrameDirection.Received, FrameDirection.Sent, FrameDirection.Received];
        Assert.Equal(expected, keeper.Frames.Select(frame => frame.Direction));
        Assert.All(keeper.Frames, frame => Assert.Equal(frame.Copy, frame.Frame.Data.ToArray()));
        keeper.Frames.ForEach(frame => frame.Frame.Release());
        tester.Node.AssertNoLeak();

        netInterface.RemoveTap(keeper);
        tester.AssertAlive();
        Assert.Equal(expected.Length, keeper.Frames.Count);
    }
}
