using System.Text;
using KernelSockets.Net.Tests.Sockets;
using KernelSockets.Simulation;
using KernelSockets.Sockets;

namespace KernelSockets.Net.Tests.Tcp;

/// <summary>Who ends his direction first.</summary>
internal enum Ending
{
    /// <summary>Each as soon as he has written everything.</summary>
    Either,

    /// <summary>The server writes when it has read everything.</summary>
    Client,

    /// <summary>The client writes when it has read everything.</summary>
    Server,
}

/// <summary>Two hosts, a wire with every fault, and a stream each way. Probabilities are in thousandths, times in microseconds, sizes in bytes.</summary>
internal sealed record LossyRun
{
    private const double Thousand = 1000;
    private const ushort Port = 80;

    public int Seed { get; init; }

    public int Loss { get; init; }

    public int Duplication { get; init; }

    public int Reordering { get; init; }

    public int Corruption { get; init; }

    public int Delay { get; init; }

    public int ReorderDelay { get; init; }

    public int There { get; init; }

    public int Back { get; init; }

    public Ending Ending { get; init; }

    /// <summary>The server's receive buffer; 0 for one that grows.</summary>
    public int Buffer { get; init; }

    /// <summary>How long the server rests between two reads; 0 for never.</summary>
    public int Rest { get; init; }

    /// <summary>The cards cut large packets up.</summary>
    public bool IsOffloading { get; init; }

    public bool IsReno { get; init; }

    public bool IsNoDelay { get; init; }

    /// <summary>Every byte arrives once and in order, both sides reach CLOSED, and no timer and no buffer is left.</summary>
    public void Run()
    {
        StreamPair pair = new(Seed, poolSize: 128, isOffloading: IsOffloading);
        Introduce(pair.One, pair.Two);
        Introduce(pair.Two, pair.One);
        (int One, int Two) timers = (pair.One.Stack.Timers.Count, pair.Two.Stack.Timers.Count);
        pair.Wire.Faults = new WireFaults
        {
            Loss = Loss / Thousand,
            Duplication = Duplication / Thousand,
            Reordering = Reordering / Thousand,
            Corruption = Corruption / Thousand,
            Delay = TimeSpan.FromMicroseconds(Delay),
            ReorderDelay = TimeSpan.FromMicroseconds(ReorderDelay),
        };
        (TestSocket client, TestSocket server) = Connect(pair);
        Prepare(client);
        Prepare(server);
        if (Buffer > 0)
        {
            Assert.Equal(Errno.Success, server.Set(1, 8, Buffer)); // SO_RCVBUF
        }

        Transfer(pair, new ByteStream(client, server, There, Seed + 10), new ByteStream(server, client, Back, Seed + 20));
        client.Dispose();
        server.Dispose();
        pair.AssertNothingLeft();
        Assert.Equal(timers, (pair.One.Stack.Timers.Count, pair.Two.Stack.Timers.Count));
        Assert.Equal((0, 0), (pair.One.Stack.Tcp.Statistics.CurrEstab, pair.Two.Stack.Tcp.Statistics.CurrEstab));
    }

    /// <summary>ARP has no checksum: an answer with a flipped bit would send everything to nowhere for a minute.</summary>
    private static void Introduce(SimulatedNode node, SimulatedNode other) =>
        Assert.Equal(Errno.Success, node.Control.AddNeighbour(other.Interface.Address, other.Device.Address));

    /// <summary>Connects; where a side has given its handshake up, again.</summary>
    private static (TestSocket Client, TestSocket Server) Connect(StreamPair pair)
    {
        using TestSocket listener = TestSocket.Listening(pair.Two.Stack, Port);
        while (true)
        {
            TestSocket client = new(pair.One.Stack, SocketType.Tcp);
            TestSocket? server = null;
            long givenUp = pair.Two.Stack.Tcp.Statistics.AbortOnTimeout;
            if (client.Connect(StreamPair.TwoIp, Port) == Errno.Success)
            {
                pair.RunUntil(() => listener.Accept(out server) == Errno.Success || pair.Two.Stack.Tcp.Statistics.AbortOnTimeout > givenUp, TimeSpan.FromMinutes(5));
                if (server is not null)
                {
                    return (client, server);
                }
            }

            Assert.True(pair.One.Stack.Tcp.Statistics.AbortOnTimeout + pair.Two.Stack.Tcp.Statistics.AbortOnTimeout > 0);
            client.Dispose();
        }
    }

    private void Prepare(TestSocket socket)
    {
        Assert.Equal(Errno.Success, socket.Set(6, 13, Encoding.ASCII.GetBytes(IsReno ? NewReno.AlgorithmName : Cubic.AlgorithmName))); // TCP_CONGESTION
        Assert.Equal(Errno.Success, socket.Set(6, 1, IsNoDelay ? 1 : 0)); // TCP_NODELAY
    }

    private void Transfer(StreamPair pair, ByteStream there, ByteStream back)
    {
        Instant readAt = pair.Time.Now;
        pair.RunUntil(
            () =>
            {
                if (Ending != Ending.Server || back.IsOver)
                {
                    there.Write();
                }

                if (Ending != Ending.Client || there.IsOver)
                {
                    back.Write();
                }

                if (pair.Time.Now >= readAt)
                {
                    there.Read();
                    readAt = pair.Time.Now + TimeSpan.FromMicroseconds(Rest);
                    if (Rest > 0)
                    {
                        pair.Time.At(readAt, static () => { }); // wakes it
                    }
                }

                back.Read();
                return there.IsOver && back.IsOver;
            },
            TimeSpan.FromHours(2));
    }
}
