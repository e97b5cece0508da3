using KernelSockets.Net.Tests.Sockets;
using KernelSockets.Simulation;
using KernelSockets.Sockets;

namespace KernelSockets.Net.Tests.Tcp;

/// <summary>Whole streams between two stacks: every byte arrives once and in order, both sides reach the end, nothing is left.</summary>
public sealed class TcpStreamTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void GoodWire_BothWays_EverythingArrives(bool isOffloading)
    {
        StreamPair pair = new(1, isOffloading: isOffloading);
        Transfer(pair, 1_000_000, 300_000);
        Assert.Equal(0, pair.One.Stack.Tcp.Statistics.Timeouts + pair.Two.Stack.Tcp.Statistics.Timeouts);
        pair.AssertNothingLeft();
    }

    [Fact]
    public void Offloading_SendsDataInLargePackets_AndAnswersBatches()
    {
        StreamPair pair = new(1, isOffloading: true);
        Transfer(pair, 2_000_000, 1);
        Assert.True(pair.One.Device.Handed * 4 < pair.One.Device.Statistics.TransmittedPackets, $"{pair.One.Device.Handed} packets");
        Assert.True(pair.Two.Device.Handed * 3 < pair.One.Device.Statistics.TransmittedPackets, $"{pair.Two.Device.Handed} answers");
        Assert.Equal(pair.One.Device.Statistics.TransmittedPackets, pair.One.Interface.Statistics.OutFrames);
        pair.AssertNothingLeft();
    }

    [Fact]
    public void Offloading_WhileDataFollow_NoPacketIsOfFullSegmentsOnly()
    {
        StreamPair pair = new(1, isOffloading: true);
        Transfer(pair, 2_000_000, 1);
        Assert.True(pair.One.Device.HandedFull * 10 < pair.One.Device.Handed, $"{pair.One.Device.HandedFull} of {pair.One.Device.Handed} packets");
        pair.AssertNothingLeft();
    }

    [Theory]
    [InlineData(1500, 1)]
    [InlineData(2950, 1)]
    [InlineData(5000, 1)]
    [InlineData((2 * 1448) + 5, 2)] // the frame of 5 bytes has to be filled up to Ethernet's least
    public void Offloading_WhatIsWrittenAtOnce_IsOnePacket(int size, int packets)
    {
        StreamPair pair = new(1, isOffloading: true);
        (TestSocket client, TestSocket server) = pair.Connect();
        long before = pair.One.Device.Handed;
        Assert.Equal(size, client.Send(new byte[size], MessageFlags.DoNotWait).Count);
        Assert.Equal(packets, pair.One.Device.Handed - before);
        Assert.Equal(0, pair.One.Device.HandedFull);
        client.Send([1], MessageFlags.DoNotWait);
        Assert.Equal(packets, pair.One.Device.Handed - before); // Nagle's algorithm: a small segment is under way
        client.Dispose();
        pair.RunUntil(() => server.Receive(MessageFlags.DoNotWait | MessageFlags.Peek, size + 2).Data.Length == size + 1, TimeSpan.FromSeconds(10));
        server.Receive(size: size + 1);
        server.Dispose();
        pair.AssertNothingLeft();
    }

    [Theory]
    [InlineData(0.01, 0.0, 0.0, 0.0)]
    [InlineData(0.05, 0.0, 0.0, 0.0)]
    [InlineData(0.2, 0.0, 0.0, 0.0)]
    [InlineData(0.0, 0.1, 0.3, 0.0)]
    [InlineData(0.05, 0.05, 0.1, 0.05)]
    public void BadWire_BothWays_EverythingArrives(double loss, double duplication, double reordering, double corruption)
    {
        WireFaults faults = new() { Loss = loss, Duplication = duplication, Reordering = reordering, Corruption = corruption };
        for (int i = 0; i < 20; i++)
        {
            StreamPair pair = new(100 + (i / 2), faults, isOffloading: i % 2 == 1);
            Transfer(pair, 200_000, 50_000);
            pair.AssertNothingLeft();
        }
    }

    private static void Transfer(StreamPair pair, long there, long back)
    {
        (TestSocket client, TestSocket server) = pair.Connect();
        ByteStream first = new(client, server, there, pair.Seed + 10);
        ByteStream second = new(server, client, back, pair.Seed + 20);
        pair.RunUntil(
            () =>
            {
                first.Pump();
                second.Pump();
                return first.IsOver && second.IsOver;
            },
            TimeSpan.FromHours(2));
        client.Dispose();
        server.Dispose();
    }
}
