using KernelSockets.UserApps.Tests.Fakes;

namespace KernelSockets.UserApps.Tests;

/// <summary>netstat and ss.</summary>
public sealed class SocketListTests
{
    private const string Heading = "Proto Recv-Q Send-Q  Drops Local Address           Foreign Address         State\n";
    private const string Raw = "raw        0      0      0 0.0.0.0:1               0.0.0.0:*\n";
    private const string Listener = "tcp        1      0      0 0.0.0.0:80              0.0.0.0:*               LISTEN\n";
    private const string Stream = "tcp        5      7      0 10.77.0.2:80            10.77.0.1:40000         ESTABLISHED\n";
    private const string Waiting = "tcp        0      0      0 10.77.0.2:80            10.77.0.1:40001         TIME_WAIT\n";
    private const string Udp = "udp       18      0      3 0.0.0.0:7               0.0.0.0:*\n";

    private readonly FakeSystem _system = new();

    public SocketListTests()
    {
        List<SocketInformation> sockets = _system.NetworkControl.OpenSockets;
        sockets.Add(new SocketInformation("udp", "0.0.0.0:7", "0.0.0.0:*", "", 18, 0, 3, 1, 5));
        sockets.Add(new SocketInformation("raw", "0.0.0.0:1", "0.0.0.0:*", "", 0, 0, 0, 1, 6));
        sockets.Add(new SocketInformation("tcp", "0.0.0.0:80", "0.0.0.0:*", "LISTEN", 1, 1024, 0, 4, 7));
        sockets.Add(new SocketInformation("tcp", "10.77.0.2:80", "10.77.0.1:40000", "ESTABLISHED", 5, 7, 0, 4, 8)
        {
            Stream = new StreamInformation
            {
                Congestion = "cubic",
                HasTimestamps = true,
                HasSack = true,
                SendScale = 7,
                ReceiveScale = 6,
                Timeout = TimeSpan.FromMilliseconds(204),
                RoundTrip = TimeSpan.FromMilliseconds(1.5),
                Variation = TimeSpan.FromMilliseconds(0.75),
                AcknowledgeDelay = TimeSpan.FromMilliseconds(40),
                SendSegment = 1448,
                ReceiveSegment = 536,
                PathMtu = 1500,
                Window = 10,
                Threshold = 8,
                SegmentsUnderWay = 1,
                Retransmitted = 2,
                SinceSent = TimeSpan.FromSeconds(3),
                SinceReceived = TimeSpan.FromSeconds(4),
                ReceiveSpace = 65536,
                PeerWindow = 64000,
            },
        });
        sockets.Add(new SocketInformation("tcp", "10.77.0.2:80", "10.77.0.1:40001", "TIME_WAIT", 0, 0, 0, 0, 0));
        _system.TaskList.Add(new TaskInformation(31, 4, "httpd", TaskState.Waiting, "epoll", 1, TimeSpan.Zero));
        _system.TaskList.Add(new TaskInformation(30, 4, "httpd", TaskState.Waiting, "epoll", 1, TimeSpan.Zero));
    }

    [Fact]
    public void Netstat_ListsWhatIsAskedFor()
    {
        Assert.Equal(Heading + Stream + Waiting, _system.Run("netstat"));
        Assert.Equal(Heading + Raw + Listener + Udp, _system.Run("netstat -ln"));
        Assert.Equal(Heading + Raw + Listener + Stream + Waiting + Udp, _system.Run("netstat -an"));
        Assert.Equal(Heading + Udp, _system.Run("netstat -ua"));
        Assert.Equal(Heading + Raw, _system.Run("netstat -w --listening"));
        Assert.Equal(Heading + Listener, _system.Run("netstat -tl"));
    }

    [Fact]
    public void Netstat_Programs_AreTasksAndNames()
    {
        string[] lines = _system.Run("netstat -tanp").Split('\n');
        Assert.EndsWith("State       PID/Program name", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("LISTEN      30/httpd", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("TIME_WAIT   -", lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public void Netstat_Statistics_InSentencesWhereThereAreSome()
    {
        _system.NetworkControl.ProtocolCounters.AddRange(
            [new("Ip", "InReceives", 5), new("Icmp", "InMsgs", 3), new("Icmp", "InEchos", 2), new("Tcp", "InSegs", 9), new("Udp", "NoPorts", 1), new("TcpExt", "TCPTimeouts", 4)]);
        const string Ip = "Ip:\n    5 total packets received\n";
        const string Icmp = "Icmp:\n    3 ICMP messages received\n    InEchos: 2\n";
        const string Tcp = "Tcp:\n    9 segments received\n";
        const string Udp = "Udp:\n    1 packets to unknown port received\n";
        const string Extensions = "TcpExt:\n    TCPTimeouts: 4\n";
        Assert.Equal(Ip + Icmp + Tcp + Udp + Extensions, _system.Run("netstat -s"));
        Assert.Equal(Udp, _system.Run("netstat -su"));
        Assert.Equal(Tcp + Extensions, _system.Run("netstat -st"));
        Assert.Equal(Icmp, _system.Run("netstat --statistics -w"));
    }

    [Fact]
    public void Ss_ListsAsIproute2Does()
    {
        Assert.Equal(
            "State  Recv-Q Send-Q Local Address:Port Peer Address:Port Process\nLISTEN 1      1024         0.0.0.0:80        0.0.0.0:*\n", _system.Run("ss -tln"));
        Assert.Equal(
            "State Recv-Q Send-Q Local Address:Port Peer Address:Port  Process\nESTAB 5      7          10.77.0.2:80      10.77.0.1:40000\n", _system.Run("ss -t"));
        Assert.Equal("""
            raw UNCONN    0  0    0.0.0.0:1    0.0.0.0:*
            udp UNCONN    18 0    0.0.0.0:7    0.0.0.0:*
            tcp LISTEN    1  1024 0.0.0.0:80   0.0.0.0:*     users:(("httpd",pid=30,ino=7))
            tcp ESTAB     5  7    10.77.0.2:80 10.77.0.1:40000 users:(("httpd",pid=30,ino=8))
            tcp TIME-WAIT 0  0    10.77.0.2:80 10.77.0.1:40001
            """.Split('\n').Select(Words), _system.Run("ss -aHp").TrimEnd('\n').Split('\n').Select(Words));
    }

    [Fact]
    public void Ss_Information_HasTheFiguresInIproute2sWords()
    {
        const string Figures = "\t ts sack cubic wscale:7,6 rto:204 rtt:1.5/0.75 ato:40 mss:1448 pmtu:1500 rcvmss:536 cwnd:10 ssthresh:8 send 77226667bps lastsnd:3000 lastrcv:4000 "
            + "unacked:1 retrans:0/2 rcv_space:65536 snd_wnd:64000";
        Assert.Equal(Figures, _system.Run("ss -tiH").Split('\n')[1]);
        Assert.Equal(3, _system.Run("ss -tiH").Split('\n').Length);
    }

    [Theory]
    [InlineData("netstat -q")]
    [InlineData("netstat x")]
    [InlineData("ss -q")]
    [InlineData("ss state listening")]
    public void Misuse_IsToldByStatus(string line)
    {
        Assert.NotEmpty(_system.Run(line));
        Assert.Equal(2, _system.Shell.LastStatus);
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
