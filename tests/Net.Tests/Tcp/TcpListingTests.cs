using KernelSockets.Net.Tests.Sockets;

namespace KernelSockets.Net.Tests.Tcp;

/// <summary>What netstat, ss and /proc see of TCP.</summary>
public sealed class TcpListingTests
{
    [Fact]
    public void Sockets_ShowListenersConnectionsAndTimeWait_WithTheirFigures()
    {
        StreamPair pair = new(7);
        using TestSocket listener = TestSocket.Listening(pair.Two.Stack, 81);
        (TestSocket client, TestSocket server) = pair.Connect();
        Assert.Equal(5, client.SendSpan("hello"u8.ToArray()).Count);
        pair.Time.RunFor(TimeSpan.FromSeconds(1));

        SocketInformation[] two = Tcp(pair.Two);
        SocketInformation listening = Assert.Single(two, static socket => socket.State == "LISTEN");
        Assert.Equal(("0.0.0.0:81", "0.0.0.0:*", true), (listening.Local, listening.Remote, listening.IsListening));
        Assert.Null(listening.Stream);
        SocketInformation accepted = Assert.Single(two, static socket => socket.State == "ESTABLISHED");
        Assert.Equal(("10.0.0.2:80", 5L, false), (accepted.Local, accepted.ReceiveQueue, accepted.IsListening));
        SocketInformation connecting = Assert.Single(Tcp(pair.One));
        Assert.Equal((accepted.Remote, accepted.Local), (connecting.Local, connecting.Remote));
        StreamInformation figures = connecting.Stream!;
        Assert.Equal(("cubic", true, true, 1448, 1500), (figures.Congestion, figures.HasTimestamps, figures.HasSack, figures.SendSegment, figures.PathMtu));
        Assert.Equal((10, null, 0, 0), (figures.Window, figures.Threshold, figures.SegmentsUnderWay, figures.Retransmitted));
        Assert.InRange(figures.RoundTrip, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(1));
        Assert.True(figures.PeerWindow > 0);

        Assert.Equal(5, server.ReceiveInto(new byte[8]).Count); // unread data would end it by a reset
        client.Dispose();
        pair.Time.RunFor(TimeSpan.FromSeconds(1));
        server.Dispose();
        pair.Time.RunFor(TimeSpan.FromSeconds(1));
        SocketInformation waiting = Assert.Single(Tcp(pair.One).Concat(Tcp(pair.Two)), static socket => socket.State == "TIME_WAIT");
        Assert.Null(waiting.Stream);
    }

    [Fact]
    public void Counters_CountOpeningsAndSegments()
    {
        StreamPair pair = new(8);
        (TestSocket client, TestSocket server) = pair.Connect();
        Assert.Equal(1, Counter(pair.One, "Tcp", "ActiveOpens"));
        Assert.Equal(1, Counter(pair.Two, "Tcp", "PassiveOpens"));
        Assert.Equal(1, Counter(pair.Two, "Tcp", "CurrEstab"));
        Assert.True(Counter(pair.One, "Tcp", "OutSegs") >= 2);
        Assert.Equal(0, Counter(pair.One, "TcpExt", "TCPTimeouts"));
        client.Dispose();
        pair.Time.RunFor(TimeSpan.FromSeconds(1));
        server.Dispose();
        pair.Time.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(0, Counter(pair.Two, "Tcp", "CurrEstab"));
        Assert.Equal(1, Counter(pair.One, "TcpExt", "TimeWaits") + Counter(pair.Two, "TcpExt", "TimeWaits"));
    }

    private static SocketInformation[] Tcp(SimulatedNode node) => [.. node.Control.Sockets().Where(static socket => socket.Protocol == "tcp")];

    private static long Counter(SimulatedNode node, string group, string name) =>
        Assert.Single(node.Control.Counters(), counter => counter.Group == group && counter.Name == name).Value;
}
