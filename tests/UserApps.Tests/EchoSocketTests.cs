using System.Diagnostics;
using KernelSockets.UserApps.Network;

namespace KernelSockets.UserApps.Tests;

/// <summary>ping's socket over Linux's loopback interface; raw sockets need root.</summary>
public sealed class EchoSocketTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);
    private static readonly byte[] s_payload = [.. Enumerable.Range(0, 56).Select(i => (byte)i)];

    private readonly RealClock _clock = new();

    [Fact]
    public void Requests_AreAnswered_EachSocketGetsItsOwn()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "raw sockets need root");
        Assert.True(Ipv4Address.TryParse("127.0.0.7", out Ipv4Address host));
        using EchoSocket first = new(host, 33, isBroadcastAllowed: false, _clock);
        using EchoSocket second = new(host, 44, isBroadcastAllowed: false, _clock);
        Assert.Equal(Errno.Success, first.Send(5, s_payload));
        Assert.Equal(Errno.Success, second.Send(6, []));
        Assert.Equal(Errno.Success, first.Receive(_clock.Now + s_limit, out EchoAnswer answer));
        Assert.Equal((EchoAnswerKind.Reply, host, (ushort)5, 64, true), (answer.Kind, answer.Source, answer.Sequence, answer.Length, answer.IsIntact));
        Assert.Equal(Errno.Success, second.Receive(_clock.Now + s_limit, out answer));
        Assert.Equal((6, 8), (answer.Sequence, answer.Length));
        Assert.Equal(Errno.ETIME, first.Receive(_clock.Now, out _));
    }

    [Fact]
    public void Errors_AreLinuxs()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "raw sockets need root");
        using EchoSocket broadcast = new(Ipv4Address.Broadcast, 64, isBroadcastAllowed: false, _clock);
        Assert.Equal(Errno.EACCES, broadcast.Send(1, []));
        using EchoSocket socket = new(Ipv4Address.Loopback, 64, isBroadcastAllowed: false, _clock);
        Assert.Equal(Errno.EMSGSIZE, socket.Send(1, new byte[70_000]));
    }

    private sealed class RealClock : Clock
    {
        public override Instant Now => new(Stopwatch.GetTimestamp());

        public override DateTimeOffset UtcNow => DateTimeOffset.UtcNow;
    }
}
