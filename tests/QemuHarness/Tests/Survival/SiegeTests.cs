using System.Net;
using KernelSockets.QemuHarness.Wire;

namespace KernelSockets.QemuHarness.Tests.Survival;

/// <summary>Many at once, and for as long as they may: floods of SYNs, peers that take nothing, heads of requests that never end.</summary>
public sealed class SiegeTests(SurvivingGuest shared) : SurvivalTests(shared)
{
    private const int OpenedTogether = 50;
    private const long KeptChunks = 4 << 20; // of TCP's memory

    private static readonly uint s_strangers = RawFrame.Number(IPAddress.Parse("100.64.0.0"));

    [Fact]
    public async Task FiftyThousandRandomSyns_OthersAreServedMeanwhile()
    {
        const int Syns = 50_000;
        MachineFigures before = await PrepareAsync();
        WireConnection established = await Station.OpenAsync(EchoPort);
        Random random = new(1);
        Task flood = SendSynsAsync(Syns, random);
        byte[] text = "a service goes on under a flood"u8.ToArray();
        while (!flood.IsCompleted)
        {
            Assert.Equal(text, await established.EchoAsync(text));
        }

        await flood;
        await AssertServesPagesAsync(); // the backlog is full: by a cookie
        await established.CloseAsync();
        await AssertUnharmedAsync(before, $"{Syns} random SYNs", KeptChunks);
        DrainOthers();
    }

    [Fact]
    public async Task ThousandConnectionsThatTakeNothing_AreResetInTheEnd()
    {
        const int Count = 1000;
        MachineFigures before = await PrepareAsync();
        int resets = 0;
        WireConnection[] connections = [.. Enumerable.Range(0, Count).Select(i => Station.Make(i % 2 == 0 ? HttpPort : ChargenPort))];
        foreach (WireConnection[] some in connections.Chunk(OpenedTogether))
        {
            await Task.WhenAll(some.Select(static connection => connection.OpenAsync(RawSegment.MaximumSegment(1460), window: 0)));
            foreach (WireConnection connection in some)
            {
                connection.Answer = segment =>
                {
                    if (segment.Reset)
                    {
                        _ = Interlocked.Increment(ref resets);
                        Station.Forget(connection);
                    }
                    else
                    {
                        _ = connection.SendAsync(SegmentFlags.Ack); // still 0
                    }
                };
                if (connection.Port == HttpPort)
                {
                    await connection.WriteAsync("GET /large HTTP/1.1\r\nHost: guest\r\n\r\n");
                }
            }
        }

        await AssertServesAsync("1000 connections with window 0");
        await AssertServesPagesAsync();
        await AssertUnharmedAsync(before, "1000 connections with window 0", KeptChunks);
        Assert.Equal(Count, resets);
        DrainOthers();
    }

    [Fact]
    public async Task TwoHundredSlowHeads_OthersAreServed_AndTheyEnd()
    {
        const int Count = 200;
        MachineFigures before = await PrepareAsync();
        List<WireConnection> slow = [];
        for (int i = 0; i < Count; i++)
        {
            WireConnection connection = await Station.OpenAsync(HttpPort);
            slow.Add(connection);
            await connection.WriteAsync("GET / HTTP/1.1\r\nX: ");
        }

        int ended = 0;
        slow.ForEach(connection => connection.Answer = segment => ended += segment.Reset || segment.Finished ? 1 : 0);
        await Eventually.TrueAsync(
            async () =>
            {
                await AssertServesPagesAsync();
                foreach (WireConnection connection in slow)
                {
                    await connection.WriteAsync("x");
                }

                return ended >= Count;
            },
            "slow heads are given up", Limits.Command);
        slow.ForEach(Station.Forget);
        await AssertUnharmedAsync(before, "200 slow heads", KeptChunks);
        DrainOthers();
    }

    private async Task SendSynsAsync(int count, Random random)
    {
        byte[] options = [.. RawSegment.MaximumSegment(1460), 1, 1, 4, 2, 1, 3, 3, 7];
        ushort[] ports = [EchoPort, DiscardPort, ChargenPort, HttpPort];
        for (int i = 0; i < count; i++)
        {
            RawSegment syn = new()
            {
                SourcePort = (ushort)random.Next(1, 65_536),
                DestinationPort = ports[random.Next(ports.Length)],
                Sequence = (uint)random.NextInt64(),
                Flags = SegmentFlags.Syn,
                Options = random.Next(2) == 0 ? options : [],
            };
            await Peer.SendAsync(syn.In(new RawFrame { Source = s_strangers + (uint)random.Next(1 << 22) }).ToBytes());
        }
    }
}
