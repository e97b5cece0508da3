namespace KernelSockets.Net.Tests.Tcp;

/// <summary>What has to hold of every connection after every segment, whatever the segment was.</summary>
internal sealed class ConnectionInvariants(Tester tester)
{
    private readonly Dictionary<TcpConnection, (SequenceNumber SndUna, SequenceNumber SndNxt, SequenceNumber RcvNxt, SequenceNumber RcvEdge)> _before = [];

    private NetStack Stack => tester.Node.Stack;

    /// <summary>Looks at all connections.</summary>
    public void Check()
    {
        foreach (TcpConnection connection in Stack.Tcp.Connections)
        {
            CheckNumbers(connection);
            CheckSending(connection);
        }

        foreach (TcpConnection gone in _before.Keys.Where(static connection => connection.State == TcpState.Closed).ToArray())
        {
            _before.Remove(gone);
        }

        Assert.InRange(Stack.Tcp.Memory.ChunksInUse, 0, Stack.Tcp.Memory.MaximumChunks);
        Assert.InRange(Stack.Tcp.Statistics.CurrEstab, 0, Stack.Tcp.Connections.Count);
        tester.Node.AssertNoLeak(held: Stack.SocketMemory.HeldFrames);
    }

    /// <summary>RFC 9293 §3.4: SND.UNA ≤ SND.NXT and RCV.NXT ≤ RCV.NXT + RCV.WND, and none of them goes back.</summary>
    private void CheckNumbers(TcpConnection connection)
    {
        string text = $"{connection.Key} in {connection.State}";
        Assert.NotEqual(TcpState.Closed, connection.State);
        Assert.True(connection.Iss <= connection.SndUna && connection.SndUna <= connection.SndNxt, text);
        bool hasPeer = connection.State != TcpState.SynSent;
        Assert.True(!hasPeer || connection.RcvNxt <= connection.RcvEdge, text);
        Assert.True(!hasPeer || connection.Irs < connection.RcvNxt, text);
        if (_before.TryGetValue(connection, out (SequenceNumber SndUna, SequenceNumber SndNxt, SequenceNumber RcvNxt, SequenceNumber RcvEdge) before))
        {
            Assert.True(before.SndUna <= connection.SndUna && before.SndNxt <= connection.SndNxt && before.RcvNxt <= connection.RcvNxt && before.RcvEdge <= connection.RcvEdge, text);
        }

        if (hasPeer)
        {
            _before[connection] = (connection.SndUna, connection.SndNxt, connection.RcvNxt, connection.RcvEdge);
        }
    }

    /// <summary>What is under way is what is remembered of it, and windows and time-outs are in their bounds.</summary>
    private void CheckSending(TcpConnection connection)
    {
        TcpReport report = connection.Report(tester.Time.Now);
        string text = $"{connection.Key} in {connection.State}: {report}";
        int underWay = connection.SndNxt - connection.SndUna;
        bool isOpen = connection.State.IsSynchronized();
        Assert.True(report.SackedBytes >= 0 && report.LostBytes >= 0 && report.SackedBytes + report.LostBytes <= underWay, text);
        Assert.True(!isOpen || (report.SegmentsUnderWay == 0) == (underWay == 0), text);
        Assert.True(report.SegmentsUnderWay <= underWay, text);
        Assert.True(report.Window > 0 && report.Threshold > 0, text);
        Assert.InRange(report.Timeout, TimeSpan.FromMilliseconds(200), TimeSpan.FromMinutes(2));
        Assert.InRange(connection.EffectiveSegment, 1, 1460);
        Assert.InRange(connection.SndWnd, 0, 1 << 30);
        Assert.InRange(connection.Readable, 0, connection.RcvNxt - connection.Irs);
        Assert.True(connection.Unacknowledged >= 0 && connection.Unsent <= connection.Unacknowledged, text);
    }
}
